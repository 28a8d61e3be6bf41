#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The bare repositories of the embedded forge, `hephy::local/NAME`.
package enum EmbeddedRepository {
    /// The folder of the repository on this machine that `url` names, whether it is there or not.
    ///
    /// For `local` it is `hephy/repositories/NAME.git` in `$XDG_DATA_HOME`, which is `~/.local/share` where it is not set;
    /// for `file` it is what the URL says.
    ///
    /// - Returns: nil where `url` leads to another machine, or the environment tells neither folder.
    package static func directory(of url: RemoteURL, environment: [String: String]) -> String? {
        switch url.transport {
        case .https, .http, .ssh: nil
        case .file: String(decoding: PercentEncoding.decoded(url.path), as: UTF8.self)
        case .local: dataDirectory(environment).map { "\($0)/hephy/repositories/\(url.path).git" }
        }
    }

    /// `$XDG_DATA_HOME`, which is `~/.local/share` where it is not set; nil where the environment tells neither.
    package static func dataDirectory(_ environment: [String: String]) -> String? {
        // What is not absolute counts as not set (XDG Base Directory Specification).
        if let data = environment["XDG_DATA_HOME"], data.hasPrefix("/") { return data }
        guard let home = environment["HOME"], home.hasPrefix("/") else { return nil }
        return home + "/.local/share"
    }

    /// Whether there is a repository.
    package static func exists(at directory: String) -> Bool {
        access(directory + "/HEAD", F_OK) == 0
    }

    /// Makes the repository where there is none.
    ///
    /// It is made beside its place and moved there whole: of two that come at once one is kept, and nobody sees half of it.
    ///
    /// - Parameters:
    ///   - directory: its folder, from ``directory(of:environment:)``.
    ///   - objectFormat: `sha1` or `sha256`.
    ///   - git: the user's git, whose templates and default branch it gets.
    /// - Throws: `GitError` when the folder cannot be made or `git init` refuses.
    package static func create(at directory: String, objectFormat: String, _ git: GitProgram) async throws(GitError) {
        guard !exists(at: directory), let slash = directory.lastIndex(of: "/") else { return }
        let parent = String(directory[..<slash])
        // No repository's name begins with a dot.
        let draft = "\(parent)/.new-\(getpid())-\(String(UInt32.random(in: 0...UInt32.max), radix: 36))"
        guard makeFolder(parent) else {
            throw .repositoryNotMade(path: directory, reason: String(cString: strerror(errno)))
        }
        defer { try? FileManager.default.removeItem(atPath: draft) }
        let arguments = ["init", "--quiet", "--bare", "--object-format=\(objectFormat)", draft]
        // What git says about the repository that is pushed from must not lead `init` there.
        let output = try await git.run(arguments, overriding: ["GIT_DIR": nil, "GIT_WORK_TREE": nil])
        guard output.status == 0 else {
            throw .commandFailed(arguments: arguments, status: output.status, message: output.standardError)
        }
        guard rename(draft, directory) == 0 || exists(at: directory) else {
            throw .repositoryNotMade(path: directory, reason: String(cString: strerror(errno)))
        }
    }

    /// Makes the folder and those above it; where that fails, `errno` says why.
    private static func makeFolder(_ path: String) -> Bool {
        if mkdir(path, 0o777) == 0 || errno == EEXIST { return true }
        guard errno == ENOENT, let slash = path.lastIndex(of: "/"), slash > path.startIndex else { return false }
        return makeFolder(String(path[..<slash])) && (mkdir(path, 0o777) == 0 || errno == EEXIST)
    }
}
