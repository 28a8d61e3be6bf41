import Forge

extension FailureReport {
    static func report(_ error: ForgeError, _ errand: ForgeErrand, on product: ForgeProduct?) -> FailureReport {
        switch error {
        case .unauthorized(let host, let detail):
            FailureReport(
                problem: noToken(host: host, detail: detail), hint: tokenHint(host: host, on: product),
                status: .credentials)
        case .forbidden(let host, let detail, let permission):
            FailureReport(
                problem: "the token may not \(errand.words) on \(host): \(firstLine(detail))",
                hint: "it needs \(permission ?? errand.permission(on: product))", status: .credentials)
        case .singleSignOnRequired(let host, let url):
            FailureReport(
                problem: "\(host) wants the token authorised for the organisation's single sign-on",
                hint: url.map { "open \($0)" } ?? "authorise it in the account's token settings",
                status: .credentials)
        case .notFound(let host, let what):
            notFound(host: host, what: what, errand, on: product)
        case .refused(let host, let status, let detail):
            FailureReport(
                problem: "\(host) refused to \(errand.words) (\(status)): \(firstLine(detail))", status: .configuration)
        case .rateLimited(let host, let retryAfter, _):
            FailureReport(
                problem: "\(host) takes no more requests for \(retryAfter.components.seconds) s",
                hint: errand.comeBack("the run goes on; 'hephy watch' comes back to it"),
                status: .lost)
        case .unavailable(let host, let detail):
            FailureReport(
                problem: "\(host) could not be reached to \(errand.words): \(firstLine(detail))",
                hint: errand.comeBack("the verdict is unknown; 'hephy watch' asks again"),
                status: .lost)
        case .intercepted(let host, let detail):
            FailureReport(
                problem: "something between here and \(host) answered in its place: \(firstLine(detail))",
                hint: "a proxy or sign-on page; see git config http.proxy", status: .lost)
        case .untrusted(let host, let detail):
            FailureReport(
                problem: "\(host) is not trusted: \(firstLine(detail))",
                hint: "git config http.sslCAInfo FILE names further authorities", status: .credentials)
        case .redirected(let host, let place):
            FailureReport(
                problem: "\(host) sends requests on to '\(place)', where the token must not go",
                hint: "if it has moved: git remote set-url NAME hephy::HOST/OWNER/REPOSITORY", status: .configuration)
        case .unsupported(let host, let server, let page):
            unsupported(host: host, server: server, page: page, errand)
        case .machine(let fault):
            FailureReport(
                problem: "\(errand.machineWords): '\(firstLine(fault.path))': \(fault.reason)",
                status: errand.isStarting ? .noRun : .lost)
        case .cancelled:
            FailureReport(problem: nil, status: .detached)
        }
    }

    private static func noToken(host: String, detail: String) -> String {
        // In Gitea's and Forgejo's words.
        detail.hasPrefix("Only signed in user")
            ? "\(host) shows nothing without a token" : "\(host) does not take the token: \(firstLine(detail))"
    }

    /// What a server's version has no way to do; `page` is where a person can.
    private static func unsupported(host: String, server: String, page: String?, _ errand: ForgeErrand) -> FailureReport
    {
        FailureReport(
            problem: "\(host) runs \(server), whose API has no way to \(errand.words)",
            hint: page.map { "a person finds more at \($0)" }, status: errand.isStarting ? .noRun : .lost)
    }

    /// Where a token may come from; `host` is the forge's or its API's, with a port that is not the usual one.
    static func tokenHint(host: String, on product: ForgeProduct?) -> String {
        switch product {
        case .github, nil: gitHubTokenHint(host: webHost(of: host))
        case .gitlab:
            "glab auth login --hostname \(host), or a token with the scope 'api' from git's credential helper, "
                + "or GITLAB_TOKEN" + (host == "gitlab.com" ? "" : " with GITLAB_HOST=\(host)")
        case .gitea: "a token from git's credential helper, or GITEA_TOKEN with GITEA_SERVER_URL=https://\(host)"
        case .forgejo: "a token from git's credential helper, or FORGEJO_TOKEN with FORGEJO_URL=https://\(host)"
        }
    }

