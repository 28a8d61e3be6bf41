import Credentials
import Forge
import Git
import HTTP

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A folder of its own with fake programs, and an environment made from nothing but what a test names.
struct CredentialFixture {
    let folder: String
    /// What the fake helper and the fake programs were given, as they wrote it.
    var log: String { folder + "/log" }

    struct Failure: Error {
        var code: Int32
    }

    static func with(_ body: (CredentialFixture) async throws -> Void) async throws {
        var template = Array("/tmp/hephy-credentials-XXXXXX".utf8CString)
        guard let created = mkdtemp(&template) else { throw Failure(code: errno) }
        let folder = String(cString: created)
        mkdir(folder + "/bin", 0o755)
        defer {
            for name in ["bin/gh", "bin/glab", "helper", "log"] { unlink("\(folder)/\(name)") }
            rmdir(folder + "/bin")
            rmdir(folder)
        }
        try await body(CredentialFixture(folder: folder))
    }

    /// Writes a shell script to `name` below the folder.
    func script(_ name: String, _ lines: String) throws {
        guard let file = fopen("\(folder)/\(name)", "w") else { throw Failure(code: errno) }
        fputs("#!/bin/sh\n" + lines + "\n", file)
        fclose(file)
        chmod("\(folder)/\(name)", 0o755)
    }

    /// Makes git ask a helper that logs what it is asked and prints `answer`.
    func helper(_ answer: String) throws {
        try script(
            "helper", "{ echo \"helper $1\"; cat; env | sort; } >> \(log)\n[ \"$1\" = get ] && cat <<'X'\n\(answer)\nX")
    }

    /// Makes `gh` a program that logs how it is called and prints `answer`.
    func gh(_ answer: String, status: Int = 0) throws {
        try script("bin/gh", "{ echo \"gh $*\"; env | sort; } >> \(log)\necho '\(answer)'\nexit \(status)")
    }

    /// The same for `glab`.
    func glab(_ answer: String, status: Int = 0) throws {
        try script("bin/glab", "{ echo \"glab $*\"; env | sort; } >> \(log)\necho '\(answer)'\nexit \(status)")
    }

    func credentials(_ environment: [String: String] = [:], timeLimit: Duration = .seconds(15)) -> Credentials {
        var variables = [
            "PATH": "\(folder)/bin:/usr/local/bin:/usr/bin:/bin", "HOME": folder, "GIT_CONFIG_GLOBAL": "/dev/null",
            "GIT_CONFIG_SYSTEM": "/dev/null", "LC_ALL": "C", "GIT_CONFIG_COUNT": "2",
            "GIT_CONFIG_KEY_0": "credential.helper", "GIT_CONFIG_VALUE_0": "",
            "GIT_CONFIG_KEY_1": "credential.helper", "GIT_CONFIG_VALUE_1": folder + "/helper",
        ]
        variables.merge(environment) { $1 }
        // git must not find this package's own repository and its configuration.
        return Credentials(
            environment: variables, git: GitProgram(environment: variables, directory: folder), timeLimit: timeLimit)
    }

    /// The lines that fake programs logged.
    func logged() -> [String] {
        guard let file = fopen(log, "r") else { return [] }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 4096)
        while case let count = fread(&piece, 1, piece.count, file), count > 0 { bytes += piece[..<count] }
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
    }
}

extension CredentialRequest {
    /// A request for `owner/repo` on `host`, with the API origin that GitHub has for it.
    static func github(
        _ host: String, scheme: HTTPOrigin.Scheme = .https, port: Int? = nil, api: HTTPOrigin? = nil,
        path: String = "owner/repo"
    ) -> Self {
        let origin = HTTPOrigin(scheme: scheme, host: host, port: port)
        let derived =
            host == "github.com" || host.hasSuffix(".ghe.com")
            ? HTTPOrigin(scheme: .https, host: "api." + host) : origin
        return CredentialRequest(product: .github, gitOrigin: origin, path: path, apiOrigin: api ?? derived)
    }
}

/// The text of the credential's token.
func text(_ credential: Credential?) -> String? {
    credential?.secret.reveal { $0 }
}
