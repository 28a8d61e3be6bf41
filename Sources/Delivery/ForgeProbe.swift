import Forge
import Git
import HTTP

/// Asks a host which product it is, without a credential.
struct ForgeProbe {
    let origin: HTTPOrigin
    let git: GitProgram

    /// Nil where the answer is that of no product that is known.
    ///
    /// `GET /api/v3/meta` answers on every GitHub Enterprise Server, with 401 in private mode; its request ids tell
    /// it from a proxy.
    ///
    /// - Throws: `DeliveryError.forge` when the host did not answer; `.git` when the configuration cannot be read.
    func product() async throws(DeliveryError) -> ForgeProduct? {
        guard let url = HTTPURL(origin: origin, target: "/api/v3/meta") else { return nil }
        let transport = try await ForgeConnection.transport(to: origin, git: git)
        let request = HTTPRequest(
            .get, url,
            headers: [("Accept", "application/vnd.github+json"), ("User-Agent", "hephy/\(HephyVersion.text)")],
            timeLimit: .seconds(10))
        do {
            let response = try await transport.send(request)
            let isGitHub = response.headers["X-GitHub-Request-Id"] != nil && [200, 401, 403].contains(response.status)
            return isGitHub ? .github : nil
        } catch .untrusted(_, let reason) {
            throw .forge(.untrusted(host: origin.hostAndPort, detail: reason), doing: .finding, on: nil)
        } catch {
            throw .forge(
                .unavailable(host: origin.hostAndPort, detail: Self.words(error)), doing: .finding, on: nil)
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
