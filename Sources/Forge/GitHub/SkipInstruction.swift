/// What a commit's message says to keep a forge, GitHub where nothing else is said, from starting runs (docs.github.com, "Skipping workflow runs").
package enum SkipInstruction {
    /// What GitLab looks for, in any case of its letters (docs.gitlab.com/ci/pipelines, "Skip a pipeline").
    static func findGitLab(in message: String) -> String? {
        let message = message.lowercased()
        return ["[ci skip]", "[skip ci]", "[ci-skip]", "[skip-ci]", "[ci_skip]", "[skip_ci]"].first {
            message.contains($0)
        }
    }

    /// What Gitea and Forgejo look for unless their settings say otherwise (`SKIP_WORKFLOW_STRINGS`).
    static func findGitea(in message: String) -> String? { words.first { message.contains($0) } }

    private static let words = ["[skip ci]", "[ci skip]", "[no ci]", "[skip actions]", "[actions skip]"]

    /// The instruction in `message`, as it stands there; nil where there is none.
    ///
    /// The trailer `skip-checks: true` counts as the message's last line, in a paragraph with two empty lines above.
    package static func find(in message: String) -> String? {
        if let word = words.first(where: { message.contains($0) }) { return word }
        let lines = message.utf8.split(separator: 0x0a, omittingEmptySubsequences: false).map { line in
            let end = line.lastIndex { $0 != 0x20 && $0 != 0x09 && $0 != 0x0d }
            return end.map { String(decoding: line[...$0], as: UTF8.self) } ?? ""
        }
        guard let last = lines.lastIndex(where: { !$0.isEmpty }),
            lines[last] == "skip-checks: true" || lines[last] == "skip-checks:true",
            let gap = lines[..<last].lastIndex(of: ""), gap > 0, lines[gap - 1].isEmpty
        else { return nil }
        return lines[last]
    }
}
