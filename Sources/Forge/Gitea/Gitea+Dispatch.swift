import HTTP

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Starting a run, and stopping one.
extension Gitea {
    private struct DispatchBody: Encodable {
        var ref: String
        var inputs: [String: String]
        /// Forgejo's way to ask for the run's id; Gitea takes a query parameter.
        var returnRunInfo: Bool?

        enum CodingKeys: String, CodingKey {
            case ref, inputs
            case returnRunInfo = "return_run_info"
        }
    }

    /// Starts a run of a workflow; the request is sent once.
    ///
    /// - Throws: `.unsupported` where the server's version has no way to start one; `.notFound` when the ref has no such
    ///   workflow, or nothing may be seen; `.refused` with the server's sentence when an input does not fit;
    ///   `.unavailable` and `.intercepted` when nobody knows whether the run was started.
    package func dispatch(_ dispatch: Dispatch) async throws(ForgeError) -> DispatchAnswer {
        let version = try await version()
        guard version.startsRuns else {
            throw .unsupported(host: host.origin.hostAndPort, server: version.name, page: page("/actions"))
        }
        let newest = version.namesStartedRuns ? nil : try await newestRun(version)
        let what = "workflow '\(PlainText.line(dispatch.workflow, limit: 100))'"
        let query = version.product == .gitea ? "?return_run_details=true" : ""
        let url = try path("/actions/workflows/\(HTTPURL.encoded(dispatch.workflow))/dispatches\(query)")
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let body = DispatchBody(
            ref: dispatch.ref, inputs: dispatch.inputs, returnRunInfo: version.product == .forgejo ? true : nil)
        guard let json = try? encoder.encode(body) else {
            throw .refused(host: host.origin.hostAndPort, status: 0, detail: "the inputs have no JSON form")
        }
        let response = try await connection.exchange(.post, url, body: [UInt8](json))
        guard (200..<300).contains(response.status) else { throw connection.failure(what, response) }
        if response.isPage {
            throw .intercepted(host: host.origin.hostAndPort, detail: "a web page came back for the dispatch")
        }
        // The run exists even where its id cannot be read.
        if let id = id(in: response, of: version.product, what: what) { return .accepted(runID: String(id)) }
        return newest.map { .acceptedAfter(runID: $0) } ?? .accepted(runID: nil)
    }

    private func id(in response: HTTPResponse, of product: GiteaVersion.Product, what: String) -> Int64? {
        guard response.status != 204 else { return nil }
        switch product {
        case .gitea:
            return try? connection.decode(GiteaAnswer.Dispatched.self, from: response, what: what).runID
        case .forgejo:
            return try? connection.decode(ForgejoAnswer.Dispatched.self, from: response, what: what).id
        }
    }

    /// The id of the newest run, after which one that is started now has to come; nil where runs are not told.
    private func newestRun(_ version: GiteaVersion) async throws(ForgeError) -> String? {
        guard version.tellsRuns else { return nil }
        return try await runs(matching: RunQuery()).compactMap { Int64($0.id) }.max().map { String($0) } ?? "0"
    }

    /// Asks the server to stop the run.
    ///
    /// - Throws: `.unsupported` with the run's page where the server's version has no way to stop one.
    package func cancel(_ run: Run) async throws(ForgeError) {
        let what = "run \(PlainText.line(run.id, limit: 40))"
        let version = try await version()
        guard version.mayStopRuns else {
            throw .unsupported(host: host.origin.hostAndPort, server: version.name, page: run.url ?? page("/actions"))
        }
        let url = try path("/actions/runs/\(number(run.id, what: what))/cancel")
        let response = try await connection.exchange(.post, url)
        switch response.status {
        // 409: it has finished in the meantime.
        case 200..<300, 409: return
        case 404, 405:
            // A server without this way answers as one without this run.
            _ = try await self.run(run.id)
            throw .unsupported(
                host: host.origin.hostAndPort, server: version.name, page: run.url ?? page("/actions"))
        default: throw connection.failure(what, response)
        }
    }

    /// Starts a finished run again.
    ///
    /// - Throws: `.unsupported` with the run's page where the server's version has no way to do it.
    package func rerun(_ run: Run) async throws(ForgeError) {
        let what = "run \(PlainText.line(run.id, limit: 40))"
        let version = try await version()
        guard version.mayRepeatRuns else {
            throw .unsupported(host: host.origin.hostAndPort, server: version.name, page: run.url ?? page("/actions"))
        }
        let url = try path("/actions/runs/\(number(run.id, what: what))/rerun")
        let response = try await connection.exchange(.post, url)
        guard (200..<300).contains(response.status) else { throw connection.failure(what, response) }
    }
}
