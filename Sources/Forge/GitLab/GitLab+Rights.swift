import HTTP

extension GitLab {
    /// The access level of a Developer, who may make pipelines.
    private static let developer = 30

    /// What the token may do: by its scopes, which GitLab tells for tokens that people make, and by its owner's role.
    package func rights() async throws(ForgeError) -> TokenRights? {
        let what = "the project"
        let member = try await connection.page(GitLabAnswer.Membership.self, at: path(""), what: what).value
        let reading = try await TokenRights.Right.asked(needing: "the scope 'read_api'") {
            () async throws(ForgeError) in
            let url = try path("/pipelines?per_page=1")
            _ = try await connection.page(Readable<GitLabAnswer.Pipeline>.self, at: url, what: "the pipelines")
        }
        let own = connection.isAnonymous ? nil : await ownToken()
        let scopes = own?.scopes?.map { PlainText.line($0, limit: 60) }
        return TokenRights(
            scopes: scopes, expiry: own?.expiry.map { PlainText.line($0, limit: 40) }, reading: reading,
            starting: starting(scopes, level: member.level))
    }

    private func starting(_ scopes: [String]?, level: Int?) -> TokenRights.Right {
        if let scopes, !scopes.contains("api") { return .missing(needs: "the scope 'api'") }
        // Strangers and those who are no member have no level.
        guard let level, level >= Self.developer else {
            return .missing(needs: "at least the role Developer in the project")
        }
        return scopes == nil ? .untold(needs: "the scope 'api'") : .given
    }

    /// What GitLab tells of the token itself; nil for OAuth's tokens, of which it tells nothing here.
    private func ownToken() async -> GitLabAnswer.OwnToken? {
        guard let url = host.url("/personal_access_tokens/self") else { return nil }
        return try? await connection.page(GitLabAnswer.OwnToken.self, at: url, what: "the token").value
    }
}
