/// Reads the text of a job's log.
///
/// The server writes each line as `2026-11-22T10:11:12.1234567Z <message>` (go-gitea/gitea `modules/actions/log.go`), as
/// GitHub does; the runner leaves commands of the workflow as they are, `::error file=a.go,line=3::boom`, but for groups
/// (gitea/act_runner and forgejo/runner, `internal/pkg/report/reporter.go`).
package struct GiteaLogDecoder: LogDecoder {
    private var lines = GitHubLogDecoder()
    /// The time of a line so long that its next part may follow.
    private var begun: Double??

    package init() {}

    package mutating func lines(in piece: [UInt8]) -> [LogLine] {
        let found = lines.lines(in: piece)
        return found.map { refined($0) }
    }

    package mutating func finish() -> [LogLine] {
        let found = lines.finish()
        return found.map { refined($0) }
    }

    private static let commands: [(word: String, kind: LogLine.Kind)] = [
        ("error", .error), ("warning", .warning), ("notice", .notice), ("debug", .debug),
    ]

    private mutating func refined(_ line: LogLine) -> LogLine {
        let isFurtherPart = begun.map { $0 == line.time } ?? false
        begun = line.text.utf8.count >= GitHubLogDecoder.longestLine - 512 ? .some(line.time) : nil
        guard line.kind == .plain, !isFurtherPart, line.text.hasPrefix("::") else { return line }
        for (word, kind) in Self.commands {
            guard line.text.dropFirst(2).hasPrefix(word) else { continue }
            let rest = line.text.dropFirst(2 + word.count)
            guard rest.first == " " || rest.hasPrefix("::"), let end = rest.firstRange(of: "::") else { return line }
            var command = line
            command.kind = kind
            command.text = String(rest[end.upperBound...])
            return command
        }
        return line
    }
}
