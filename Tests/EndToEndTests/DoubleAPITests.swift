import HephyTestSupport
import Testing

/// The GitHub double's API: every rule by its name, and what scenarios do.
@Suite(.serialized, .timeLimit(.minutes(1)))
struct DoubleAPITests {
    struct Rule: Sendable {
        var name: String
        var status: Int
        var path: String
        var arguments: [String]

        init(_ name: String, _ status: Int, _ path: String, _ arguments: [String] = []) {
            self.name = name
            self.status = status
            self.path = path
            self.arguments = arguments
        }
    }

    static let dispatches = "/repos/acme/api/actions/workflows/hephy.yml/dispatches"
    static let runs = "/repos/acme/api/actions/runs"

    static func posting(_ body: String) -> [String] { ["-d", body] }

    static let rules: [Rule] = [
        Rule("unknown-path", 404, "/repos/acme/api/pipelines"),
        Rule("unknown-method", 404, runs, ["-X", "DELETE"]),
        Rule("unknown-query-parameter", 422, runs + "?sha=1"),
        Rule("bad-query-value", 422, runs + "?per_page=101"),
        Rule("bad-query-value", 422, runs + "?head_sha=abc"),
        Rule("missing-user-agent", 403, runs, ["-H", "User-Agent:"]),
        Rule("missing-accept", 415, runs, ["-H", "Accept:"]),
        Rule("wrong-accept", 415, runs, ["-H", "Accept: */*"]),
        Rule("unsupported-api-version", 400, runs, ["-H", "X-GitHub-Api-Version: 2031-01-01"]),
        Rule("bad-credentials", 401, runs, ["-H", "Authorization: Bearer stolen"]),
        Rule("repository-hidden", 404, runs, ["-H", "Authorization:"]),
        Rule("unknown-repository", 404, "/repos/acme/other/actions/runs"),
        Rule("no-such-run", 404, runs + "/17"),
        Rule("no-such-job", 404, "/repos/acme/api/actions/jobs/17"),
        Rule("unexpected-inputs", 422, dispatches, posting(#"{"ref":"main","inputs":{"surprise":"1"}}"#)),
        Rule("bad-input-value", 422, dispatches, posting(#"{"ref":"main","inputs":{"backend":1}}"#)),
        Rule("no-such-ref", 422, dispatches, posting(#"{"ref":"gone"}"#)),
        Rule("missing-ref", 422, dispatches, posting("{}")),
        Rule("not-permitted-key", 400, dispatches, posting(#"{"ref":"main","branch":"main"}"#)),
        Rule("malformed-body", 400, dispatches, posting("{")),
        Rule(
            "not-permitted-key", 400, dispatches,
            posting(#"{"ref":"main","return_run_details":true}"#) + ["-H", "X-GitHub-Api-Version: 2026-03-10"]),
        Rule(
            "no-such-workflow", 404, "/repos/acme/api/actions/workflows/none.yml/dispatches",
            posting(#"{"ref":"main"}"#)),
        Rule(
            "no-dispatch-trigger", 422, "/repos/acme/api/actions/workflows/lint.yml/dispatches",
            posting(#"{"ref":"main"}"#)),
        Rule("too-many-inputs", 422, dispatches, posting(#"{"ref":"main","inputs":{\#(manyInputs)}}"#)),
    ]

    static let manyInputs = (0..<26).map { #""i\#($0)":"""# }.joined(separator: ",")

    @Test func everyRuleFailsTheTestByItsName() async throws {
        try await GitFixture.with { fixture in
            let scene = try await DoubleScene(fixture, pushed: true)
            let failures = try await GitHubDouble.failures(scene.scenario(), in: fixture) { double in
                for rule in Self.rules {
                    let answer = try await double.curl(rule.path, rule.arguments)
                    #expect(answer.status == rule.status, "\(rule.name)")
                }
            }
            #expect(failures.map { String($0.prefix { $0 != ":" }) } == Self.rules.map(\.name))
        }
    }

    @Test func anExpectedRefusalPassesAndOneThatNeverHappensFails() async throws {
        try await GitFixture.with { fixture in
            let scene = try await DoubleScene(fixture, pushed: true)
            let scenario = scene.scenario(
                faults: [.init(.status, path: "*/never")], expecting: ["no-such-run", "no-such-ref"])
            let failures = try await GitHubDouble.failures(scenario, in: fixture) { double async throws in
                #expect(try await double.curl(Self.runs + "/17").status == 404)
            }
            #expect(
                failures == [
                    "expected-refusal-missing: 'no-such-ref' never happened",
                    "unused-fault: 'faults[0] status' never fired",
                ])
        }
    }

    @Test func aScenarioWithAnUnknownKeyIsRefused() async throws {
        try await GitFixture.with { fixture in
            let error = await #expect(throws: DoubleProcess.NotStarted.self) {
                try await GitHubDouble.failures(GitHubScenario(json: #"{"repos": {}}"#), in: fixture) { _ in }
            }
            #expect(error?.said.contains("scenario: unknown key 'repos'") == true)
        }
    }

    @Test func dispatchAnswersByVersion() async throws {
        try await GitFixture.with { fixture in
            let scene = try await DoubleScene(fixture, pushed: true)
            try await GitHubDouble.with(scene.scenario(), in: fixture) { double in
                let body = Self.posting(#"{"ref":"main","inputs":{"hephy_id":"n1"}}"#)
                #expect(try await double.curl(Self.dispatches, body).status == 204)
                let new = try await double.curl(Self.dispatches, body + ["-H", "X-GitHub-Api-Version: 2026-03-10"])
                #expect(new.status == 200)
                #expect(new.headers.contains("x-github-api-version-selected: 2026-03-10"))
                #expect(new.body.contains(#""html_url":"\#(double.origin)/acme/api/actions/runs/17"#))
                let listed = try await double.curl(Self.runs + "?event=workflow_dispatch&head_sha=\(scene.tip)")
                #expect(listed.body.contains(#""display_title":"hephy n1""#))
                let started = try double.journal().filter { $0.kind == "run" }
                #expect(started.map(\.title) == ["hephy n1", "hephy n1"])
            }
        }
    }

    @Test func anOldServerKnowsOneVersionAndGivesNoRunDetails() async throws {
        try await GitFixture.with { fixture in
            let scene = try await DoubleScene(fixture, pushed: true)
            var scenario = scene.scenario(expecting: ["unsupported-api-version", "not-permitted-key"])
            scenario.server = .init(version: "3.9.4")
            try await GitHubDouble.with(scenario, in: fixture) { double async throws in
                #expect(try await double.curl("/meta").body.contains(#""installed_version":"3.9.4""#))
                let newer = ["-H", "X-GitHub-Api-Version: 2026-03-10"]
                #expect(try await double.curl(Self.dispatches, Self.posting(#"{"ref":"main"}"#) + newer).status == 400)
                let details = #"{"ref":"main","return_run_details":true}"#
                #expect(try await double.curl(Self.dispatches, Self.posting(details)).status == 400)
                #expect(try await double.curl(Self.dispatches, Self.posting(#"{"ref":"main"}"#)).status == 204)
            }
        }
    }

    @Test func etagsBelongToATokenAndA304IsNotBilled() async throws {
        try await GitFixture.with { fixture in
            let scene = try await DoubleScene(fixture, pushed: true)
            var scenario = scene.scenario()
            scenario.tokens["second"] = .init("gho_second")
            try await GitHubDouble.with(scenario, in: fixture) { double in
                let etag = try #require(try await double.curl(Self.runs).header("etag"))
                let conditional = ["-H", "If-None-Match: \(etag)"]
                #expect(try await double.curl(Self.runs, conditional).status == 304)
                let other = conditional + ["-H", "Authorization: Bearer gho_second"]
                #expect(try await double.curl(Self.runs, other).status == 200)
                let journal = try double.journal()
                #expect(journal.map(\.billed) == [true, false, true])
            }
        }
    }

    @Test func aRequestBeforeTheRetryTimeFails() async throws {
        try await GitFixture.with { fixture in
            let scene = try await DoubleScene(fixture, pushed: true)
            let scenario = scene.scenario(faults: [.init(.secondaryLimit, path: "*/runs", retryAfter: 60)])
            let failures = try await GitHubDouble.failures(scenario, in: fixture) { double in
                let limited = try await double.curl(Self.runs)
                #expect(limited.status == 403)
                #expect(limited.header("retry-after") == "60")
                #expect(try await double.curl(Self.runs).status == 200)
            }
            #expect(failures.count == 1)
            #expect(failures.first?.hasPrefix("ignored-retry-after: GET /api/v3/repos/acme/api/actions/runs") == true)
        }
    }
}

/// An answer as `curl` saw it.
struct CurlAnswer {
    var exit: Int32
    var status: Int
    /// The header lines, their names in lower case.
    var headers: [String]
    var body: String

    func header(_ name: String) -> String? {
        headers.first { $0.hasPrefix(name + ": ") }.map { String($0.dropFirst(name.count + 2)) }
    }
}

extension GitHubDouble {
    /// Asks the API, or a whole URL, with what a good client sends; `arguments` come last and win.
    func curl(_ path: String, _ arguments: [String] = [], credential: Bool = true) async throws -> CurlAnswer {
        let own = arguments.filter { $0.hasPrefix("Authorization:") || $0.hasPrefix("Accept:") }
        var command = ["curl", "-sS", "-i", "-g", "--http1.1", "-A", "hephy-tests"]
        if !own.contains(where: { $0.hasPrefix("Accept") }) {
            command += ["-H", "Accept: application/vnd.github+json"]
        }
        if credential, !own.contains(where: { $0.hasPrefix("Auth") }) {
            command += ["-H", "Authorization: Bearer gho_owner"]
        }
        command += arguments + [path.hasPrefix("http") ? path : api + path]
        let ran = try await fixture.run(command)
        let parts = ran.output.replacing("\r\n", with: "\n").split(separator: "\n\n", maxSplits: 1)
        let lines = (parts.first ?? "").split(separator: "\n")
        let headers = lines.dropFirst().map { line in
            let colon = line.firstIndex(of: ":") ?? line.endIndex
            return line[..<colon].lowercased() + line[colon...]
        }
        let status = lines.first.flatMap { Int($0.split(separator: " ").dropFirst().first ?? "") } ?? 0
        return CurlAnswer(
            exit: ran.status, status: status, headers: headers, body: parts.count > 1 ? String(parts[1]) : "")
    }
}
