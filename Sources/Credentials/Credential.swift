package import HTTP

/// Where a token came from.
package enum CredentialSource: Sendable, Hashable, CustomStringConvertible {
    /// The environment variable of this name.
    case environment(String)
    /// The credential helpers of git, by `git credential fill`.
    case gitCredential
    /// The forge's own program of this name.
    case program(String)

    /// A noun for messages: `GH_TOKEN`, `git credential fill`, `gh auth token`.
    package var description: String {
        switch self {
        case .environment(let name): name
        case .gitCredential: "git credential fill"
        case .program("glab"): "glab config get token"
        case .program(let name): "\(name) auth token"
        }
    }
}

/// A token, bound to the origins it may be sent to.
package struct Credential: Sendable {
    /// For masking it in texts; what is sent comes from ``secret(for:)``.
    package let secret: Secret
    package let source: CredentialSource
    package let allowed: Set<HTTPOrigin>

    package init(secret: Secret, source: CredentialSource, allowed: Set<HTTPOrigin>) {
        self.secret = secret
        self.source = source
        self.allowed = allowed
    }

    /// The token for a request to `origin`, or nil where it must not go: any origin that is not ``allowed``, and plain
    /// http to another machine.
    package func secret(for origin: HTTPOrigin) -> Secret? {
        guard allowed.contains(origin), origin.scheme == .https || origin.isLoopback else { return nil }
        return secret
    }
}

extension Secret {
    /// The token in `text` without white space around it, or nil where that is none: empty, longer than any forge's, or
    /// with anything but visible ASCII.
    init?(token text: some StringProtocol) {
        let isBlank: (UInt8) -> Bool = { [0x20, 0x09, 0x0a, 0x0d].contains($0) }
        let bytes = Array(text.utf8.drop(while: isBlank).reversed().drop(while: isBlank).reversed())
        guard !bytes.isEmpty, bytes.count <= 8192, bytes.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) else { return nil }
        self.init(String(decoding: bytes, as: UTF8.self))
    }
}
