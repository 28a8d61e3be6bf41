import Git

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

#if canImport(System)
    import System
#else
    import SystemPackage
#endif

/// Keeps what git-lfs reads in a repository's configuration in line with the URLs of its remotes.
///
/// git-lfs runs in the hook before a push and at the checkout after a clone, both of which come after the helper's start.
struct LFSSettings: Sendable {
    /// Why a setting could not be made.
    struct Trouble: Error {
        var edit: LFSEndpoint.Edit
        var reason: String
    }

    /// As git has started this helper, with `GIT_DIR`.
    let git: GitProgram
    /// Nil where the remote has no name.
    let remote: String?

    /// Makes the settings that `config` lacks.
    ///
    /// - Throws: `Trouble` when git refused to set one.
    func settle(_ config: GitConfig) async throws(Trouble) {
        guard git.environment["GIT_DIR"] != nil, LFSEndpoint.isInUse(in: config) else { return }
        let edits = LFSEndpoint.edits(
            for: remote, in: config, committed: await committed(), environment: git.environment)
        guard !edits.isEmpty, await isKept() else { return }
        for edit in edits { try await make(edit) }
    }

    /// Whether git-lfs has a hook before pushes here, and what is checked out is none of `ids`.
    func mayHaveStoppedPush(besides ids: some Sequence<ObjectID>) async -> Bool {
        guard let output = try? await git.run(["rev-parse", "--git-path", "hooks/pre-push", "HEAD"]),
            case let lines = String(decoding: output.standardOutput, as: UTF8.self).split(separator: "\n"),
            let hook = lines.first
        else { return false }
        let head = lines.count > 1 ? ObjectID(String(lines[1])) : nil
        return Self.isOfLFS(hook) && !ids.contains { $0 == head }
    }

    /// Whether git-lfs may want to upload before a push.
    func hasPushHook() async -> Bool {
        guard let output = try? await git.run(["rev-parse", "--git-path", "hooks/pre-push"]), output.status == 0 else {
            return false
        }
        let lines = String(decoding: output.standardOutput, as: UTF8.self).split(separator: "\n")
        return lines.contains(where: Self.isOfLFS)
    }

    /// Whether the hook, or the one that hephy's own has found and runs before it, is one of git-lfs's.
    private static func isOfLFS(_ hook: Substring) -> Bool {
        isNamingLFS(hook) || isNamingLFS("\(hook).before-hephy")
    }

    private static func isNamingLFS(_ hook: Substring) -> Bool {
        guard let file = try? FileDescriptor.open(FilePath(String(hook)), .readOnly) else { return false }
        let text = try? file.closeAfter {
            String(decoding: ProtocolChannel.read(file.rawValue, capacity: 8192) ?? [], as: UTF8.self)
        }
        return text?.contains("lfs") == true
    }

    /// The `.lfsconfig` of the work tree, empty where there is none.
    private func committed() async -> GitConfig {
        guard let folder = workTree, access(folder + "/.lfsconfig", R_OK) == 0 else { return GitConfig([]) }
        return (try? await GitConfig.load(git, from: ["--file", folder + "/.lfsconfig"])) ?? GitConfig([])
    }

    /// The root of the work tree, in which git starts its helpers but for a clone.
    private var workTree: String? {
        if let folder = git.environment["GIT_WORK_TREE"] { return folder }
        if git.environment["GIT_DIR"] == ".git" { return "." }
        var status = stat()
        return stat(".git", &status) == 0 && status.st_mode & S_IFMT == S_IFREG ? "." : nil
    }

    /// Whether the remote stands in a file; one that `git -c` alone has made would be left behind in half.
    private func isKept() async -> Bool {
        guard let remote,
            let output = try? await git.run(["config", "--list", "--show-scope", "-z"]), output.status == 0
        else { return remote == nil }
        let entries = output.standardOutput.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
        return zip(entries, entries.dropFirst()).contains { scope, entry in
            ["local", "worktree", "global", "system"].contains(scope)
                && ["url", "pushurl"].contains { entry.hasPrefix("remote.\(remote).\($0)\n") }
        }
    }

    /// Another git may hold the configuration's lock for a moment.
    private func make(_ edit: LFSEndpoint.Edit) async throws(Trouble) {
        let change = edit.value.map { ["--replace-all", edit.key, $0] } ?? ["--unset-all", edit.key]
        var reason = ""
        for attempt in 0..<10 {
            if attempt > 0 { try? await Task.sleep(for: .milliseconds(20 * attempt)) }
            do throws(GitError) {
                let output = try await git.run(["config", "--local"] + change, overriding: ["LC_ALL": "C"])
                // 5: what was to be unset is not there.
                if output.status == 0 || output.status == 5 && edit.value == nil { return }
                reason = output.standardError
                guard reason.contains("File exists") else { break }
            } catch {
                throw Trouble(edit: edit.ofSetting, reason: "\(error)")
            }
        }
        throw Trouble(edit: edit.ofSetting, reason: reason)
    }
}
