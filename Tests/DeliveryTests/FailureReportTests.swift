import Delivery
import Forge
import Git
import RemoteHelper
import Testing

struct FailureReportTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var error: DeliveryError
        var lines: [String]
        var status: Status

        var testDescription: String { "\(error)" }
    }

    @Test(arguments: [
        Case(
            error: .obstacle(.nothingDetected(commit: "5d6e7f8", looked: "no Dockerfile")),
            lines: [
                "no build backend recognised in 5d6e7f8: no Dockerfile",
                "hint: add one of Dockerfile, go.mod, spin.toml, or name a backend in .hephy/build-config.yaml",
            ], status: .configuration),
        Case(
            error: .helper(.url(.password(host: "github.com"))),
            lines: [
                "the URL for 'github.com' holds a password, which git would print",
                "hint: leave it out; git's credential helper keeps it: git config credential.helper",
            ], status: .usage),
        Case(error: .helper(.transportEnded(status: 128)), lines: [], status: .gitFailed),
        Case(
            error: .notice(.settingNotMade(key: "remote.f.lfsurl", value: "https://h/o/r", reason: "could not lock\n")),
            lines: [
                "git-lfs may look for its server in the wrong place: could not lock",
                "hint: git config 'remote.f.lfsurl' 'https://h/o/r'",
            ], status: .succeeded),
        Case(
            error: .notice(.settingNotMade(key: "remote.f.lfsurl", value: nil, reason: "could not lock")),
            lines: [
                "git-lfs may look for its server in the wrong place: could not lock",
                "hint: git config --unset-all 'remote.f.lfsurl'",
            ], status: .succeeded),
        Case(
            error: .forge(.unauthorized(host: "github.com", detail: "Bad credentials"), doing: .following, on: .github),
            lines: [
                "github.com does not take the token: Bad credentials",
                "hint: gh auth login --hostname github.com, or a token from git's credential helper or GH_TOKEN",
            ], status: .credentials),
        Case(
            error: .forge(
                .forbidden(host: "github.com", detail: "Resource not accessible", permission: "actions=write"),
                doing: .dispatching(workflow: "hephy.yml", ref: "main"), on: .github),
            lines: [
                "the token may not start 'hephy.yml' on 'main' on github.com: Resource not accessible",
                "hint: it needs actions=write",
            ], status: .credentials),
        Case(
            error: .forge(
                .notFound(host: "github.com", what: "workflow 'hephy.yml'"),
                doing: .dispatching(workflow: "hephy.yml", ref: "main"), on: .github),
            lines: [
                "github.com has no workflow 'hephy.yml' to start, or the token may not see it",
                "hint: a workflow can be started once its file is on the default branch; "
                    + "on this push, -o hephy.trigger=attach follows what the push itself starts",
            ], status: .configuration),
        Case(
            error: .forge(.unavailable(host: "github.com", detail: "502"), doing: .finding, on: .github),
            lines: [
                "github.com could not be reached to list runs: 502",
                "hint: a run may have started; 'hephy watch COMMIT' looks for it",
            ], status: .lost),
        Case(
            error: .forge(
                .rateLimited(host: "github.com", retryAfter: .seconds(60), resetAt: nil),
                doing: .dispatching(workflow: "hephy.yml", ref: "main"), on: .github),
            lines: [
                "github.com takes no more requests for 60 s",
                "hint: a run may have started; 'hephy watch COMMIT' looks for it",
            ], status: .lost),
        Case(
            error: .forge(.unavailable(host: "github.com", detail: "502"), doing: .following, on: .github),
            lines: [
                "github.com could not be reached to read the run: 502",
                "hint: the verdict is unknown; 'hephy watch' asks again",
            ], status: .lost),
        Case(
            error: .forge(.untrusted(host: "h", detail: "self-signed"), doing: .finding, on: .github),
            lines: [
                "h is not trusted: self-signed", "hint: git config http.sslCAInfo FILE names further authorities",
            ], status: .credentials),
        Case(
            error: .forge(.redirected(host: "h", place: "https://other.example"), doing: .finding, on: .github),
            lines: [
                "h sends requests on to 'https://other.example', where the token must not go",
                "hint: if it has moved: git remote set-url NAME hephy::HOST/OWNER/REPOSITORY",
            ], status: .configuration),
        Case(
            error: .noRun(ref: "main", sha: "5d6e7f8"),
            lines: [
                "no run for 5d6e7f8 on 'main' appeared",
                "hint: see whether Actions are enabled and the workflow's filters fit; 'hephy watch 5d6e7f8' looks again",
            ], status: .noRun),
    ])
    func everyFailureHasItsSentence(_ expected: Case) {
        let report = FailureReport(expected.error)
        #expect(report.lines == expected.lines)
        #expect(report.status == expected.status)
    }

    @Test(arguments: [
        ("api.github.com", "gh auth login --hostname github.com, or a token from git's credential helper or GH_TOKEN"),
        (
            "api.acme.ghe.com",
            "gh auth login --hostname acme.ghe.com, or a token from git's credential helper, "
                + "or GH_TOKEN with GH_HOST=acme.ghe.com"
        ),
        (
            "git.corp.example",
            "gh auth login --hostname git.corp.example, or a token from git's credential helper, "
                + "or GH_ENTERPRISE_TOKEN with GH_HOST=git.corp.example"
        ),
        // gh auth login refuses a host with a port.
        (
            "git.corp.example:8443",
            "a token from git's credential helper, or GH_ENTERPRISE_TOKEN with GH_HOST=git.corp.example:8443"
        ),
    ])
    func aTokenIsToBeHadWhereItIsReadForThatHost(host: String, hint: String) {
        #expect(FailureReport(.forge(.unauthorized(host: host, detail: ""), doing: .finding, on: .github)).hint == hint)
    }

    private static let hostile = "\u{1b}[31mX\u{202e}\u{200b}\u{e0041}\r\u{9b}  Y.yml"

    @Test(arguments: [
        DeliveryError.noToken(host: "h", workflow: hostile, product: .github),
        .obstacle(.notDispatchable(workflow: hostile)),
        .notARepositoryPath(path: hostile, product: "GitHub"), .noRun(ref: hostile, sha: "5d6e7f8"),
        .forge(.notFound(host: "h", what: ""), doing: .dispatching(workflow: hostile, ref: "main"), on: .github),
    ])
    func namesFromTheRepositoryComeOutAsPlainText(error: DeliveryError) {
        let line = FailureReport(error).lines.first ?? ""
        #expect(line.contains("'[31mX   Y.yml'"), "\(line.unicodeScalars.map(\.value))")
    }

    @Test func textOfOthersCannotReachTheTerminalAsControls() {
        let report = FailureReport(
            .forge(
                .refused(host: "h", status: 422, detail: "a\u{1b}]52;c;x\u{7}b\nsecond line"), doing: .finding,
                on: .github))
        #expect(report.problem == "h refused to list runs (422): a]52;c;xb")
    }
}
