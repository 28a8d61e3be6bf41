import HTTP
import Synchronization

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Which pipelines a commit has, and making one.
extension GitLab {
    /// Looks in vain after which a commit's merge requests are asked for theirs.
    private static let looksBeforeMergeRequests = 3
    private static let mergeRequestsAsked = 3
    /// How many pipelines that have failed already are looked at more closely.
    private static let looksAtFinished = 3

    /// The pipelines of a commit, newest first; without `headSHA` the newest of the branch, as many as wanted.
    ///
    /// One push may make several: the branch's own, that of a merge request, and for a merge request whose result is
    /// tested one of another commit, which is found by the request and only where the others have not come.
    package func runs(matching query: RunQuery) async throws(ForgeError) -> [Run] {
        if connection.isAnonymous { _ = await visibleToEverybody() }
        var parameters = ["order_by=id", "sort=desc", "per_page=\(query.headSHA == nil ? query.limit ?? 20 : 100)"]
        if let sha = query.headSHA {
            parameters.append("sha=\(HTTPURL.encoded(sha))")
        } else if let branch = query.headBranch {
            parameters.append("ref=\(HTTPURL.encoded(branch))")
        }
        if let since = query.createdSince {
            parameters.append("created_after=\(HTTPURL.encoded(Timestamp.iso8601(since)))")
        }
        let listed = try await connection.page(
            Readable<GitLabAnswer.Pipeline>.self, at: path("/pipelines?\(parameters.joined(separator: "&"))"),
            what: "the pipelines"
        ).value.elements
        var found = listed.map(run).filter { fits($0, query) }
        // A listing does not tell what was wrong with a file of which nothing ran, nor when anything began.
        for index in found.indices.prefix(Self.looksAtFinished) where found[index].state == .completed(.failure) {
            found[index] = try await run(found[index].id)
        }
        // What was left out on purpose is of no interest where something else runs.
        if query.headSHA != nil, found.contains(where: { $0.state != .completed(.notStarted) }) {
            found.removeAll { $0.state == .completed(.notStarted) }
        }
        guard found.isEmpty, let sha = query.headSHA, query.event == "push" else { return found }
        let looks = state.withLock { state in
            state.vain[sha, default: 0] += 1
            return state.vain[sha] ?? 0
        }
        guard looks > Self.looksBeforeMergeRequests else { return [] }
        return try await mergedResults(of: sha)
    }

    private func fits(_ run: Run, _ query: RunQuery) -> Bool {
        (query.headSHA.map { $0.lowercased() == run.headSHA.lowercased() } ?? true)
            && (query.event.map { $0 == run.event } ?? true)
            && (query.headBranch.map { run.headBranch == nil || $0 == run.headBranch } ?? true)
            && (query.createdSince.map { $0 <= run.createdAt } ?? true)
    }

    /// The newest pipelines of the merge requests whose head `sha` is, which run another commit, told as runs of `sha`.
    private func mergedResults(of sha: String) async throws(ForgeError) -> [Run] {
        let what = "the merge requests of \(PlainText.line(sha, limit: 40))"
        let requests = try await connection.page(
            Readable<GitLabAnswer.MergeRequest>.self,
            at: path("/repository/commits/\(HTTPURL.encoded(sha))/merge_requests"), what: what
        ).value.elements.filter { ($0.state ?? "opened") == "opened" }
        var found: [Run] = []
        for request in requests.prefix(Self.mergeRequestsAsked) {
            let pipelines = try await connection.page(
                Readable<GitLabAnswer.Pipeline>.self,
                at: path("/merge_requests/\(request.iid)/pipelines?per_page=5", of: request.projectID), what: what
            ).value.elements
            guard var newest = pipelines.first.map(run) else { continue }
            newest.headSHA = sha
            found.append(newest)
        }
        return found
    }

    private struct PipelineBody: Encodable {
        var ref: String
        var inputs: [String: String]?
    }

    /// Makes a pipeline on the tip of a branch or tag.
    ///
    /// The request is sent once, and once more where a replica does not know the ref yet.
    /// - Throws: `.refused` with GitLab's sentence when an input does not fit or the file is not valid; `.unavailable` and
    ///   `.intercepted` when nobody knows whether the pipeline was made.
    package func dispatch(_ dispatch: Dispatch) async throws(ForgeError) -> DispatchAnswer {
        let what = "a pipeline"
        let body = PipelineBody(
            ref: Self.shortName(of: dispatch.ref), inputs: dispatch.inputs.isEmpty ? nil : dispatch.inputs)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let json = try? encoder.encode(body) else {
            throw .refused(host: host.origin.hostAndPort, status: 0, detail: "the inputs have no JSON form")
        }
        let url = try path("/pipeline")
        var response = try await connection.exchange(.post, url, body: [UInt8](json))
        if response.status == 400, String(decoding: response.body, as: UTF8.self).contains("Reference not found") {
            response = try await connection.exchange(.post, url, body: [UInt8](json))
        }
        guard (200..<300).contains(response.status) else { throw connection.failure(what, response) }
        if response.isPage {
            throw .intercepted(host: host.origin.hostAndPort, detail: "a web page came back for the pipeline")
        }
        // The pipeline exists even where its id cannot be read.
        let made = try? connection.decode(GitLabAnswer.Pipeline.self, from: response, what: what)
        return .accepted(runID: made.map { String($0.id) })
    }

    /// The branch or tag name that a full ref stands for, which is what the API takes.
    private static func shortName(of ref: String) -> String {
        for prefix in ["refs/heads/", "refs/tags/"] where ref.hasPrefix(prefix) {
            return String(ref.dropFirst(prefix.count))
        }
        return ref
    }

    /// From GitLab's JSON to the words of this room.
    func run(_ wire: GitLabAnswer.Pipeline) -> Run {
        let ref = wire.ref ?? ""
        let name = wire.name.flatMap { $0.isEmpty ? nil : $0 } ?? "Pipeline"
        var run = Run(
            id: String(wire.id), number: Int(wire.id), attempt: 1, name: name, title: name,
            workflowPath: CIFiles.pipeline, event: Self.event(wire.source), headSHA: wire.sha,
            headBranch: ref.isEmpty || ref.hasPrefix("refs/") ? nil : ref, url: host.page(wire.url),
            state: RunState(gitLabPipeline: wire.status),
            createdAt: wire.createdAt.flatMap { Timestamp.second(iso8601: $0) } ?? 0,
            startedAt: wire.startedAt.flatMap { Timestamp.second(iso8601: $0) },
            updatedAt: (wire.finishedAt ?? wire.updatedAt).flatMap { Timestamp.second(iso8601: $0) })
        run.remark = wire.yamlErrors.flatMap { $0.isEmpty ? nil : $0 }
        return run
    }

    /// What started a pipeline: a push, also where it was a merge request's; or somebody on purpose.
    private static func event(_ source: String?) -> String {
        switch source {
        case "push", "merge_request_event", "external_pull_request_event": "push"
        case "api", "web", "trigger", "chat", "webide": "workflow_dispatch"
        default: PlainText.line(source ?? "", limit: 40)
        }
    }
}
