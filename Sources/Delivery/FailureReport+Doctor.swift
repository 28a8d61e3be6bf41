import BuildPlan
import Credentials
import Forge
import Git
import RemoteHelper
import Scaffold

extension Finding {
    private static let install = "./install.sh, from a checkout of hephy"

    init(_ symptom: Symptom.OfMachine) {
        self =
            switch symptom {
            case .git(let version, let path): Finding(.git, .ok, "git \(version) at \(path)")
            case .gitTooOld(let version, let path):
                Finding(
                    .git, .problem, "git \(version) at \(path) is older than 2.30", mend: "install a newer git",
                    status: .gitFailed)
            case .gitMissing(let reason):
                Finding(.git, .problem, reason, mend: "install git", status: .gitFailed)
            case .helper(let version, let path): Finding(.helper, .ok, "git-remote-hephy \(version) at \(path)")
            case .otherHelper(let version, let path):
                Finding(
                    .helper, .warning,
                    "git finds git-remote-hephy \(version ?? "of an older version") at \(path), and this is hephy "
                        + HephyVersion.text, mend: "\(Self.install), or remove the one that is out of date")
            case .helperMissing(let beside):
                Finding(
                    .helper, .problem, "git does not find git-remote-hephy on PATH",
                    mend: beside.map { "export PATH=\"\($0):$PATH\"" } ?? Self.install, status: .gitFailed)
            case .helperBroken(let path, let reason):
                Finding(.helper, .problem, "\(path) does not run: \(reason)", mend: Self.install, status: .gitFailed)
            case .share(let path): Finding(.share, .ok, "hephy's files at \(path)")
            case .lacking(let lack): Finding(.share, failure: FailureReport(lack))
            case .builders(let names): Finding(.builders, .ok, "builds here: \(names.joined(separator: ", "))")
            case .noBuilder(let what, let installation, let isNeeded):
                Finding(
                    .builders, isNeeded ? .problem : .ok,
                    "nothing here builds \(what == "images" ? what : "for \(what)")"
                        + (isNeeded ? ", which a push to this machine asks for" : ", and no push asks for it"),
                    mend: installation, status: isNeeded ? .configuration : .succeeded)
            case .namedBuilderMissing(let name, let installation, let isNeeded):
                Finding(
                    .builders, isNeeded ? .problem : .warning,
                    "git config hephy.local.builder names '\(name)', which does not answer here",
                    mend: "\(installation); git config --unset hephy.local.builder lets hephy choose",
                    status: isNeeded ? .configuration : .succeeded)
            }
    }

    init(_ symptom: Symptom.OfRepository) {
        self =
            switch symptom {
            case .repository(let path, let isBare):
                Finding(.repository, .ok, "\(isBare ? "bare repository" : "repository") \(path)")
            case .noRepository:
                Finding(.repository, .ok, "in no git repository: only this machine was looked at")
            case .foreignRepository(let path):
                Finding(
                    .repository, .problem, "git does not trust the repository at '\(path)', which somebody else owns",
                    mend: "git config --global --add safe.directory '\(path)'", status: .gitFailed)
            case .gitFailed(let error): Self.ofGit(error)
            case .noRemote:
                Finding(
                    .repository, .warning, "no remote of this repository goes through hephy",
                    mend: "hephy init adds one, and hephy adopt takes one that is there")
            case .password(let remote, let host, let clean):
                Finding(
                    .password, .warning, "its URL for '\(host)' holds a password or a token, which git prints",
                    mend: "git remote set-url '\(remote)' '\(clean)'; git's credential helper keeps what it held")
            case .configuration(let isThere):
                Finding(
                    .configuration, .ok,
                    isThere ? ".hephy/build-config.yaml is valid" : "all settings of the build are left to detection")
            case .configurationWarning(let summary):
                Finding(.configuration, .warning, summary, mend: "hephy check shows it in its place")
            case .badSetting(let error, let isPassedOver): Self.ofSetting(error, isPassedOver: isPassedOver)
            case .unusable(let error): Finding(.configuration, failure: FailureReport(error))
            case .noCIFile:
                Finding(
                    .ci, .ok, "no CI file of hephy's: what a push starts is followed, and nothing is started",
                    mend: "hephy init")
            case .ciFile(let path, let drift):
                FailureReport(drift, of: path).map { Finding(.ci, failure: $0) }
                    ?? Finding(.ci, .ok, "'\(path)' is up to date")
            }
    }

    private static func ofGit(_ error: GitError) -> Finding {
        var report = FailureReport(.git(error))
        report.hint = report.hint ?? "mend what git names there"
        return Finding(.repository, failure: report)
    }

    private static func ofSetting(_ error: SettingError, isPassedOver: Bool) -> Finding {
        guard isPassedOver else { return Finding(.configuration, failure: Self.withMend(error)) }
        let report = FailureReport(passedOver: error)
        return Finding(.configuration, .warning, report.problem ?? "", mend: report.hint)
    }

