/// Turns what happens into lines.
///
/// Every text is made safe here, so that no caller can forget it.
final class Narrator {
    enum Tone {
        case plain
        case good
        case bad
        case quiet

        fileprivate var color: String {
            switch self {
            case .plain: ""
            case .good: "\u{1b}[32m"
            case .bad: "\u{1b}[31m"
            case .quiet: "\u{1b}[2m"
            }
        }
    }

    static let silence: Duration = .seconds(30)
    static let indentation = "       "
    static let arrow = "-----> "
    private static let reset = "\u{1b}[0m"

    let output: any TailOutput
    let sanitizer: LogSanitizer
    let isQuiet: Bool
    /// Whether a program reads along or the logs alone are wanted: then only notes are for people.
    private let isTerse: Bool
    private let clock: TailClock
    private(set) var lastSpoke: Duration

    init(output: any TailOutput, options: TailOptions, clock: TailClock) {
        self.output = output
        self.clock = clock
        isQuiet = options.isQuiet
        isTerse = options.events != nil || options.isForLogsAlone
        sanitizer = LogSanitizer(keepsColor: output.usesColor, masks: options.masks)
        lastSpoke = clock.now
    }

    /// A line of ours at the margin, where no text of a log can stand.
    func headline(_ text: String, _ tone: Tone = .plain) {
        if !isTerse { speak(Self.arrow, text, tone) }
    }

    /// An indented line.
    func detail(_ text: String, _ tone: Tone = .plain) {
        if !isTerse { speak(Self.indentation, text, tone) }
    }

    /// An indented line that somebody may have to act on, or that explains why nothing comes.
    func note(_ text: String, _ tone: Tone = .quiet) {
        speak(isTerse ? "hephy: " : Self.indentation, text, tone)
    }

    /// Prints what a quiet tail has kept for a bad verdict.
    func release(_ lines: [UInt8]) {
        guard !isTerse else { return }
        output.write(lines)
        lastSpoke = clock.now
    }

    /// Takes note that log lines went to the output by another way.
    func noteSpoken() {
        lastSpoke = clock.now
    }

    /// When the next sign of life is due, where there is no status line to show it.
    var heartbeatDue: Duration? {
        isQuiet || isTerse || output.showsStatus ? nil : lastSpoke + Self.silence
    }

    func status(_ text: String?) {
        guard output.showsStatus, !isQuiet, !isTerse else { return }
        output.setStatus(text.map { sanitizer.line(Self.indentation + $0) })
    }

    /// A whole line as it goes out.
    func line(_ lead: String, _ text: String, _ tone: Tone) -> [UInt8] {
        let safe = sanitizer.line(text, limit: 1000)
        let color = output.usesColor ? tone.color : ""
        return Array((color.isEmpty ? "\(lead)\(safe)\n" : "\(color)\(lead)\(safe)\(Self.reset)\n").utf8)
    }

    private func speak(_ lead: String, _ text: String, _ tone: Tone) {
        guard !isQuiet else { return }
        output.write(line(lead, text, tone))
        lastSpoke = clock.now
    }
}
