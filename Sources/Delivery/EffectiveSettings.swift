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
    /// - Returns: every setting with the one source that counts, and what of git's configuration is passed over.
    /// - Throws: `DeliveryError` when there is no such commit or remote, or a setting cannot be used.
    package func report(of revision: String?, remote name: String?) async throws(DeliveryError) -> (
        report: ConfigReport, passedOver: FailureReport?
    ) {
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
        let (settings, passedOver) = try settings(configured, config)
        let commit = try await commit(revision)
        let plan = try await commit?.plan(
            gitDirectory: location.gitDirectory, git: location.git, settings: settings)
        var sheet = SettingsSheet(origins: origins, configured: configured, config: config)
        sheet.add(settings, plan)
        if let plan { sheet.add(plan.configuration) }
        sheet.addMachine(environment: location.git.environment)
        return (
            ConfigReport(commit: commit?.commit.id.hex, remote: remote?.url?.text, settings: sheet.entries),
            passedOver
        )
    }

    /// The settings as a push reads them: where git's configuration is wrong it is passed over, and told of.
    private func settings(
        _ configured: [String: String], _ config: GitConfig
    ) throws(DeliveryError) -> (PushSettings, passedOver: FailureReport?) {
        let environment = location.git.environment
        do throws(SettingError) {
            return (try PushSettings(options: [], environment: environment) { configured[$0] ?? config[$0] }, nil)
        } catch .badValue(let key, let value, .gitConfig(let name), let allowed, let suggestion) {
            let error = SettingError.badValue(
                key: key, value: value, source: .gitConfig(name), allowed: allowed, suggestion: suggestion)
            do throws(SettingError) {
                let settings = try PushSettings(options: [], environment: environment, gitConfig: { _ in nil })
                return (settings, FailureReport(passedOver: error))
            } catch {
                throw .setting(error)
            }
        } catch {
            throw .setting(error)
        }
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
