import HTTP
import Synchronization
import Testing

/// Answers requests from a list, in order; an unscripted request is a failure that names it.
final class ScriptedTransport: HTTPTransport {
    struct Answer: Sendable {
        /// `GET https://host/path`.
        var request: String
        var result: Result<HTTPResponse, HTTPError>

        init(
            _ request: String, _ status: Int, headers: [(name: String, value: String)] = [], _ body: String = ""
        ) {
            self.init(request, status, headers: headers, bytes: Array(body.utf8))
        }

        init(
            _ request: String, _ status: Int, headers: [(name: String, value: String)] = [], bytes: [UInt8]
        ) {
            self.request = request
            result = .success(HTTPResponse(status: status, headers: HTTPHeaders(headers), body: bytes))
        }

        init(_ request: String, throwing error: HTTPError) {
            self.request = request
            result = .failure(error)
        }
    }

    private struct State {
        var answers: [Answer]
        var requests: [HTTPRequest] = []
        var underWay = 0
        var mostUnderWay = 0
    }

    private let state: Mutex<State>
    /// Bytes of one streamed piece.
    private let pieceSize: Int

    init(_ answers: [Answer], pieceSize: Int = 7) {
        state = Mutex(State(answers: answers))
        self.pieceSize = pieceSize
    }

    var requests: [HTTPRequest] { state.withLock { $0.requests } }
    var mostUnderWay: Int { state.withLock { $0.mostUnderWay } }

    func add(_ answers: [Answer]) { state.withLock { $0.answers += answers } }

    /// Records a failure for each answer that nobody asked for.
    func expectNothingLeft(sourceLocation: SourceLocation = #_sourceLocation) {
        for answer in state.withLock({ $0.answers }) {
            Issue.record("nobody asked for \(answer.request)", sourceLocation: sourceLocation)
        }
    }

    func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        try await answer(request)
    }

    func send(
        _ request: HTTPRequest, receive: @escaping @Sendable ([UInt8]) -> Bool
    ) async throws(HTTPError) -> HTTPResponse {
        var response = try await answer(request)
        guard (200..<300).contains(response.status) else { return response }
        var rest = response.body[...]
        while !rest.isEmpty {
            let piece = Array(rest.prefix(pieceSize))
            rest = rest.dropFirst(pieceSize)
            guard receive(piece) else { throw .cancelled }
        }
        response.body = []
        return response
    }

    private func answer(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        let line = "\(request.method.rawValue) \(request.url)"
        let answer: Answer? = state.withLock { state in
            state.requests.append(request)
            state.underWay += 1
            state.mostUnderWay = max(state.mostUnderWay, state.underWay)
            guard let first = state.answers.first, first.request == line else { return nil }
            return state.answers.removeFirst()
        }
        await Task.yield()
        state.withLock { $0.underWay -= 1 }
        guard let answer else {
            let expected = state.withLock { $0.answers.first?.request ?? "none" }
            Issue.record("unscripted request: \(line); expected: \(expected)")
            throw .unreachable(origin: request.url.origin, reason: "unscripted")
        }
        let response = try answer.result.get()
        if response.body.count > request.bodyLimit {
            throw .bodyTooLarge(origin: request.url.origin, limit: request.bodyLimit)
        }
        return response
    }
}

extension HTTPRequest {
    /// The value of the header field `name`, nil where there is none.
    func header(_ name: String) -> String? { HTTPHeaders(headers)[name] }

    /// The token that was sent, in plain text.
    var token: String? { authorization.map { sent in sent.secret.reveal { "\(sent.scheme) \($0)" } } }
}
