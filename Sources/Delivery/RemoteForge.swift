import Forge
import Git
import RemoteHelper

/// The forge behind one remote of a repository, asked with the first of the user's credentials that may.
struct RemoteForge: Sendable {
    let place: Place
    private(set) var connection: ForgeConnection
    private let git: GitProgram

    /// Where a remote leads.
    struct Place: Sendable {
        var url: RemoteURL
        /// The remote's name, where git has one.
        var name: String?
    }

    /// - Throws: `DeliveryError` as `ForgeConnection.open` does.
    init(_ place: Place, git: GitProgram) async throws(DeliveryError) {
        self.place = place
        self.git = git
        connection = try await ForgeConnection.open(to: place.url, git: git)
    }

    /// Asks the forge; what a credential may not is tried with the next.
    ///
    /// - Throws: `DeliveryError.forge` with the last refusal.
    mutating func ask<Value>(
        _ errand: ForgeErrand, _ work: (any Forge) async throws(ForgeError) -> Value
    ) async throws(DeliveryError) -> Value {
        while true {
            do throws(ForgeError) {
                return try await work(connection.forge)
            } catch {
                let error = DeliveryError.forge(error, doing: errand, on: connection.product)
                guard let next = await connection.next(after: error, to: place.url, git: git) else { throw error }
                connection = next
            }
        }
    }
}

extension RemoteForge {
    /// Does `work` with the first credential that the forge lets do it; what has been said is not said again.
    ///
    /// - Throws: `DeliveryError`, the last one.
    mutating func pursue<Value>(
        _ pursuit: (ForgeConnection) -> RunPursuit, _ work: (RunPursuit) async throws(DeliveryError) -> Value
    ) async throws(DeliveryError) -> Value {
        while true {
            do throws(DeliveryError) {
                return try await work(pursuit(connection))
            } catch {
                guard let next = await connection.next(after: error, to: place.url, git: git) else { throw error }
                connection = next
            }
        }
    }
}

extension RemoteForge.Place {
    /// The place to ask: that of `record`, of the remote called `name`, of the only remote that hephy serves, or of a bare
    /// repository itself.
    ///
    /// - Throws: `DeliveryError.unknownRemote` and `.severalRemotes` when nobody can tell, `.git`, and `.helper` for a URL
    ///   that must not be used.
    init(
        record: RunRecord?, remote name: String?, in location: RepositoryLocation
    ) async throws(DeliveryError) {
        do {
            if name == nil, let record {
                self.init(url: try RemoteURL(record.remote), name: record.remoteName)
                return
            }
        } catch {
            throw .helper(.url(error))
        }
        let config: GitConfig
        do { config = try await GitConfig.load(location.git) } catch { throw .git(error) }
        let remotes = HephyRemote.all(in: config)
        guard let chosen = name.map({ name in remotes.first { $0.name == name } }) ?? remotes.first else {
            // What is pushed to a bare repository of this machine runs here.
            guard name == nil, location.isBare, let url = try? RemoteURL(location.gitDirectory) else {
                throw .unknownRemote(name)
            }
            self.init(url: url)
            return
        }
        guard name != nil || remotes.count == 1 else { throw .severalRemotes(remotes.map(\.name)) }
        do {
            self.init(
                url: try RemoteURL(config.rewritten(chosen.url, for: .push, remote: chosen.name)), name: chosen.name)
        } catch {
            throw .helper(.url(error))
        }
    }
}
