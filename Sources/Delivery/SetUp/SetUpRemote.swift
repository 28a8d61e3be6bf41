import BuildPlan
package import Git

/// The remote that a repository gets for pushing through hephy.
package struct SetUpRemote: Sendable, Hashable {
    /// The name to push to.
    package var name: String
    /// The `git` commands that make it; empty where it is there already.
    package var commands: [[String]] = []
    /// The repository on the forge; nil where no remote tells.
    package var url: RemoteURL?
    /// What a person has to type, where no remote tells what to add.
    package var advice: String?

    /// Decides by the remotes that there are.
    ///
    /// - Parameters:
    ///   - config: the repository's.
    ///   - branch: the one that is checked out.
    ///   - configuration: whose `upstream_repo` stands in for a remote that is missing.
    ///   - folder: the root of the work tree.
    ///   - git: rewrites URLs as its configuration asks for.
    init(
        _ config: GitConfig, branch: String?, configuration: BuildConfiguration, folder: String, git: GitProgram
    ) async {
        let ours = HephyRemote.all(in: config)
        if let known = ours.first(where: { $0.name == "hephy" }) ?? ours.first {
            name = known.name
            let isWeb = known.url.hasPrefix("https://") || known.url.hasPrefix("http://")
            url = try? RemoteURL(isWeb ? known.url : await Self.rewritten(known.url, git))
            return
        }
        name = "hephy"
        let isTaken = config["remote.hephy.url"] != nil
        let names = config.subsections(of: "remote", name: "url").map(\.subsection)
        let upstream = branch.flatMap { config["branch.\($0).remote"] }
        let origin = [upstream, "origin", names.count == 1 ? names.first : nil]
            .compactMap { $0.flatMap { config["remote.\($0).url"] } }.first
        let wanted = origin ?? configuration.upstreamRepository?.value
        guard let wanted, !isTaken else {
            advice =
                isTaken
                ? "the remote 'hephy' does not go through hephy: git remote rename hephy OTHER, then hephy init again"
                : "git remote add hephy hephy::github.com/OWNER/REPOSITORY"
            return
        }
        await propose(wanted, isRemote: origin != nil, folder: folder, git: git)
    }

    private mutating func propose(_ written: String, isRemote: Bool, folder: String, git: GitProgram) async {
        // What is https as it stands names its forge, wherever a rule of this machine leads git for it.
        let isWeb = written.hasPrefix("https://") || written.hasPrefix("http://")
        let isRelative = written.hasPrefix("./") || written.hasPrefix("../")
        let rewritten =
            isWeb ? written : isRelative ? "\(folder)/\(written)" : await Self.rewritten(written, git)
        guard let url = try? RemoteURL(rewritten) else {
            // A password in it, for instance, which is not written down a second time.
            advice = "git remote add hephy hephy::github.com/OWNER/REPOSITORY"
            return
        }
        self.url = url
        switch url.transport {
        case .https where isRemote, .http where isRemote:
            // The URL stays what it is for everything else that reads it: LFS, gh, editors.
            commands = [["remote", "add", name, written], ["config", "remote.\(name).vcs", "hephy"]]
        case .https, .http, .ssh, .file, .local:
            commands = [["remote", "add", name, "hephy::\(rewritten)"]]
        }
    }

    /// Makes the remote.
    ///
    /// - Throws: `DeliveryError.git` with the command that failed.
    func add(_ git: GitProgram) async throws(DeliveryError) {
        for command in commands {
            do throws(GitError) {
                let ran = try await git.run(command)
                guard ran.status == 0 else {
                    throw .commandFailed(arguments: command, status: ran.status, message: ran.standardError)
                }
            } catch {
                throw .git(error)
            }
        }
    }

    /// The URL as git would use it, after `insteadOf`.
    private static func rewritten(_ url: String, _ git: GitProgram) async -> String {
        guard !url.hasPrefix("-"), let ran = try? await git.run(["ls-remote", "--get-url", url]), ran.status == 0
        else { return url }
        let line = String(decoding: ran.standardOutput.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
        return line.isEmpty ? url : line
    }
}
