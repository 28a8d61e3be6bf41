import Forge
import HTTP
import Testing

let gitLabOrigin = "https://gitlab.corp.example"
let gitLabProject = "\(gitLabOrigin)/api/v4/projects/acme%2Fteam%2Fapi"

/// The driver for acme/team/api.
func gitLab(
    _ transport: ScriptedTransport, at origin: String = gitLabOrigin, prefix: String = "", token: String? = "glpat-1"
) throws -> GitLab {
    GitLab(
        project: try ProjectPath("acme/team/api"),
        host: GitLabHost(origin: try #require(HTTPURL(origin + "/")?.origin), prefix: prefix),
        credential: token.map { Secret($0) }, transport: transport, userAgent: "hephy/test", now: { 1_795_341_600 })
}

func gitLabJob(_ id: String = "9800000001", isFinished: Bool = false) -> Job {
    Job(
        id: id, name: "build", state: isFinished ? .completed(.success) : .inProgress, steps: [], labels: [],
        runnerName: nil, url: nil, startedAt: nil, completedAt: nil)
}

func gitLabRun(_ id: String = "1500000101") -> Run {
    Run(
        id: id, number: 1_500_000_101, attempt: 1, name: "Pipeline", title: "Pipeline", workflowPath: ".gitlab-ci.yml",
        event: "push", headSHA: sha, headBranch: "main", url: nil, state: .inProgress, createdAt: 0, startedAt: nil,
        updatedAt: nil)
}
