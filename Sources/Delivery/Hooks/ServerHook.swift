import Forge
import Git
import RemoteHelper
import RunTail
import Synchronization

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// A hook that git runs in a repository that is pushed to.
package struct ServerHook: Sendable {
    private let name: HookName
    private let environment: [String: String]
    private let surroundings: HookEnvironment?
    private let received: ReceivedPush

    /// Reads the push from standard input.
    ///
    /// - Parameters:
    ///   - name: which hook of the server's it is.
    ///   - environment: this process's whole environment.
    package init(_ name: HookName, environment: [String: String]) {
        // Who pushes can go at any time, by whatever signal; the hook does what it is there for.
        for number in [SIGPIPE, SIGHUP, SIGINT, SIGTERM] { signal(number, SIG_IGN) }
        Interruption.isIgnored.store(true, ordering: .relaxed)
        self.name = name
        self.environment = environment
        surroundings = HookEnvironment(environment)
        received = ReceivedPush(input: Self.standardInput(), environment: environment)
    }

    /// Does what the hook is there for, and tells whoever pushes of it.
    ///
    /// - Returns: the status to exit with; what it means has been said.
    package func run() async -> ExitStatus {
        guard let channel = PusherChannel() else { return await work() }
        return await channel.relaying { await work() }
    }

    private func work() async -> ExitStatus {
        guard let surroundings else { return FailureReport(.git(.notARepository(path: "."))).say() }
        do throws(DeliveryError) {
            switch name {
            case .postReceive:
                let place = try await ReceivingRepository(surroundings)
                guard let upstream = place.config[HookInstallation.upstreamKey] else {
                    return await ReceivedRun(received, in: place).afterwards()
                }
                return await UpstreamMirror(received, in: place, to: try HookInstallation.upstream(upstream)).run()
            case .preReceive: return await Gate(received, surroundings, environment: environment).decide()
            case .prePush: return .usage
            }
        } catch {
            return FailureReport(error).say()
        }
    }

    private static func standardInput() -> [UInt8] {
        (try? LocalFile.rest(of: 0)) ?? []
    }
}

/// The repository that a push comes to, with the git that works in it.
struct ReceivingRepository: Sendable {
    let directory: String
    let url: RemoteURL
    let git: GitProgram
    let config: GitConfig

    /// - Throws: `DeliveryError` when its configuration cannot be read, or its path is none that hephy could name.
    init(_ surroundings: HookEnvironment) async throws(DeliveryError) {
        directory = surroundings.gitDirectory
        git = GitProgram(environment: surroundings.variables, directory: directory)
        do { url = try RemoteURL(directory) } catch { throw .helper(.url(error)) }
        do { config = try await GitConfig.load(git) } catch { throw .git(error) }
    }

    /// Its name, for people who know it by another path.
    var name: String { directory.split(separator: "/").last.map(String.init) ?? directory }
}
