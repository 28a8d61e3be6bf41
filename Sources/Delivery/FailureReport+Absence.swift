import Forge
import Git

/// Why nothing runs for a push, in the words of the product that was pushed to.
extension FailureReport {
    static func noRun(
        on ref: String, of sha: String, at product: ForgeProduct?, because absence: PipelineAbsence?
    ) -> FailureReport {
        let again = "'hephy watch \(sha)' looks again"
        guard product == .gitlab else {
            let place =
                switch product {
                case .gitea, .forgejo: "Actions are switched on in the repository's settings"
                case .github, .gitlab, nil: "Actions are enabled"
                }
            return FailureReport(
                problem: "no run for \(sha) on '\(ref)' appeared",
                hint: "see whether \(place) and the workflow's filters fit; \(again)", status: .noRun)
        }
        let fact = "no pipeline for \(sha) on '\(ref)' appeared"
        let (reason, hint): (String?, String) =
            switch absence {
            case .switchedOff:
                ("CI/CD is switched off for the project", "it is switched on in Settings, General, Visibility")
            case .leftOut(let sentence):
                (firstLine(sentence), "'rules' of the jobs and 'workflow: rules' in '\(CIFiles.pipeline)' decide")
            case .refused(let sentences):
                (sentences.first.map { firstLine($0) }, "mend '\(CIFiles.pipeline)'; \(again)")
            case nil:
                (
                    nil,
                    "see whether CI/CD is on for the project and 'rules' and 'workflow: rules' of "
                        + "'\(CIFiles.pipeline)' let a push of '\(ref)' through; \(again)"
                )
            }
        return FailureReport(
            problem: reason.map { "\(fact): \($0)" } ?? fact, hint: hint, status: .noRun)
    }
}

extension PlannedRef {
    /// Why nothing follows this push, in words.
    var reasonForNothing: String {
        let commit = pushed.commit.id.short
        return switch survey.nothing {
        case .noWorkflows where product == .gitlab: "\(commit) has no '\(CIFiles.pipeline)'"
        case .noWorkflows: "\(commit) has no workflow"
        case .noneMatches(let reasons) where reasons.count == 1:
            reasons.map { "no run of '\(PushedCommit.fileName($0.key))' on '\(update.shortName)': \($0.value)" }
                .joined()
        case .noneMatches: "no workflow of \(commit) runs on a push to '\(update.shortName)'"
        case .skipped(let instruction): "the commit message says '\(instruction)'"
        case .tooManyTags(let count): "GitHub starts nothing for a push of \(count) tags at once"
        case nil: "nothing was asked for"
        }
    }
}
