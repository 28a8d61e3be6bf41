import Forge
import HTTP
import Testing

let api = "https://api.github.com"
let repo = "\(api)/repos/acme/api"
let sha = "5d6e7f8091a2b3c4d5e6f708192a3b4c5d6e7f80"
let enterprise = "https://git.corp.example:8443"

typealias Answer = ScriptedTransport.Answer

/// The driver for acme/api on the host of `gitURL`.
func gitHub(
    _ transport: ScriptedTransport, at gitURL: String = "https://github.com/acme/api.git", token: String? = "t0ken"
) throws -> GitHub {
    let origin = try #require(HTTPURL(gitURL)?.origin)
    return GitHub(
        repository: try RepositoryPath("acme/api"), gitOrigin: origin, credential: token.map { Secret($0) },
        transport: transport, userAgent: "hephy/test", now: { 1_795_341_600 })
}

func someRun(id: String = "4711000001", attempt: Int = 1) -> Run {
    Run(
        id: id, number: 42, attempt: attempt, name: "Hephy Build", title: "t",
        workflowPath: ".github/workflows/hephy.yml",
        event: "push", headSHA: sha, headBranch: "main", url: nil, state: .inProgress, createdAt: 0, startedAt: nil,
        updatedAt: nil)
}

func someJob(id: String = "82") -> Job {
    Job(
        id: id, name: "build", state: .completed(.success), steps: [], labels: [], runnerName: nil, url: nil,
        startedAt: nil, completedAt: nil)
}

/// The error that `body` throws, which it must.
func forgeError(_ body: () async throws -> Void) async throws -> ForgeError {
    do {
        try await body()
    } catch let error as ForgeError {
        return error
    }
    throw MissingError()
}

struct MissingError: Error {}
