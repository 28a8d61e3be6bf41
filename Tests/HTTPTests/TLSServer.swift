import Subprocess

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// `openssl s_server` on a loopback port of the system's choice, with a certificate that only it knows.
struct TLSServer: Sendable {
    let port: Int
    /// A folder with `cert.pem`, which is its own authority and good for 127.0.0.1, and `key.pem`.
    let folder: String

    var certificate: String { folder + "/cert.pem" }

    enum Failure: Error {
        case noFolder
        case noCertificate(String)
        case notStarted
    }

    /// Runs `body` while the server answers each request with a page about the connection.
    static func with(_ body: (TLSServer) async throws -> Void) async throws {
        var template = Array("/tmp/hephy-tls-XXXXXX".utf8CString)
        guard let created = mkdtemp(&template) else { throw Failure.noFolder }
        let folder = String(cString: created)
        defer {
            for name in ["cert.pem", "key.pem"] { unlink("\(folder)/\(name)") }
            rmdir(folder)
        }
        let made = try await run(
            .name("openssl"),
            arguments: [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                "-keyout", "\(folder)/key.pem", "-out", "\(folder)/cert.pem", "-subj", "/CN=127.0.0.1",
                "-addext", "subjectAltName=IP:127.0.0.1",
            ], output: .discarded, error: .string(limit: 64 << 10))
        guard made.terminationStatus.isSuccess else { throw Failure.noCertificate(made.standardError) }
        _ = try await run(
            .name("openssl"),
            arguments: [
                "s_server", "-accept", "127.0.0.1:0", "-www", "-cert", "\(folder)/cert.pem", "-key",
                "\(folder)/key.pem",
            ], input: .none, output: .sequence, error: .discarded
        ) { execution in
            // It says `ACCEPT 127.0.0.1:<port>` once it listens.
            for try await line in execution.standardOutput.strings() {
                guard line.hasPrefix("ACCEPT"), let port = line.split(separator: ":").last.flatMap({ Int($0) }) else {
                    continue
                }
                let result: Result<Void, any Error>
                do {
                    result = .success(try await body(TLSServer(port: port, folder: folder)))
                } catch {
                    result = .failure(error)
                }
                await execution.teardown(using: [.send(signal: .kill, allowedDurationToNextStep: .zero)])
                return try result.get()
            }
            throw Failure.notStarted
        }
    }
}
