import HTTP

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

extension GitHub {
    private struct DispatchBody: Encodable {
        var ref: String
        var inputs: [String: String]
    }

    /// Starts a run of a workflow.
    ///
    /// The request is sent once; it is sent again only after an answer that says that nothing was started.
    /// - Throws: `.notFound` when the workflow is not on the default branch, or nothing may be seen; `.refused` with
    ///   GitHub's sentence when the ref or an input does not fit; `.unavailable` and `.intercepted` when nobody knows
    ///   whether the run was started: look for its nonce, never dispatch again.
    package func dispatch(_ dispatch: Dispatch) async throws(ForgeError) -> DispatchAnswer {
        let what = "workflow '\(PlainText.line(dispatch.workflow, limit: 100))'"
        let url = try path("/actions/workflows/\(HTTPURL.encoded(dispatch.workflow))/dispatches")
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let body = DispatchBody(ref: Self.shortName(of: dispatch.ref), inputs: dispatch.inputs)
        guard let json = try? encoder.encode(body) else {
            throw .refused(host: host.api.hostAndPort, status: 0, detail: "the inputs have no JSON form")
        }
        let response = try await connection.exchange(.post, url, body: [UInt8](json))
        switch response.status {
        case 204: return .accepted(runID: nil)
        case 200..<300:
            if response.isPage {
                throw .intercepted(host: host.api.hostAndPort, detail: "a web page came back for the dispatch")
            }
            // The run exists even where its id cannot be read.
            let run = try? connection.decode(GitHubAnswer.Dispatched.self, from: response, what: what)
            return .accepted(runID: run.map { String($0.runID) })
        default: throw connection.failure(what, response)
        }
    }

    /// The branch or tag name that a full ref stands for, which is what the API takes.
    private static func shortName(of ref: String) -> String {
        for prefix in ["refs/heads/", "refs/tags/"] where ref.hasPrefix(prefix) {
            return String(ref.dropFirst(prefix.count))
        }
        return ref
    }
}
