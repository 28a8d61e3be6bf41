import Git
import HTTP

/// Asks git's credential helpers, in the format of git-credential(1), and never lets them or git ask the user.
struct GitCredentialFill {
    let git: GitProgram

    /// The password that the helpers have for `request`; nil where they have none, or answer for another server.
    func secret(for request: CredentialRequest) async -> Secret? {
        guard let input = Self.input(for: request) else { return nil }
        // An empty GIT_ASKPASS also keeps git from core.askPass and SSH_ASKPASS.
        let quietly = ["GIT_TERMINAL_PROMPT": "0", "GIT_ASKPASS": "", "SSH_ASKPASS": "", "GCM_INTERACTIVE": "never"]
        let program = QuietProgram(
            name: "git", environment: git.environment.merging(quietly) { $1 }, directory: git.directory)
        guard let output = await program.output(["credential", "fill"], input: Array(input.utf8)) else { return nil }
        return Self.secret(in: output, for: request)
    }

    /// The attributes, or nil where one would end its line: a helper would read the rest as attributes of its own.
    private static func input(for request: CredentialRequest) -> String? {
        let path = request.path.drop { $0 == "/" }
        guard path.unicodeScalars.allSatisfy({ $0.value >= 0x20 && !(0x7f...0x9f).contains($0.value) }) else {
            return nil
        }
        // Helpers decode the path, as git does with a URL before it refuses such a one.
        let lowerCased = path.lowercased()
        guard !["%00", "%0a", "%0d"].contains(where: { lowerCased.contains($0) }) else { return nil }
        let scheme = request.gitOrigin.scheme.rawValue
        return "protocol=\(scheme)\nhost=\(request.hostAndPort)\n" + (path.isEmpty ? "" : "path=\(path)\n") + "\n"
    }

    private static func secret(in output: [UInt8], for request: CredentialRequest) -> Secret? {
        var attributes: [String: String] = [:]
        for line in output.split(separator: UInt8(ascii: "\n")) {
            let text = String(decoding: line, as: UTF8.self)
            guard let equals = text.firstIndex(of: "=") else { continue }
            attributes[String(text[..<equals])] = String(text[text.index(after: equals)...])
        }
        // A helper may rewrite what it was asked; a token for another server is not for this one.
        guard attributes["protocol"] == request.gitOrigin.scheme.rawValue,
            attributes["host"] == request.hostAndPort
        else { return nil }
        return attributes["password"].flatMap { Secret(token: $0) }
    }
}
