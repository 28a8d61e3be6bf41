import Forge
import HTTP

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Asks a host which product it is, without a credential.
///
/// A push needs a sign-on on each of them, and the challenge names the product: `Basic realm="GitLab"`
/// (GitLab), `"GitHub"` (GitHub Enterprise Server), `"Gitea"` (Gitea and Forgejo, which `/api/forgejo/v1/version`
/// tells apart). One request says it, of the same kind as git's own.
struct ForgeProbe {
    let origin: HTTPOrigin
    /// The repository's path on the host, beginning with `/`.
    let path: String
    let transport: any HTTPTransport

    /// Nil where the answer is that of no product that is known.
    ///
    /// - Throws: `DeliveryError.forge` when the host did not answer, or a sign-on page or proxy did.
    func site() async throws(DeliveryError) -> ForgeSite? {
        let trimmed = String(path.reversed().drop { $0 == "/" }.reversed())
        let repository = trimmed.hasSuffix(".git") ? trimmed : trimmed + ".git"
        let challenge = try await challenge(
            "\(Self.encoded(repository))/info/refs?service=git-receive-pack")
        switch challenge.map(Self.realm) ?? nil {
        case "gitlab": return try await gitLab()
        case "github": return ForgeSite(product: .github)
        case "forgejo": return ForgeSite(product: .forgejo, prefix: ForgeRecognition.prefix(of: .forgejo, in: path))
        case "gitea": return try await gitea()
        default: return try await other(challenge)
        }
    }

    /// Where GitLab begins: groups nest, so that the path alone does not tell.
    private func gitLab() async throws(DeliveryError) -> ForgeSite? {
        let parts = Self.encoded(path).split(separator: "/")
        // Two parts are a group and a project; more may begin with the place below which GitLab is installed.
        for length in 0...max(0, min(parts.count - 2, 2)) {
            let prefix = parts.prefix(length).map { "/\($0)" }.joined()
            guard parts.count > 2 else { return ForgeSite(product: .gitlab) }
            let answer = try await ask("\(prefix)/api/v4/version")
            // `GET /version` wants a token: the refusal is GitLab's own.
            if let answer, answer.headers["x-gitlab-meta"] != nil || Self.isGitLabRefusal(answer) {
                return ForgeSite(product: .gitlab, prefix: prefix)
            }
        }
        return ForgeSite(product: .gitlab)
    }

    private func gitea() async throws(DeliveryError) -> ForgeSite {
        let prefix = ForgeRecognition.prefix(of: .gitea, in: path)
        let answer = try await ask("\(Self.encoded(prefix))/api/forgejo/v1/version")
        // 403 is what a server says that shows nothing without a sign-on.
        let isForgejo = answer.map { [200, 401, 403].contains($0.status) && !Self.isPage($0) } ?? false
        return ForgeSite(product: isForgejo ? .forgejo : .gitea, prefix: prefix)
    }

    /// `GET /api/v3/meta` answers on every GitHub Enterprise Server, with 401 in private mode; its request ids tell
    /// it from a proxy.
    private func other(_ challenge: HTTPResponse?) async throws(DeliveryError) -> ForgeSite? {
        let answer = try await ask("/api/v3/meta", accept: "application/vnd.github+json")
        if let answer, answer.headers["x-github-request-id"] != nil, [200, 401, 403].contains(answer.status) {
            return ForgeSite(product: .github)
        }
        if let challenge, let detail = interception(challenge) {
            throw .forge(.intercepted(host: origin.hostAndPort, detail: detail), doing: .finding, on: nil)
        }
        return nil
    }

    private static func proxy(_ status: Int) -> String { "a proxy wants a sign-on (status \(status))" }

    /// What stands between here and the host, where its answer to git's own request shows it.
    private func interception(_ response: HTTPResponse) -> String? {
        switch response.status {
        case 407, 511: return Self.proxy(response.status)
        case 300..<400:
            guard let place = response.headers["location"].flatMap({ HTTPURL($0) }), place.origin != origin else {
                return nil
            }
            return "it leads to \(place.origin)"
        case 200, 401, 403:
            return Self.isPage(response) ? "a web page came back with status \(response.status)" : nil
        default: return nil
        }
    }

    private func ask(_ target: String, accept: String = "application/json") async throws(DeliveryError) -> HTTPResponse?
    {
        guard let url = HTTPURL(origin: origin, target: target) else { return nil }
        return try await answer(at: url, accept: accept)
    }

    /// What git is told; goes on where the host itself leads, as to a repository's new name.
    private func challenge(_ target: String) async throws(DeliveryError) -> HTTPResponse? {
        guard var url = HTTPURL(origin: origin, target: target) else { return nil }
        for _ in 0..<Self.redirects {
            guard let response = try await answer(at: url, accept: "*/*") else { return nil }
            guard (300..<400).contains(response.status), let location = response.headers["location"],
                let next = location.hasPrefix("/") && !location.hasPrefix("//")
                    ? HTTPURL(origin: origin, target: location) : HTTPURL(location),
                next.origin == origin
            else { return response }
            url = next
        }
        return nil
    }

    private static let redirects = 3

    private func answer(at url: HTTPURL, accept: String) async throws(DeliveryError) -> HTTPResponse? {
        let request = HTTPRequest(
            .get, url, headers: [("Accept", accept), ("User-Agent", "hephy/\(HephyVersion.text)")],
            bodyLimit: 1 << 20, timeLimit: .seconds(10))
        do {
            return try await transport.send(request)
        } catch .proxyUnauthorized {
            throw .forge(
                .intercepted(host: origin.hostAndPort, detail: Self.proxy(407)), doing: .finding, on: nil)
        } catch .untrusted(_, let reason) {
            throw .forge(.untrusted(host: origin.hostAndPort, detail: reason), doing: .finding, on: nil)
        } catch .bodyTooLarge {
            return nil
        } catch {
            throw .forge(
                .unavailable(host: origin.hostAndPort, detail: Self.words(error)), doing: .finding, on: nil)
        }
    }

    /// The realm of a `Basic` challenge, in lower case.
    private static func realm(_ response: HTTPResponse) -> String? {
        guard response.status == 401 else { return nil }
        for (name, value) in response.headers.fields where name.lowercased() == "www-authenticate" {
            let lowered = value.lowercased()
            guard lowered.hasPrefix("basic"), let start = lowered.firstRange(of: "realm=") else { continue }
            let rest = lowered[start.upperBound...]
            return rest.hasPrefix("\"")
                ? String(rest.dropFirst().prefix { $0 != "\"" }) : String(rest.prefix { $0 != "," })
        }
        return nil
    }

    private static func isGitLabRefusal(_ response: HTTPResponse) -> Bool {
        struct Refusal: Decodable { var message: String }
        guard response.status == 401 else { return false }
        return (try? JSONDecoder().decode(Refusal.self, from: Data(response.body)))?.message == "401 Unauthorized"
    }

    private static func isPage(_ response: HTTPResponse) -> Bool {
        response.headers["content-type"]?.lowercased().hasPrefix("text/html") == true
    }

    private static func encoded(_ path: String) -> String {
        path.split(separator: "/", omittingEmptySubsequences: false).map { HTTPURL.encoded(String($0)) }
            .joined(separator: "/")
    }

    private static func words(_ error: HTTPError) -> String {
        switch error {
        case .unreachable(_, let reason), .untrusted(_, let reason), .interrupted(_, let reason): reason
        case .timedOut: "no answer in time"
        case .proxyUnauthorized, .bodyTooLarge, .insecureCredential, .headerRefused, .cancelled: "no usable answer"
        }
    }
}
