import HTTP
import Synchronization

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Logs for who has no token: what the page of a public project's job shows anybody.
///
/// `GET /-/jobs/ID/trace.json?state=...` answers with the lines since the opaque state of the answer before, the last of
/// which may be longer by then (`BuildTraceEntity`). Of a long log the first answer has the last 500 KB.
extension GitLab {
    /// A page is some times as large as the 500 KB of log that it shows.
    private static let pageLimit = 16 << 20

    /// Hands out the lines that the job's page has and that were not handed out before.
    ///
    /// - Throws: `.forbidden` where the page is not for strangers.
    func readPage(
        of job: Job, _ cursor: inout LogCursor, _ receive: @escaping @Sendable ([UInt8]) -> Bool
    ) async throws(ForgeError) -> LogAnswer {
        let what = "the log of job \(PlainText.line(job.id, limit: 40))"
        let query = cursor.page.state.map { "?state=\(HTTPURL.encoded($0))" } ?? ""
        guard state.withLock({ $0.projects[job.id] }) == nil,
            let url = try host.page(at: "/\(project)/-/jobs/\(number(job.id, what: what))/trace.json\(query)")
        else { throw closedPage("the job is another project's") }
        let response: HTTPResponse
        do {
            response = try await connection.outside(url, bodyLimit: Self.pageLimit)
        } catch {
            throw APIConnection.error(error)
        }
        switch response.status {
        case 204: return job.state.isFinished ? .complete : .notYet
        case 200: break
        // Who is not shown a page is led to the sign-on.
        case 300..<400, 401, 403, 404: throw closedPage("the job's page wants a sign-on")
        default: throw connection.failure(what, response)
        }
        let page = try connection.decode(GitLabAnswer.LogPage.self, from: response, what: what)
        let isOver = job.state.isFinished && page.isComplete ?? true
        let text = cursor.page.take(page, isOver: isOver)
        if !text.isEmpty {
            let known = min(cursor.page.known, text.count)
            cursor.page.known -= known
            let news = Array(text.dropFirst(known))
            cursor.deliver(news[...])
            guard news.isEmpty || receive(news) else { throw .cancelled }
        }
        return isOver ? .complete : .soFar
    }

    private func closedPage(_ detail: String) -> ForgeError {
        state.withLock { $0.hasClosedPages = true }
        return .forbidden(host: host.origin.hostAndPort, detail: detail, permission: nil)
    }
}

/// How far the page of a log has been read.
struct LogPageCursor: Sendable {
    /// The server's own, opaque.
    fileprivate(set) var state: String?
    /// Bytes that were handed out before this cursor was made.
    var known = 0
    /// The last line, which may go on, and where it begins.
    private var held: (offset: Int, text: [UInt8])?
    /// Where the last line that was handed out begins.
    private var last = -1

    /// The text of all lines of `page` that are whole and new; the last one is held back unless the log is over.
    mutating func take(_ page: GitLabAnswer.LogPage, isOver: Bool) -> [UInt8] {
        state = page.state ?? state
        var text: [UInt8] = []
        if page.truncated == true, last < 0 {
            text += "[the beginning of the log is on the job's page alone]\n".utf8
        }
        // What begins behind the last line has not changed it.
        if page.append == true, let held, let start = page.offset, start > held.offset { text += release(held) }
        for line in page.lines ?? [] where line.offset > last && !line.isSectionEnd {
            if let held, held.offset < line.offset { text += release(held) }
            // A line break inside a line would be one of the log's own.
            let content = String(line.content.map(\.text).joined().map { $0.isNewline ? " " : $0 })
            held = (line.offset, Array(content.utf8))
        }
        if isOver, let held { text += release(held) }
        return text
    }

    private mutating func release(_ line: (offset: Int, text: [UInt8])) -> [UInt8] {
        last = line.offset
        held = nil
        return line.text + [UInt8(ascii: "\n")]
    }
}
