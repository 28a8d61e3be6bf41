import Forge

/// What the runs of one tail share: the forge, the time, and how the forge is doing.
final class TailContext {
    enum Answer<Value> {
        case value(Value)
        /// 404.
        case missing
        case stop(RunVerdict)
        /// Ask again, not before ``TailContext/notBefore``.
        case later
    }

    private static let longestWait: Duration = .seconds(3700)
    /// How long a forge may answer nothing but "too many requests".
    private static let limitPatience: Duration = .seconds(2 * 3600)

    let forge: any Forge
    let clock: TailClock
    let narrator: Narrator
    /// Where the lines of logs go.
    let logOutput: any TailOutput
    /// Makes lines of logs safe where they go.
    let logSanitizer: LogSanitizer
    let options: TailOptions
    /// When the tail must end; nil for never.
    let deadline: Duration?
    /// No request may be sent earlier.
    private(set) var notBefore: Duration = .zero
    var hasHintedAtAnnotations = false
    /// Whether it was said why logs come late.
    var hasRemarkedOnSlowLogs = false
    /// Whether the forge has refused to show a log, as it will every other.
    var areLogsRefused = false

    private var failures = 0
    private var outageSince: Duration?
    private var limitedSince: Duration?
    private var isOutageKnown = false

    init(
        forge: any Forge, clock: TailClock, narrator: Narrator, logOutput: any TailOutput, options: TailOptions
    ) {
        self.forge = forge
        self.clock = clock
        self.narrator = narrator
        self.logOutput = logOutput
        logSanitizer = LogSanitizer(
            keepsColor: logOutput.usesColor && options.events == nil, masks: options.masks)
        self.options = options
        deadline = options.timeout.map { clock.now + $0 }
    }

    var isOverdue: Bool { deadline.map { clock.now >= $0 } ?? false }

    /// Whether the forge may not be asked anything for a while.
    var isShutOut: Bool { notBefore - clock.now > .seconds(30) }

    func jittered(_ pause: Duration) -> Duration {
        .seconds(pause.inSeconds * (1 + 0.2 * min(1, max(-1, options.jitter()))))
    }

    func ask<Value: Sendable>(_ request: () async throws(ForgeError) -> Value) async -> Answer<Value> {
        do {
            let value = try await request()
            noteSuccess()
            return .value(value)
        } catch {
            return note(error)
        }
    }

    /// Takes note of an error of any request and says how to go on.
    func note<Value>(_ error: ForgeError) -> Answer<Value> {
        switch error {
        case .notFound:
            noteSuccess()
            return .missing
        case .unauthorized, .forbidden, .singleSignOnRequired:
            return .stop(.credentials(error))
        case .refused(_, let status, let detail):
            return .stop(.lost(reason: "the forge refused the request (\(status)): \(clean(detail))"))
        case .untrusted(let host, let detail):
            return .stop(.lost(reason: "\(clean(host)) is not trusted: \(clean(detail))"))
        case .redirected(let host, let place):
            return .stop(.lost(reason: "\(clean(host)) sends requests on to \(clean(place))"))
        case .unsupported(_, let server, _):
            return .stop(.lost(reason: "\(clean(server)) does not tell"))
        case .machine(let fault):
            return .stop(.lost(reason: "\(clean(fault.path)): \(clean(fault.reason))"))
        case .cancelled:
            return .stop(isOverdue ? .timedOut : .detached)
        case .rateLimited(let host, let retryAfter, _):
            return noteLimit(host, retryAfter)
        case .unavailable(let host, let detail), .intercepted(let host, let detail):
            return noteOutage("\(clean(host)): \(clean(detail))")
        }
    }

    func clean(_ text: String) -> String {
        narrator.sanitizer.line(text, limit: 200)
    }

    private func noteSuccess() {
        if isOutageKnown { narrator.note("the forge answers again") }
        failures = 0
        outageSince = nil
        limitedSince = nil
        isOutageKnown = false
        if let rate = forge.rateState(), rate.remaining <= 0, let left = Cadence.secondsToReset(rate) {
            wait(.seconds(left + 1))
        }
    }

    private func noteLimit<Value>(_ host: String, _ retryAfter: Duration) -> Answer<Value> {
        let since = limitedSince ?? clock.now
        limitedSince = since
        if clock.now - since >= Self.limitPatience {
            return .stop(.lost(reason: "\(clean(host)) answers nothing but that there were too many requests"))
        }
        wait(min(max(retryAfter, .seconds(1)), Self.longestWait))
        return .later
    }

    private func wait(_ pause: Duration) {
        notBefore = max(notBefore, clock.now + pause)
        if pause >= .seconds(5) {
            narrator.note("request limit reached; going on in \(Elapsed(pause))")
        }
    }

    private func noteOutage<Value>(_ detail: String) -> Answer<Value> {
        let since = outageSince ?? clock.now
        outageSince = since
        if clock.now - since >= options.outagePatience {
            return .stop(.lost(reason: detail))
        }
        failures += 1
        if failures == 3 {
            isOutageKnown = true
            narrator.note("no usable answer (\(detail)); trying again for \(Elapsed(options.outagePatience))")
        }
        notBefore = clock.now + jittered(.seconds(min(30, 1 << min(failures - 1, 5))))
        return .later
    }
}
