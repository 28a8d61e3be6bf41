import Forge

/// Tells which step of a job a log line belongs to; a job's log has no step boundaries.
///
/// Steps are told apart by time. The forge tells times in whole seconds, so lines of the second in which one step ends
/// and the next begins go by what steps begin with: the group `Run ...`, or `Post job cleanup.`
struct StepLocator {
    private struct Span {
        var number: Int
        var start: Double
        /// The first moment that is certainly behind the step; nil while it runs.
        var end: Double?
    }

    private let spans: [Span]
    private var current = 0
    private var hasBegun = true

    init(job: Job) {
        spans = job.steps.sorted { $0.number < $1.number }.compactMap { step in
            guard step.state != .completed(.skipped), let start = step.startedAt else { return nil }
            return Span(number: step.number, start: Double(start), end: step.completedAt.map { Double($0) + 1 })
        }
    }

    /// The number of the step that `line` belongs to; nil where the job tells no steps.
    mutating func step(of line: LogLine) -> Int? {
        if let step = line.step { return step }
        guard !spans.isEmpty else { return nil }
        guard let time = line.time else { return spans[current].number }
        let isBeginning = Self.isBeginning(line)
        while current + 1 < spans.count, spans[current + 1].start <= time {
            let isOver = spans[current].end.map { time >= $0 } ?? false
            if isOver || time >= spans[current + 1].start + 1 {
                current += 1
                hasBegun = false
                continue
            }
            guard isBeginning, hasBegun else { break }
            current += 1
            hasBegun = true
            return spans[current].number
        }
        if isBeginning { hasBegun = true }
        return spans[current].number
    }

    private static func isBeginning(_ line: LogLine) -> Bool {
        switch line.kind {
        case .groupStart: line.text.hasPrefix("Run ")
        case .plain: line.text == "Post job cleanup." || line.text == "Cleaning up orphan processes"
        default: false
        }
    }
}
