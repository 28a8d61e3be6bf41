import Forge
import Synchronization

/// Takes a job's log piece by piece, on whatever thread brings it, and prints what is to be printed; of the rest it
/// keeps no more than an excerpt.
final class LogPump: Sendable {
    /// Which lines are printed.
    enum Selection: Equatable {
        case everything
        case steps(Set<Int>)
        case nothing
    }

    private static let flushSize = 64 << 10
    /// A line at least this long may be the first part of one that the decoder handed out in parts
    /// (`GitHubLogDecoder.longestLine`, less the stamp and marker at its beginning).
    private static let partSize = (64 << 10) - 512

    private struct State {
        var decoder: any LogDecoder
        var locator: StepLocator
        var heading: Int?
        var received = 0
        /// Kind and time of a line whose further parts may follow.
        var begun: (kind: LogLine.Kind, time: Double?)?
        var firstTime: Double?
        var lastTime: Double?
        var jobExcerpt = ErrorExcerpt()
        /// By the step's number; of a job that still runs nobody knows which step will fail.
        var stepExcerpts: [Int: ErrorExcerpt] = [:]
        /// As last told.
        var job: Job
        var facts = RunFacts()
        var buffer: [UInt8] = []
        /// The steps of which a group has come by.
        var opened: Set<Int> = []
        /// The step whose group of the runner's own is open.
        var folding: Int?

        /// Nil where no line of the failed step has come by.
        var failedStepExcerpt: ErrorExcerpt? {
            guard job.hasFailed, let step = job.failedStep else { return nil }
            return stepExcerpts[step.number]
        }
    }

    private let selection: Selection
    private let foldsCommands: Bool
    private let prefix: [UInt8]
    private let headings: [Int: [UInt8]]
    private let sanitizer: LogSanitizer
    private let output: any TailOutput
    /// Gets the lines instead of `output`.
    private let emit: (@Sendable (LogLine, _ step: Int?) -> Void)?
    private let isOver: @Sendable () -> Bool
    private let state: Mutex<State>

    /// `prefix` is what every line begins with, safe to print; `foldsCommands` leaves out where the runner repeats each
    /// step's script and environment; `emit` gets the lines instead of `output`; `isOver` says whether nobody wants the log
    /// any more.
    init(
        job: Job, selection: Selection, foldsCommands: Bool = false, prefix: String, decoder: sending any LogDecoder,
        sanitizer: LogSanitizer,
        output: any TailOutput, emit: (@Sendable (LogLine, _ step: Int?) -> Void)? = nil,
        isOver: @escaping @Sendable () -> Bool
    ) {
        self.selection = selection
        self.foldsCommands = foldsCommands
        self.prefix = Array(prefix.utf8)
        self.sanitizer = sanitizer
        self.output = output
        self.emit = emit
        self.isOver = isOver
        headings = Self.headings(of: job, selection, prefix, sanitizer)
        state = Mutex(State(decoder: decoder, locator: StepLocator(job: job), job: job))
    }

    /// Bytes taken so far: where to go on when the transfer breaks off.
    var received: Int { state.withLock { $0.received } }

    /// Takes note of how far the job is.
    func note(_ job: Job) {
        state.withLock { $0.job = job }
    }

    /// Takes a piece; false when no more are wanted.
    func take(_ piece: [UInt8]) -> Bool {
        state.withLock { state in
            state.received += piece.count
            let lines = state.decoder.lines(in: piece)
            for line in lines { take(line, &state) }
            flush(&state)
        }
        return !isOver()
    }

    /// Takes what was held back because it might go on.
    func pause() {
        state.withLock { state in
            let lines = state.decoder.pause()
            for line in lines { take(line, &state) }
            flush(&state)
        }
    }

    /// Takes what is left; nothing may follow.
    func finish() {
        state.withLock { state in
            let lines = state.decoder.finish()
            for line in lines { take(line, &state) }
            flush(&state)
        }
    }

    /// The lines around the first error of the failed step, or of the whole log where the step has none.
    var excerpt: [LogLine] {
        state.withLock { $0.failedStepExcerpt?.lines ?? $0.jobExcerpt.lines }
    }

    /// What the lines state about what the run made.
    var facts: RunFacts { state.withLock { $0.facts.stated(byJob: $0.job.name) } }

    /// Whether any line of the failed step has come by.
    var hasFailedStep: Bool { state.withLock { $0.failedStepExcerpt != nil } }