    private static func withMend(_ error: SettingError) -> FailureReport {
        var report = FailureReport(error)
        if report.hint == nil, case .badValue(_, _, .environment(let name), _, _) = error {
            report.hint = "unset \(name)"
        }
        return report
    }

    init(_ symptom: Symptom.OfRemote) {
        switch symptom {
        case .url(let url): self.init(.url, .ok, url.text)
        case .refusedURL(let error): self.init(.url, failure: FailureReport(.helper(error)))
        case .noRepositoryThere(let path, true):
            self.init(.forge, .ok, "the first push makes the repository at \(path)")
        case .noRepositoryThere(let path, false):
            self.init(
                .forge, .problem, "there is no repository at '\(path)'", mend: "git init --bare '\(path)'",
                status: .gitFailed)
        case .forge(let product, let host, let means):
            self.init(.forge, .ok, "\(product.name) at \(host), \(means.words)")
        case .forgeError(let error): self = Self.ofForge(error)
        case .noAnswer(let host, let seconds):
            self.init(
                .forge, .warning, "\(host) gave no answer within \(seconds) s: nothing is known of it or of the token",
                mend: Self.again)
        case .token(let source, let rights, let host, let product):
            self = Self.ofRights(rights, source: source, host: host, product)
        case .noWorkflowScope(let source):
            self.init(
                .token, .warning, "GitHub refuses pushes with the token from \(source) that change files of workflows",
                mend: "gh auth refresh -s workflow, or a token with the scope 'workflow'")
        case .refusedToken(let source, let error, let hasNext):
            let report = FailureReport(error)
            self.init(
                .token, hasNext ? .warning : .problem,
                "token from \(source): \(report.problem ?? "it is of no use")", mend: report.hint,
                status: hasNext ? .succeeded : report.status)
        case .noToken(let remark, let host, let product, let canRead):
            let hint = FailureReport.tokenHint(host: host, on: product)
            if canRead {
                self.init(.token, .warning, remark, mend: hint)
            } else {
                self.init(
                    .token, .problem, "no token for \(host), which shows strangers nothing of this repository",
                    mend: hint, status: .credentials)
            }
        }
    }

    private static let again = "hephy doctor again when the network is there"

    /// A forge that is away is no fault that can be mended here.
    private static func ofForge(_ error: DeliveryError) -> Finding {
        guard case .forge(let fact, _, _) = error, fact.isTransient else {
            return Finding(.forge, failure: FailureReport(error))
        }
        guard case .unavailable(let host, let detail) = fact else {
            return Finding(.forge, .warning, FailureReport(error).problem ?? "no answer", mend: again)
        }
        let reason = FailureReport.firstLine(detail)
        return Finding(
            .forge, .warning, "\(host) could not be reached, so that nothing is known of the token: \(reason)",
            mend: again)
    }

    private static func ofRights(
        _ rights: TokenRights, source: CredentialSource, host: String, _ product: ForgeProduct
    ) -> Finding {
        var facts: [String] = []
        if let scopes = rights.scopes {
            facts.append(scopes.isEmpty ? "without scopes" : "scopes \(scopes.joined(separator: ", "))")
        }
        if let expiry = rights.expiry { facts.append("until \(expiry)") }
        let token = "token from \(source)" + (facts.isEmpty ? "" : " (\(facts.joined(separator: "; ")))")
        if case .missing(let needs) = rights.reading {
            return Finding(
                .token, .problem, "\(token): it may not read runs on \(host)", mend: "it needs \(needs)",
                status: .credentials)
        }
        switch rights.starting {
        case .given: return Finding(.token, .ok, "\(token): it may read runs, and start and stop them")
        case .untold(let needs):
            return Finding(
                .token, .ok,
                "\(token): it may read runs; to start and stop them it needs \(needs), which \(product.name) does not tell"
            )
        case .missing(let needs):
            return Finding(
                .token, .warning, "\(token): it may read runs, but not start or stop them", mend: "it needs \(needs)")
        }
    }

    init(_ symptom: Symptom.OfLFS) {
        self =
            switch symptom {
            case .lfs(let version): Finding(.lfs, .ok, "git-lfs \(version)")
            case .noProgram:
                Finding(
                    .lfs, .problem, "this repository has files for git-lfs, which is not installed",
                    mend: "install git-lfs, and type: git lfs install", status: .gitFailed)
            case .notSetUp:
                Finding(
                    .lfs, .warning, "this repository has files for git-lfs, which is not set up here",
                    mend: "git lfs install")
            case .server(let url): Finding(.lfs, .ok, "git-lfs uses \(url)")
            case .serverUnset(let commands):
                Finding(
                    .lfs, .warning,
                    "git-lfs alone does not find its server yet; the next fetch or push through hephy says it",
                    mend: commands.joined(separator: " && "))
            }
    }
}

extension ForgeRecognition.Means {
    fileprivate var words: String {
        switch self {
        case .host: "known by its name"
        case .configuration: "as ci_platform says"
        case .gitConfig: "as git config says"
        case .question: "as it said itself"
        }
    }
}
