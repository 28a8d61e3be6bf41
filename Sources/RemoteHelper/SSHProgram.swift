import Git
import Subprocess

#if canImport(System)
    import System
#else
    import SystemPackage
#endif

/// The user's ssh, found and called by git's own rules (connect.c, `fill_ssh_args`).
struct SSHProgram: Sendable {
    /// Which options the program understands.
    enum Variant: String, Sendable {
        case openSSH = "ssh"
        case plink
        case putty
        case tortoisePlink = "tortoiseplink"
        case simple
    }

    /// A program, or a command line for a shell.
    let command: String
    let goesThroughShell: Bool
    private let named: Variant?
    private let environment: [String: String]

    init(config: GitConfig, environment: [String: String]) {
        self.environment = environment
        if let line = environment["GIT_SSH_COMMAND"] ?? config["core.sshcommand"] {
            command = line
            goesThroughShell = true
        } else {
            command = environment["GIT_SSH"] ?? "ssh"
            goesThroughShell = false
        }
        switch environment["GIT_SSH_VARIANT"] ?? config["ssh.variant"] {
        case nil, "auto": named = Self.variant(of: goesThroughShell ? Self.firstWord(of: command) : command)
        case let name?: named = Variant(rawValue: name) ?? .openSSH
        }
    }

    private static func variant(of program: String?) -> Variant? {
        guard let program else { return nil }
        var name = Substring(program)
        while name.count > 1, name.hasSuffix("/") { name = name.dropLast() }
        name = name.split(separator: "/").last ?? name
        switch name.lowercased() {
        case "ssh", "ssh.exe": return .openSSH
        case "plink", "plink.exe": return .plink
        case "tortoiseplink", "tortoiseplink.exe": return .tortoisePlink
        default: return nil
        }
    }

    /// The first word of a command line as git splits one (alias.c, `split_cmdline`); nil where its quotes do not match.
    static func firstWord(of line: String) -> String? {
        var words = [""]
        var quote: Character?
        var rest = Substring(line)
        while let character = rest.popFirst() {
            if quote == nil, character.isASCII, character.isWhitespace {
                rest = rest.drop { $0.isASCII && $0.isWhitespace }
                words.append("")
            } else if quote == nil, character == "'" || character == "\"" {
                quote = character
            } else if character == quote {
                quote = nil
            } else if character == "\\", quote != "'" {
                guard let escaped = rest.popFirst() else { return nil }
                words[words.count - 1].append(escaped)
            } else {
                words[words.count - 1].append(character)
            }
        }
        return quote == nil ? words[0] : nil
    }

    /// The command that runs `request` on the other side.
    ///
    /// - Parameters:
    ///   - request: what the shell there reads.
    ///   - address: where to.
    ///   - version: git's protocol, 0 where none is asked for.
    ///   - family: `-4`, `-6` or nil.
    /// - Returns: the command, with the environment for it.
    /// - Throws: `RemoteHelperError.sshCannot` where the program has no option for what is wanted.
    func command(
        for request: [UInt8], to address: SSHAddress, version: Int, family: String?
    ) async throws(RemoteHelperError) -> ServiceCommand {
        let variant = await variant(for: address, version: version, family: family)
        let options = try Self.options(variant, port: address.port, version: version, family: family)
        var variables = ServiceCommand.foreign(environment)
        if variant == .openSSH, version > 0 { variables["GIT_PROTOCOL"] = "version=\(version)" }
        return prepared(options + [address.userAndHost], request, environment: variables)
    }

    /// What the user's ssh would really connect to for `address`, where it is OpenSSH: `HostName` of its configuration.
    func hostName(for address: SSHAddress) async -> String? {
        guard await variant(for: address, version: 0, family: nil) == .openSSH else { return nil }
        let port = address.port.map { ["-p", $0] } ?? []
        let asked = prepared(["-G"] + port + [address.userAndHost], environment: environment)
        let result = try? await Subprocess.run(
            asked.executable, arguments: asked.passedArguments, environment: asked.childEnvironment.environment,
            input: .none, output: .string(limit: 256 << 10), error: .discarded)
        guard let result, case .exited(0) = result.terminationStatus else { return nil }
        let line = result.standardOutput.split(separator: "\n").first { $0.hasPrefix("hostname ") }
        return line.map { String($0.dropFirst("hostname ".count)) }
    }

    /// Asks a program of an unknown name whether it understands OpenSSH's options, as git does.
    private func variant(for address: SSHAddress, version: Int, family: String?) async -> Variant {
        if let named { return named }
        guard let options = try? Self.options(.openSSH, port: address.port, version: version, family: family) else {
            return .simple
        }
        var variables = environment
        if version > 0 { variables["GIT_PROTOCOL"] = "version=\(version)" }
        let asked = prepared(["-G"] + options + [address.userAndHost], environment: variables)
        let result = try? await Subprocess.run(
            asked.executable, arguments: asked.passedArguments, environment: asked.childEnvironment.environment,
            input: .none, output: .discarded, error: .discarded)
        guard let result, case .exited(0) = result.terminationStatus else { return .simple }
        return .openSSH
    }

    private func prepared(
        _ options: [String], _ request: [UInt8]? = nil, environment: [String: String]
    ) -> ServiceCommand {
        let words = ([command] + options).map { Array($0.utf8) } + (request.map { [$0] } ?? [])
        return goesThroughShell
            ? .throughShell(words, environment: environment) : .directly(words, environment: environment)
    }

    private static func options(
        _ variant: Variant, port: String?, version: Int, family: String?
    ) throws(RemoteHelperError) -> [String] {
        var options: [String] = []
        if variant == .openSSH, version > 0 { options += ["-o", "SendEnv=GIT_PROTOCOL"] }
        if let family {
            guard variant != .simple else { throw .sshCannot(family) }
            options.append(family)
        }
        if variant == .tortoisePlink { options.append("-batch") }
        if let port {
            guard variant != .simple else { throw .sshCannot("setting port") }
            options += [variant == .openSSH ? "-p" : "-P", port]
        }
        return options
    }
}

extension ServiceCommand {
    fileprivate var childEnvironment: ChildEnvironment { ChildEnvironment(environment) }

    /// Bytes are passed on as C strings (swift-subprocess 1.0).
    fileprivate var passedArguments: Arguments { Arguments(arguments.map { $0 + [0] }) }

    fileprivate var executable: Executable {
        program.contains("/") ? .path(FilePath(program)) : childEnvironment.executable(program)
    }
}