    private static func gitHubTokenHint(host: String) -> String {
        guard host != "github.com" else {
            return "gh auth login --hostname \(host), or a token from git's credential helper or GH_TOKEN"
        }
        let variable = host.hasSuffix(".ghe.com") ? "GH_TOKEN" : "GH_ENTERPRISE_TOKEN"
        let others = "a token from git's credential helper, or \(variable) with GH_HOST=\(host)"
        // `gh auth login` takes no host with a port.
        return host.contains(":") ? others : "gh auth login --hostname \(host), or \(others)"
    }

    /// The host that people and `gh` call a GitHub by, whose API may have a host of its own.
    private static func webHost(of host: String) -> String {
        let hasHostForAPI = host == "api.github.com" || (host.hasPrefix("api.") && host.hasSuffix(".ghe.com"))
        return hasHostForAPI ? String(host.dropFirst(4)) : host
    }

    private static func notFound(
        host: String, what: String, _ errand: ForgeErrand, on product: ForgeProduct?
    ) -> FailureReport {
        guard host != LocalForge.host else { return notFoundHere(what) }
        return switch errand {
        case .dispatching(let workflow, _) where product != .gitlab:
            FailureReport(
                problem: "\(host) has no workflow '\(workflow)' to start, or the token may not see it",
                hint: "a workflow can be started once its file is on the default branch; "
                    + "on this push, -o hephy.trigger=attach follows what the push itself starts",
                status: .configuration)
        case .finding, .following, .cancelling, .repeating, .dispatching:
            FailureReport(
                problem: "\(host) does not show \(what): it is not there, or the token may not see it",
                hint: tokenHint(host: host, on: product), status: .credentials)
        }
    }

    private static func notFoundHere(_ what: String) -> FailureReport {
        FailureReport(
            problem: "this machine has no \(what) of the repository, or no longer",
            hint: "a push starts one; the newest are kept, as many as hephy.local.keepRuns says",
            status: .noRun)
    }
}

extension ForgeErrand {
    /// What was to be done, behind "may not" or "refused to".
    var words: String {
        switch self {
        case .finding: "list runs"
        case .dispatching(let workflow, let ref): "start '\(workflow)' on '\(ref)'"
        case .following: "read the run"
        case .cancelling: "cancel the run"
        case .repeating(let run): "start run \(run) again"
        }
    }

    /// What could not be done with a run on this machine.
    var machineWords: String {
        switch self {
        case .finding, .following: "the run cannot be read"
        case .dispatching: "the push stands, but its run could not be started"
        case .cancelling: "the run could not be cancelled"
        case .repeating: "the run could not be started again"
        }
    }

    var isStarting: Bool {
        switch self {
        case .dispatching, .repeating: true
        case .finding, .following, .cancelling: false
        }
    }

    /// How to come back to the run: as `recorded` says, or by its commit while there is no record of the run.
    func comeBack(_ recorded: String) -> String {
        switch self {
        case .following, .cancelling, .repeating: recorded
        case .finding, .dispatching: "a run may have started; 'hephy watch COMMIT' looks for it"
        }
    }

    /// The permission that a token has to hold for it.
    func permission(on product: ForgeProduct?) -> String {
        let isReading =
            switch self {
            case .finding, .following: true
            case .dispatching, .cancelling, .repeating: false
            }
        return switch product {
        case .github, nil: "'Actions: \(isReading ? "read" : "write")' (classic tokens: 'repo')"
        case .gitlab: "the scope '\(isReading ? "read_api" : "api")'"
        case .gitea, .forgejo: "the scope '\(isReading ? "read" : "write"):repository'"
        }
    }
}
