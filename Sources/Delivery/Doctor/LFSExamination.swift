import Git
import RemoteHelper

/// Looks at git-lfs, where the repository has files for it.
struct LFSExamination {
    let location: RepositoryLocation
    let config: GitConfig

    func findings(remotes: [String]) async -> [Finding] {
        let isSetUp = config["filter.lfs.process"] != nil || config["filter.lfs.clean"] != nil
        guard await isWanted() else { return [] }
        guard let output = try? await location.git.run(["lfs", "version"]), output.status == 0 else {
            return [Finding(Symptom.OfLFS.noProgram)]
        }
        // `git-lfs/3.3.0 (Debian 3.3.0; linux amd64; go 1.19.8)`
        let words = String(decoding: output.standardOutput, as: UTF8.self).split(whereSeparator: \.isWhitespace)
        let version = words.first?.split(separator: "/").last.map(String.init) ?? ""
        guard isSetUp else { return [Finding(Symptom.OfLFS.notSetUp)] }
        let committed = await committed()
        return [Finding(Symptom.OfLFS.lfs(version: version))]
            + remotes.compactMap { name in
                let edits = LFSEndpoint.edits(
                    for: name, in: config, committed: committed, environment: location.git.environment)
                let own = edits.filter { $0.key.hasPrefix("remote.\(name).") && $0.value != nil }
                guard own.isEmpty else {
                    let commands = own.map { "git config '\($0.key)' '\($0.value ?? "")'" }
                    return Finding(Symptom.OfLFS.serverUnset(commands: commands)).about(name)
                }
                return config["remote.\(name).lfsurl"].map { Finding(Symptom.OfLFS.server(url: $0)).about(name) }
            }
    }

    /// Whether an attribute of the commit that is checked out, or of the work tree, names git-lfs.
    private func isWanted() async -> Bool {
        let git = location.git
        let arguments = ["grep", "--quiet", "-I", "-F", "filter=lfs"]
        let paths = ["--", ":(top).gitattributes", ":(top)*/.gitattributes"]
        if let ran = try? await git.run(arguments + ["HEAD"] + paths), ran.status == 0 { return true }
        guard location.workTree != nil, let ran = try? await git.run(arguments + ["--untracked"] + paths) else {
            return false
        }
        return ran.status == 0
    }

    /// The `.lfsconfig` of the work tree; empty where there is none.
    private func committed() async -> GitConfig {
        guard let folder = location.workTree,
            let config = try? await GitConfig.load(location.git, from: ["--file", folder + "/.lfsconfig"])
        else { return GitConfig([]) }
        return config
    }
}
