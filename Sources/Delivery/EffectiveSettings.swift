import BuildPlan
package import Git
import RemoteHelper
import YAML

/// Puts together which settings a push of a commit would have, and where each comes from.
package struct EffectiveSettings: Sendable {
    let location: RepositoryLocation

    package init(_ location: RepositoryLocation) {
        self.location = location
    }

    /// The settings of a push.
    ///
    /// - Parameters:
    ///   - revision: the commit that would be pushed; nil for HEAD, where there is one.
    ///   - name: the remote that it would be pushed to; nil for the only one that goes through hephy.
    /// - Returns: every setting with the one source that counts.
    /// - Throws: `DeliveryError` when there is no such commit or remote, or a setting cannot be used.
    package func report(of revision: String?, remote name: String?) async throws(DeliveryError) -> ConfigReport {
        let config: GitConfig
        let origins: ConfigOrigins
        do throws(GitError) {
            config = try await GitConfig.load(location.git)
            origins = try await ConfigOrigins(location.git)
        } catch {
            throw .git(error)
        }
        let remotes = ExaminedRemote.all(in: config)
        let remote = name.map { name in remotes.first { $0.name == name } } ?? (remotes.count == 1 ? remotes[0] : nil)
        if let name, remote == nil { throw .unknownRemote(name) }
        var configured: [String: String] = [:]
        if let url = remote?.url {
            do {
                configured = try await GitConfig.matching(url: url.configurationURL, section: "hephy", location.git)
            } catch {
                throw .git(error)
            }
        }
        let settings: PushSettings
        do {
            let environment = location.git.environment
            settings = try PushSettings(options: [], environment: environment) { configured[$0] ?? config[$0] }
        } catch {
            throw .setting(error)
        }
        let commit = try await commit(revision)
        let plan = try await commit?.plan(
            gitDirectory: location.gitDirectory, git: location.git, settings: settings)
        var sheet = SettingsSheet(origins: origins, configured: configured, config: config)
        sheet.add(settings, plan)
        if let plan { sheet.add(plan.configuration) }
        sheet.addMachine(environment: location.git.environment)
        return ConfigReport(
            commit: commit?.commit.id.hex, remote: remote?.url?.text, settings: sheet.entries)
    }

    private func commit(_ revision: String?) async throws(DeliveryError) -> PushedCommit? {
        let read = await PushedCommit.read([revision ?? "HEAD"], in: AwaitedRepository(readBy: location.git))
        guard let found = read.first ?? nil else {
            if let revision { throw .git(.unknownRevision(revision)) }
            return nil
        }
        return try found.get()
    }
}
