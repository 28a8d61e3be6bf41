/// What a token may do with the runs of one repository, as far as the forge tells without anything being done.
package struct TokenRights: Sendable, Hashable {
    package enum Right: Sendable, Hashable {
        case given
        /// It is not given; `needs` is what the token or its owner lacks.
        case missing(needs: String)
        /// Only trying would tell; `needs` is what has to be given for it.
        case untold(needs: String)
    }

    /// The token's scopes, where the forge tells them.
    package var scopes: [String]?
    /// The day on which the token expires, `2027-01-31`; nil where it does not, or nobody tells.
    package var expiry: String?
    package var reading: Right
    /// Starting a run, and stopping one.
    package var starting: Right

    package init(scopes: [String]? = nil, expiry: String? = nil, reading: Right, starting: Right) {
        self.scopes = scopes
        self.expiry = expiry
        self.reading = reading
        self.starting = starting
    }
}

extension Forge {
    package func rights() async throws(ForgeError) -> TokenRights? { nil }
}

extension TokenRights.Right {
    /// Whether what was asked succeeded, or how the forge refused it.
    ///
    /// - Parameters:
    ///   - usual: what is needed where the forge does not say.
    ///   - ask: the request.
    /// - Returns: `given`, or `missing` where the forge refused it for want of a right.
    /// - Throws: `ForgeError` where there was no answer to the question.
    static func asked(
        needing usual: String, _ ask: () async throws(ForgeError) -> Void
    ) async throws(ForgeError) -> TokenRights.Right {
        do throws(ForgeError) {
            try await ask()
            return .given
        } catch {
            switch error {
            case .forbidden(_, _, let permission): return .missing(needs: permission ?? usual)
            case .notFound: return .missing(needs: usual)
            default: throw error
            }
        }
    }
}
