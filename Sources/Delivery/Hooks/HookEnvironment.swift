#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// What a server's hook takes over of the environment that the receiving git gave it.
///
/// Of git's own variables only those stay that the machine's owner has set for every git; those of one push, and those of
/// the repository, are read here and set anew where they are wanted. What a web server or sshd says of the pusher does
/// not reach builds and other forges: neither headers of a request (`HTTP_PROXY`), nor a forwarded agent.
struct HookEnvironment {
    /// For git and everything else that the hook starts.
    var variables: [String: String]
    /// The repository's git directory, absolute and without links.
    let gitDirectory: String

    /// Of git's variables those that say how this machine's git is set up.
    private static let kept: Set<String> = [
        "GIT_EXEC_PATH", "GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM", "GIT_SSH", "GIT_SSH_COMMAND",
        "GIT_SSH_VARIANT", "GIT_SSL_CAINFO", "GIT_SSL_CAPATH", "GIT_SSL_VERSION", "GIT_SSL_CIPHER_LIST",
        "GIT_SSL_NO_VERIFY", "GIT_TEST_FSYNC",
    ]
    /// What a web server tells its programs of a request (RFC 3875), and sshd of a connection.
    private static let foreign: Set<String> = [
        "AUTH_TYPE", "CONTENT_LENGTH", "CONTENT_TYPE", "GATEWAY_INTERFACE", "PATH_INFO", "PATH_TRANSLATED",
        "QUERY_STRING", "REQUEST_METHOD", "REQUEST_SCHEME", "REQUEST_URI", "SCRIPT_NAME", "SCRIPT_FILENAME",
        "DOCUMENT_ROOT", "DOCUMENT_URI",
    ]

    /// Nil where the hook's `environment` names no repository.
    init?(_ environment: [String: String]) {
        guard let real = realpath(environment["GIT_DIR"] ?? ".", nil) else { return nil }
        defer { free(real) }
        gitDirectory = String(cString: real)
        let isWeb = environment["GATEWAY_INTERFACE"] != nil || environment["REQUEST_METHOD"] != nil
        let isSSH = environment["SSH_CONNECTION"] != nil || environment["SSH_ORIGINAL_COMMAND"] != nil
        variables = environment.filter { name, _ in
            if name.hasPrefix("GIT_") { return Self.kept.contains(name) }
            if isWeb {
                let isOfRequest = ["HTTP_", "REMOTE_", "SERVER_", "REDIRECT_"].contains(where: name.hasPrefix)
                if isOfRequest || Self.foreign.contains(name) { return false }
            }
            return !(isSSH && name.hasPrefix("SSH_"))
        }
        variables["GIT_DIR"] = gitDirectory
        // Nobody is there to be asked.
        variables["GIT_TERMINAL_PROMPT"] = "0"
        variables["GIT_ASKPASS"] = ""
        variables["SSH_ASKPASS"] = ""
        let home = variables["HOME"] ?? ""
        let hasHome = home.hasPrefix("/") && access(home, W_OK | X_OK) == 0
        if !hasHome, !(variables["XDG_DATA_HOME"]?.hasPrefix("/") ?? false) {
            // A daemon may have no home that it can write to; it can write to the repository.
            variables["XDG_DATA_HOME"] = "\(gitDirectory)/hephy/data"
        }
    }
}
