import BuildPlan
import Delivery
import Git

/// What `hephy init` and `hephy sync` print.
struct SetUpReport {
    let proposal: RepositorySetUp.Proposal
    let isDryRun: Bool

    /// How a command ends for this error, with its lines printed.
    static func ended(_ error: DeliveryError) -> Ended {
        if case .setUp(.invalidConfiguration(let problems)) = error {
            for line in problems.flatMap(ProblemLines.lines) { StandardError.write(line + "\n") }
            return Ended(.configuration)
        }
        return Ended(FailureReport(error).say())
    }

    /// What in the configuration has no effect.
    var warnings: [String] { proposal.plan.warnings.flatMap(ProblemLines.lines) }

    /// One line for each file.
    var fileLines: [String] {
        proposal.files.map { file in
            let would = isDryRun ? "would be " : ""
            let what =
                switch file.kind {
                case .created: "\(would)written"
                case .replaced: "\(would)written anew"
                case .edited: "\(would)edited: it includes hephy's file, and says all else as before"
                case .unchanged: "unchanged"
                case .kept(let reason): "left as it is: \(reason)"
                }
            return "\(file.path): \(what)"
        }
    }

    /// Everything, down to the one command that comes next.
    var lines: [String] {
        var lines: [String] = []
        if let backend = proposal.plan.detection.backend {
            let platforms = proposal.plan.platforms?.kept.map(\.description).joined(separator: ", ") ?? ""
            lines.append("\(backend.rawValue) for \(platforms)   (\(proposal.plan.detection.reason))")
        }
        lines += fileLines
        let remote = proposal.remote
        if remote.advice == nil {
            let url = remote.url.map { " for \($0.text)" } ?? ""
            let what = remote.commands.isEmpty ? "unchanged" : isDryRun ? "would be added\(url)" : "added\(url)"
            lines.append("remote \(remote.name): \(what)")
        }
        lines += proposal.notes.map { "note: \($0)" }
        return lines.map { StandardError.safe($0) } + ["", "next:", "    \(next)"]
    }

    /// The command to type now.
    var next: String {
        if let advice = proposal.remote.advice { return advice }
        let push = "git push \(Self.word(proposal.remote.name)) \(Self.word(proposal.branch ?? "HEAD"))"
        let folders = Set(proposal.files.filter(\.isWritten).compactMap { $0.path.split(separator: "/").first })
        guard !folders.isEmpty else { return push }
        return "git add \(folders.sorted().joined(separator: " ")) && git commit -m 'build with hephy' && \(push)"
    }

    /// `text` as one word of a shell's command.
    private static func word(_ text: String) -> String {
        let plain = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                true
            default: "-_./".utf8.contains(byte)
            }
        }
        if plain { return text }
        return "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }
}
