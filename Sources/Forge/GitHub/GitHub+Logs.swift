import HTTP

/// Logs: the API redirects to a signed link that lives for a minute, on a host that must never see the token.
extension GitHub {
    package func logDecoder(for job: Job) -> any LogDecoder { GitHubLogDecoder() }

    /// Streams a job's log.
    ///
    /// A link that the log's host no longer takes is asked for once more. The part before `offset` is not fetched
    /// where that host serves ranges.
    /// - Throws: `.untrusted` when the link leads from https to http; `.unavailable` naming the log's host when that
    ///   cannot be reached; `.refused` with status 410 when GitHub has thrown the log away.
    package func log(
        of job: Job, in run: Run, from offset: Int, receive: @escaping @Sendable (_ piece: [UInt8]) -> Bool
    ) async throws(ForgeError) -> LogAnswer {
        let offset = max(0, offset)
        var mayRenew = true
        while true {
            let link: HTTPURL
            switch try await logLink(of: job, skipping: offset, receive: receive) {
            case .answer(let answer): return answer
            case .link(let url): link = url
            }
            switch try await fetch(link, from: offset, receive: receive) {
            case .answer(let answer): return answer
            case .expired(let error):
                guard mayRenew else { throw error }
                mayRenew = false
            }
        }
    }

    private enum Link {
        case link(HTTPURL)
        case answer(LogAnswer)
    }

    private enum Fetched {
        case answer(LogAnswer)
        case expired(ForgeError)
    }

    private func logLink(
        of job: Job, skipping offset: Int, receive: @escaping @Sendable ([UInt8]) -> Bool
    ) async throws(ForgeError) -> Link {
        let what = "the log of job \(PlainText.line(job.id, limit: 40))"
        let url = try path("/actions/jobs/\(number(job.id, what: what))/logs")
        let response = try await connection.exchange(.get, url, receive: LogBytes.dropping(offset, before: receive))
        switch response.status {
        case 200..<300: return .answer(.complete)
        case 300..<400:
            guard let location = response.headers["location"], let link = connection.resolve(location) else {
                throw .unavailable(host: host.api.host, detail: "a redirect without a usable link for \(what)")
            }
            return .link(try checked(link))
        case 404 where !response.isPage: return .answer(.notYet)
        default: throw connection.failure(what, response)
        }
    }

    private func checked(_ link: HTTPURL) throws(ForgeError) -> HTTPURL {
        guard link.origin.scheme == .https || host.api.scheme == .http else {
            throw .untrusted(host: link.origin.host, detail: "the log's link leads from https to http")
        }
        return link
    }

    private func fetch(
        _ start: HTTPURL, from offset: Int, receive: @escaping @Sendable ([UInt8]) -> Bool
    ) async throws(ForgeError) -> Fetched {
        var link = start
        for _ in 0..<3 {
            let response = try await download(link, from: offset, receive: receive)
            switch response.status {
            case 200..<300, 416: return .answer(.complete)
            case 301, 302, 303, 307, 308:
                guard let location = response.headers["location"], let next = HTTPURL(location) else { break }
                link = try checked(next)
                continue
            default: break
            }
            return try reading(response, of: link.origin.host)
        }
        throw .unavailable(host: link.origin.host, detail: "the log's link leads from redirect to redirect")
    }

    private func reading(_ response: HTTPResponse, of host: String) throws(ForgeError) -> Fetched {
        let isPage = response.isPage
        switch response.status {
        case 404 where !isPage: return .answer(.notYet)
        case 400, 401, 403, 410:
            if isPage { throw .intercepted(host: host, detail: "a web page came back instead of the log") }
            return .expired(.unavailable(host: host, detail: "the log's host answered \(response.status)"))
        case 404, 407, 511: throw .intercepted(host: host, detail: "a web page came back instead of the log")
        default: throw .unavailable(host: host, detail: "the log's host answered \(response.status)")
        }
    }

    /// Streams from `link`, beginning at byte `offset` of the log; the answer is 416 where nothing is there.
    private func download(
        _ link: HTTPURL, from offset: Int, receive: @escaping @Sendable ([UInt8]) -> Bool
    ) async throws(ForgeError) -> HTTPResponse {
        do throws(HTTPError) {
            guard offset > 0, let first = try await probe(link, at: offset) else {
                return try await connection.outside(link, receive: LogBytes.dropping(offset, before: receive))
            }
            guard first.status == 206 else {
                guard first.status == 200 else { return first }
                // The whole log, as it is shorter than the probe's limit.
                if first.body.count > offset, !receive(Array(first.body[offset...])) { throw .cancelled }
                return first
            }
            let rest = try await connection.outside(
                link, headers: Self.range("\(offset)-"), receive: receive)
            guard rest.status != 200 else {
                throw .interrupted(origin: link.origin, reason: "the range was served once and then not")
            }
            return rest
        } catch {
            throw APIConnection.error(error)
        }
    }

    /// Asks for one byte at `offset`, because a stream's status is known only after its bytes; nil where the server
    /// has no ranges and the log is long.
    private func probe(_ link: HTTPURL, at offset: Int) async throws(HTTPError) -> HTTPResponse? {
        do {
            return try await connection.outside(
                link, headers: Self.range("\(offset)-\(offset)"), bodyLimit: 64 << 10)
        } catch .bodyTooLarge {
            return nil
        }
    }

    private static func range(_ bytes: String) -> [(name: String, value: String)] {
        [("Range", "bytes=\(bytes)"), ("Accept-Encoding", "identity")]
    }
}