    /// Whether the log ends before the job did: the forge had not written all of it yet.
    var endsEarly: Bool {
        state.withLock { state in
            let job = state.job
            guard state.received > 0 else { return true }
            guard let first = state.firstTime, let last = state.lastTime, let start = job.startedAt,
                let lastStep = job.steps.filter({ $0.state != .completed(.skipped) }).compactMap(\.startedAt).max(),
                abs(first - Double(start)) < 60
            else { return false }
            return last + 2 < Double(lastStep)
        }
    }

    /// The printed form of one line, with its line feed.
    func append(_ line: LogLine, to buffer: inout [UInt8]) {
        buffer.append(contentsOf: prefix)
        if line.kind == .plain {
            sanitizer.append(line.text, to: &buffer)
        } else {
            sanitizer.append(Self.mark(line.kind) + line.text, to: &buffer)
        }
        buffer.append(0x0a)
    }

    /// Whether `line` goes on with a line that was longer than what is printed of any: the rest is not printed either.
    ///
    /// A masked word could not be recognised where it lies across two parts.
    private static func isFurtherPart(_ line: LogLine, _ state: inout State) -> Bool {
        if let begun = state.begun, begun.kind == line.kind, begun.time == line.time { return true }
        state.begun = line.text.utf8.count >= partSize ? (line.kind, line.time) : nil
        return false
    }

    private func take(_ line: LogLine, _ state: inout State) {
        if Self.isFurtherPart(line, &state) { return }
        if let time = line.time {
            if state.firstTime == nil { state.firstTime = time }
            state.lastTime = time
        }
        state.facts.take(line)
        let step = state.locator.step(of: line)
        if !state.job.state.isFinished || state.job.hasFailed {
            state.jobExcerpt.take(line)
            if let step, !state.job.state.isFinished || step == state.job.failedStep?.number {
                state.stepExcerpts[step, default: ErrorExcerpt()].take(line)
            }
        }
        let isFolded = foldsCommands && isFolded(line, of: step, &state)
        guard isSelected(step), line.kind != .groupEnd else { return }
        if let emit {
            if !isFolded { emit(line, step) }
            return
        }
        if step != state.heading, let step {
            state.heading = step
            if let heading = headings[step] { state.buffer.append(contentsOf: heading) }
        }
        if isFolded { return }
        append(line, to: &state.buffer)
        if state.buffer.count >= Self.flushSize { flush(&state) }
    }

    /// Whether `line` is of the group `Run ...` that the runner begins a step with.
    ///
    /// It holds the script, the shell and the environment. Its title stays where no heading has told the step's name.
    private func isFolded(_ line: LogLine, of step: Int?, _ state: inout State) -> Bool {
        guard let step else { return false }
        switch line.kind {
        case .groupStart:
            // Later groups are what the step itself has printed.
            let isFirst = state.opened.insert(step).inserted
            let isRunners = isFirst && line.text.hasPrefix("Run ")
            state.folding = isRunners ? step : nil
            return isRunners && headings[step] != nil
        case .groupEnd:
            state.folding = nil
            return false
        case .error, .warning, .notice: return false
        case .plain, .command, .debug: return state.folding == step
        }
    }

    private func isSelected(_ step: Int?) -> Bool {
        switch selection {
        case .everything: true
        case .steps(let numbers): step.map { numbers.contains($0) } ?? true
        case .nothing: false
        }
    }

    private func flush(_ state: inout State) {
        guard !state.buffer.isEmpty else { return }
        output.write(state.buffer)
        state.buffer.removeAll(keepingCapacity: true)
    }

    private static func mark(_ kind: LogLine.Kind) -> String {
        switch kind {
        case .error: "error: "
        case .warning: "warning: "
        case .notice: "notice: "
        case .debug: "debug: "
        case .plain, .command, .groupStart, .groupEnd: ""
        }
    }

    /// Where lines of several steps are printed, each step's begin with its name.
    private static func headings(
        of job: Job, _ selection: Selection, _ prefix: String, _ sanitizer: LogSanitizer
    ) -> [Int: [UInt8]] {
        let shown = job.steps.filter { step in
            switch selection {
            case .everything: true
            case .steps(let numbers): numbers.contains(step.number)
            case .nothing: false
            }
        }
        guard shown.count > 1 else { return [:] }
        return Dictionary(
            shown.map { ($0.number, Array("\(prefix)[\(sanitizer.line($0.name, limit: 120))]\n".utf8)) },
            uniquingKeysWith: { first, _ in first })
    }
}
