import BuildPlan
package import Scaffold

extension FailureReport {
    /// What is wrong with a rendered file; nil where nothing is.
    package init?(_ drift: Drift, of path: String) {
        let problem: String
        switch drift {
        case .none: return nil
        case .configurationChanged:
            problem = "'\(path)' was rendered from another '\(BuildConfiguration.path)'"
        case .differs: problem = "'\(path)' is not what would be rendered now"
        case .noRegion:
            self = Self.report(SetUpError.noRegion(path: path))
            return
        case .notIncluded:
            self.init(
                problem: "'\(path)' does not include '\(GitLabPipeline.attachedPath)', so none of its jobs run",
                hint: "hephy init", status: .configuration)
            return
        }
        self.init(problem: problem, hint: "hephy sync", status: .configuration)
    }

    static func report(_ error: SetUpError) -> FailureReport {
        switch error {
        case .invalidConfiguration(let problems):
            FailureReport(PlanObstacle.invalidConfiguration(summary: ProblemLines.summary(of: problems)))
        case .scaffold(let error): report(error)
        case .noWorkTree:
            FailureReport(
                problem: "this repository has no work tree to write files into",
                hint: "git clone it, and call hephy there", status: .usage)
        case .notWritten(let path, let reason):
            FailureReport(problem: "'\(path)' cannot be written: \(reason)", status: .usage)
        case .inTheWay(let path, let what):
            FailureReport(
                problem: "'\(path)' is \(what)", hint: "move it away, and call hephy again", status: .configuration)
        case .foreignFile(let path):
            FailureReport(
                problem: "'\(path)' is there already, and it is none of hephy's workflows",
                hint: "rename it, or let hephy init --force replace it", status: .configuration)
        case .noRegion(let path):
            FailureReport(
                problem: "'\(path)' does not have the marks '# hephy:begin' and '# hephy:end' once each",
                hint: "hephy init --force writes it anew", status: .configuration)
        case .nothingRendered(let path):
            FailureReport(
                problem: "there is no '\(path)' to render again", hint: "hephy init writes it", status: .configuration)
        case .unknownPlatform(let host):
            FailureReport(
                problem: "which CI runs for '\(host)' cannot be told",
                hint: "name it: hephy init --platform github, gitlab, gitea or forgejo",
                status: .usage)
        case .otherBackend(let configured, let wanted):
            FailureReport(
                problem: "--backend \(wanted): .hephy/build-config.yaml says 'build_backend: \(configured)'",
                hint: "change it there, or write all files anew with --force", status: .usage)
        case .notAComponent(let typed):
            FailureReport(
                problem: "'\(firstLine(typed))' names no component",
                hint: "the form is OWNER/hephy-builder@REF; on GitLab also a file's https URL or HOST/PROJECT/NAME@REF",
                status: .usage)
        }
    }

    static func report(_ error: ScaffoldError) -> FailureReport {
        switch error {
        case .missingSharedFile(let path):
            FailureReport(
                problem: "'\(path)' is missing among the files that hephy is installed with",
                hint: "install it again with ./install.sh", status: .usage)
        case .interpolated(let text):
            FailureReport(
                problem: "'\(firstLine(text))' holds '$[[', which GitLab would take for one of its inputs",
                hint: "without --component hephy writes a file that can hold it", status: .configuration)
        case .malformedTemplate(let name, let line, let reason):
            FailureReport(
                problem: "\(name):\(line): \(reason)", hint: "install hephy again with ./install.sh", status: .usage)
        }
    }
}
