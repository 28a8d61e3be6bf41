import Forge
import Git
import HTTP

/// Finds out which forge a host is that no rule knows: by the user's configuration, else by one request without a
/// credential, whose answer is kept in the repository's configuration.
struct ForgeRecognition {
    enum Product: String {
        case github
    }

    let origin: HTTPOrigin
    let git: GitProgram
    let transport: any HTTPTransport

    /// The product, or nil where the host is none that is known.
    ///
    /// - Throws: `DeliveryError.git` when the configuration cannot be read; `.forge` when the host did not answer.
    func product() async throws(DeliveryError) -> Product? {
        let settings: [String: String]
        do {
            settings = try await GitConfig.matching(url: origin.description, section: "hephy", git)
        } catch {
            throw .git(error)
        }
        if let named = settings["hephy.forge"] { return Product(rawValue: named.lowercased()) }
        guard try await isGitHub() else { return nil }
        // A repository whose configuration cannot be written is asked again next time.
        _ = try? await git.run(["config", "--local", "hephy.\(origin).forge", Product.github.rawValue])
        return .github
    }

    /// `GET /api/v3/meta` answers on every GitHub Enterprise Server, with 401 in private mode; its request ids tell
    /// it from a proxy.
    private func isGitHub() async throws(DeliveryError) -> Bool {
        guard let url = HTTPURL(origin: origin, target: "/api/v3/meta") else { return false }
        let request = HTTPRequest(
            .get, url,
            headers: [("Accept", "application/vnd.github+json"), ("User-Agent", "hephy/\(HephyVersion.text)")],
            timeLimit: .seconds(10))
        do {
            let response = try await transport.send(request)
            return response.headers["X-GitHub-Request-Id"] != nil && [200, 401, 403].contains(response.status)
        } catch .untrusted(_, let reason) {
            throw .forge(.untrusted(host: origin.hostAndPort, detail: reason), doing: .finding)
        } catch {
            throw .forge(.unavailable(host: origin.hostAndPort, detail: Self.words(error)), doing: .finding)
        }
    }

    private static func words(_ error: HTTPError) -> String {
        switch error {
        case .unreachable(_, let reason), .untrusted(_, let reason), .interrupted(_, let reason): reason
        case .timedOut: "no answer in time"
        case .bodyTooLarge, .insecureCredential, .headerRefused, .cancelled: "no usable answer"
        }
    }
}
