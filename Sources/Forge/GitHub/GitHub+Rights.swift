import HTTP

extension GitHub {
    /// What the token may do: a classic one by its scopes, any other by what it may look at.
    package func rights() async throws(ForgeError) -> TokenRights? {
        let what = "the repository"
        let response = try await connection.exchange(.get, path(""))
        guard response.status == 200 else { throw connection.failure(what, response) }
        let repository = try connection.decode(GitHubAnswer.Repository.self, from: response, what: what)
        let reading = try await TokenRights.Right.asked(needing: "'Actions: read' (classic tokens: 'repo')") {
            () async throws(ForgeError) in
            let url = try path("/actions/runs?exclude_pull_requests=true&per_page=1")
            _ = try await connection.page(GitHubAnswer.Runs.self, at: url, what: "the runs")
        }
        // Fine-grained tokens and those of apps have none.
        let scopes = response.headers["x-oauth-scopes"].map { text in
            text.split(separator: ",").map { PlainText.line(String($0.trimmed), limit: 60) }.filter { !$0.isEmpty }
        }
        return TokenRights(scopes: scopes, reading: reading, starting: Self.starting(scopes, in: repository))
    }

    private static func starting(_ scopes: [String]?, in repository: GitHubAnswer.Repository) -> TokenRights.Right {
        if repository.permissions?.push == false { return .missing(needs: "write access to the repository") }
        guard let scopes else { return .untold(needs: "'Actions: write'") }
        let isEnough = scopes.contains("repo") || repository.isPrivate == false && scopes.contains("public_repo")
        return isEnough ? .given : .missing(needs: "the scope 'repo'")
    }
}

extension Substring {
    fileprivate var trimmed: Substring { drop { $0 == " " }.prefix { $0 != " " } }
}
