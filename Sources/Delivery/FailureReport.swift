import BuildPlan
import Forge
import Git
import HTTP
import RemoteHelper

/// What a failure is called in front of a person: the only place where errors become sentences.
package struct FailureReport: Sendable, Hashable {
    /// What is wrong, without a full stop; nil where git or a child has said it already.
    package var problem: String?
    /// What to type or change.
    package var hint: String?
    package var status: ExitStatus

    package init(problem: String?, hint: String? = nil, status: ExitStatus) {
        self.problem = problem
        self.hint = hint
        self.status = status
    }

    package init(_ error: DeliveryError) {
        switch error {
        case .git(let error): self = Self.report(error)
        case .helper(let error): self = Self.report(error)
        case .notice(let notice): self = Self.report(notice)
        case .tree(let error): self = Self.report(error)
        case .obstacle(let obstacle): self.init(obstacle)
        case .setting(let error): self.init(error)
        case .forge(let error, let errand, let product): self = Self.report(error, errand, on: product)
        case .unknownForge(let host):
            self.init(
                problem: "no forge that hephy knows answers at '\(host)'",
                hint: "if it is one: git config hephy.https://\(host).forge github|gitlab|gitea|forgejo",
                status: .configuration)
        case .notARepositoryPath(let path, let product):
            self.init(
                problem: "'\(path)' is no \(product) repository", hint: "the URL's path is OWNER/REPOSITORY",
                status: .configuration)
        case .noRun(let ref, let sha, let product, let absence):
            self = Self.noRun(on: ref, of: sha, at: product, because: absence)
        case .unknownRemote(let name):
            self.init(
                problem: name.map { "'\(Self.firstLine($0))' is no remote that goes through hephy" }
                    ?? "no remote of this repository goes through hephy",
                hint: "git remote add hephy hephy::github.com/OWNER/REPOSITORY", status: .usage)
        case .severalRemotes(let names):
            self.init(
                problem: "several remotes go through hephy: \(names.joined(separator: ", "))",
                hint: "name one: --remote \(names.first ?? "NAME")", status: .usage)
        case .startedWithoutName(let host, let workflow): self.init(startedOn: host, workflow: workflow)
        case .nothingToWatch, .noRunsYet, .noPage, .noSuchJob, .notPushed, .notTheTip, .noRefNamed, .nothingToRepeat:
            self = Self.reportOfRuns(error)
        case .here(let lack): self.init(lack)
        case .setUp(let error): self = Self.report(error)
        case .hook(let error): self = Self.report(error)
        case .adoption(let error): self = Self.report(error)
        case .noToken(let host, let workflow, let product):
            self.init(
                problem: "no token for \(host), so '\(workflow)' cannot be started; the push itself stands",
                hint: "\(Self.tokenHint(host: host, on: product)); "
                    + "it needs \(ForgeErrand.dispatching(workflow: workflow, ref: "").permission(on: product))",
                status: .credentials)
        }
    }

    private init(startedOn host: String, workflow: String) {
        self.init(
            problem: "a run of '\(workflow)' was started, but \(host) does not tell which it is",
            hint: "declare the input 'hephy_id' and put ${{ inputs.hephy_id }} into 'run-name'", status: .lost)
    }

    package init(_ lack: LocalLack) {
        switch lack {
        case .noShareFolder(let looked):
            self.init(
                problem: "the files that belong to hephy are not at '\(looked ?? "share/hephy")'",
                hint: "install hephy with ./install.sh, or name their folder in HEPHY_SHARE", status: .configuration)
        case .notARun(let path):
            self.init(
                problem: "'\(Self.firstLine(path))' is no run that waits to be executed",
                hint: "hephy starts this command itself; push to hephy::local/NAME", status: .usage)
        case .noDataFolder:
            self.init(
                problem: "there is no folder to keep runs in: neither XDG_DATA_HOME nor HOME is an absolute path",
                status: .configuration)
        }
    }

    package init(_ obstacle: PlanObstacle) {
        switch obstacle {
        case .nothingDetected(let commit, let looked):
            self.init(
                problem: "no build backend recognised in \(commit): \(looked)",
                hint: "add one of Dockerfile, go.mod, spin.toml, or name a backend in .hephy/build-config.yaml",
                status: .configuration)
        case .noPlatform(let backend):
            self.init(
                problem: "\(backend.rawValue) builds for none of the platforms that were named",
                hint: "hephy detect shows why; name others in .hephy/build-config.yaml or -o hephy.platforms=",
                status: .configuration)
        case .invalidConfiguration(let summary):
            self.init(problem: summary, hint: "hephy check shows every problem", status: .configuration)
        case .noWorkflowOfOurs(let commit):
            self.init(
                problem: "\(commit) has no workflow of hephy's to start",
                hint: "a workflow file with the line '# hephy:workflow 1', or push with -o hephy.trigger=attach",
                status: .configuration)
        case .notDispatchable(let workflow):
            self.init(
                problem: "'\(workflow)' cannot be started: it has no 'workflow_dispatch' in its 'on'",
                hint: "add it to the file, or push with -o hephy.trigger=attach", status: .configuration)
        }
    }

    /// The lines for standard error, each behind `hephy: `, made safe as by `StandardError.safe`.
    package var lines: [String] {
        [problem, hint.map { "hint: \($0)" }].compactMap(\.self).map { StandardError.safe($0) }
    }

    /// Prints the lines and gives the status back.
    package func say() -> ExitStatus {
        lines.forEach(StandardError.say)
        return status
    }
}
