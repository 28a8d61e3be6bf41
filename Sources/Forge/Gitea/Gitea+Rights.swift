import HTTP

extension Gitea {
    /// What the token may do; neither product tells a token's scopes to who has no password.
    package func rights() async throws(ForgeError) -> TokenRights? {
        let version = try await version()
        let repository = try await connection.page(
            GiteaAnswer.Repository.self, at: path(""), what: "the repository"
        ).value
        let reading = try await TokenRights.Right.asked(needing: "the scope 'read:repository'") {
            () async throws(ForgeError) in
            let list = version.tellsRuns ? "/actions/runs?limit=1" : "/actions/tasks?limit=1"
            let response = try await connection.exchange(.get, path(list))
            guard response.status == 200 else { throw connection.failure("the runs", response) }
        }
        return TokenRights(reading: reading, starting: starting(in: repository, version))
    }

    private func starting(in repository: GiteaAnswer.Repository, _ version: GiteaVersion) -> TokenRights.Right {
        guard version.startsRuns else { return .missing(needs: "a newer server than \(version.name)") }
        if repository.permissions?.push == false { return .missing(needs: "write access to the repository") }
        return .untold(needs: "the scope 'write:repository'")
    }
}
