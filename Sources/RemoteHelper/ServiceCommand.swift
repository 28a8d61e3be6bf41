import Git

/// A program whose input and output are the connection to one of a repository's services, as git itself would start it
/// (connect.c, `git_connect`).
struct ServiceCommand: Sendable {
    /// Absolute path or name on PATH.
    var program: String
    var arguments: [[UInt8]]
    var environment: [String: String]

    /// `words` as git runs them where it goes through a shell: only for what a shell would read otherwise
    /// (run-command.c, `prepare_shell_cmd`).
    ///
    /// - Parameters:
    ///   - words: the command and its arguments; the first of them may be more than a program's name.
    ///   - environment: the whole environment.
    /// - Returns: the command that runs them.
    static func throughShell(_ words: [[UInt8]], environment: [String: String]) -> ServiceCommand {
        let command = words[0]
        guard command.contains(where: { "|&;<>()$`\\\"' \t\n*?[#~=%".utf8.contains($0) }) else {
            return directly(words, environment: environment)
        }
        let script = words.count == 1 ? command : command + Array(" \"$@\"".utf8)
        return ServiceCommand(
            program: shell, arguments: [Array("-c".utf8), script] + words, environment: environment)
    }

    private static let shell = "/bin/sh"

    /// Whether a shell runs it, which may stay there as long as the program.
    var isShell: Bool { program == Self.shell }

    /// The words as they were given, without the shell that reads them.
    var words: [[UInt8]] {
        isShell && arguments.first == Array("-c".utf8)
            ? Array(arguments.dropFirst(2)) : [Array(program.utf8)] + arguments
    }

    /// `words` as they are, the first of them a program.
    static func directly(_ words: [[UInt8]], environment: [String: String]) -> ServiceCommand {
        ServiceCommand(
            program: String(decoding: words[0], as: UTF8.self), arguments: Array(words.dropFirst()),
            environment: environment)
    }

    /// Starts the program.
    ///
    /// - Parameters:
    ///   - input: what it reads; it stays open here.
    ///   - output: what it writes to; it stays open here.
    ///   - errors: where it complains; it stays open here.
    ///   - isBound: whether it ends with the calling thread.
    /// - Returns: the running program.
    /// - Throws: `RemoteHelperError.transportNotStarted`.
    func start(
        input: Int32, output: Int32, errors: Int32 = 2, isBound: Bool = false
    ) throws(RemoteHelperError) -> ChildProcess {
        do {
            return try ChildProcess(
                program, arguments, environment: environment, input: input, output: output, errors: errors,
                isBound: isBound)
        } catch {
            guard case .programNotStarted(let reason) = error else { throw .transportNotStarted(reason: "\(error)") }
            throw .transportNotStarted(reason: reason)
        }
    }

    /// The command that a shell on the other side reads: the service and the quoted path.
    static func request(_ service: String, path: [UInt8]) -> [UInt8] {
        Array(service.utf8) + [UInt8(ascii: " ")] + quoted(path)
    }

    /// git's own quoting for a shell (quote.c, `sq_quote_buf`): `!` as well, for the C shell.
    static func quoted(_ text: [UInt8]) -> [UInt8] {
        var result = [UInt8(ascii: "'")]
        for byte in text {
            if byte == UInt8(ascii: "'") || byte == UInt8(ascii: "!") {
                result += Array("'\\".utf8) + [byte, UInt8(ascii: "'")]
            } else {
                result.append(byte)
            }
        }
        return result + [UInt8(ascii: "'")]
    }

    /// The environment for a program that works on another repository: without what says where this one is (git
    /// rev-parse --local-env-vars).
    static func foreign(_ environment: [String: String]) -> [String: String] {
        var environment = environment
        for name in localVariables { environment[name] = nil }
        return environment
    }

    private static let localVariables = [
        "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_COMMON_DIR", "GIT_CONFIG", "GIT_CONFIG_COUNT", "GIT_CONFIG_PARAMETERS",
        "GIT_DIR", "GIT_GRAFT_FILE", "GIT_IMPLICIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_INTERNAL_SUPER_PREFIX",
        "GIT_NO_REPLACE_OBJECTS", "GIT_OBJECT_DIRECTORY", "GIT_PREFIX", "GIT_REPLACE_REF_BASE", "GIT_SHALLOW_FILE",
        "GIT_WORK_TREE",
    ]
}
