import Forge
import RunTail
import Testing

@Suite struct RunSearchTests {
    let clock = VirtualClock()

    private func search(_ script: TimelineForge.Script, latency: Duration = .zero) -> (RunSearch, TimelineForge) {
        let forge = TimelineForge(clock: clock, latency: latency, script: script)
        return (RunSearch(forge: forge, clock: clock), forge)
    }

    private func wanted(certain: Set<String> = [], mayStartOthers: Bool = true) -> RunSearch.Wanted {
        var wanted = RunSearch.Wanted(headSHA: Sample.sha, headBranch: "main")
        wanted.certain = certain
        wanted.mayStartOthers = mayStartOthers
        return wanted
    }

    @Test func aRunThatAppearsLateIsFound() async throws {
        var script = TimelineForge.Script()
        script.lists = [(20, [Sample.run(.queued)])]
        let (search, _) = search(script)
        let runs = try await search.runs(wanted(certain: [Sample.path], mayStartOthers: false))
        #expect(runs.map(\.id) == ["4711"])
        #expect(clock.time == .seconds(21))
        let pauses: [Duration] = [1, 2, 2, 3, 3, 5, 5].map { .seconds($0) }
        #expect(clock.sleeps == pauses)
    }

    @Test func allCertainWorkflowsAreWaitedFor() async throws {
        var script = TimelineForge.Script()
        let first = Sample.run(.queued, id: "1", path: "a.yml")
        script.lists = [(0, [first]), (7, [Sample.run(.queued, id: "2", number: 43, path: "b.yml"), first])]
        let (search, _) = search(script)
        let runs = try await search.runs(wanted(certain: ["a.yml", "b.yml"], mayStartOthers: false))
        #expect(runs.map(\.id) == ["1", "2"])
    }

    @Test func whereOthersMayStartASettleTimePasses() async throws {
        var script = TimelineForge.Script()
        let first = Sample.run(.queued, id: "1", path: "a.yml")
        script.lists = [(0, [first]), (2, [first, Sample.run(.queued, id: "2", number: 43, path: "b.yml")])]
        let (search, _) = search(script)
        let runs = try await search.runs(wanted())
        #expect(runs.map(\.id) == ["1", "2"])
        #expect(clock.time == .seconds(8))
    }

    @Test func otherRunsAreNotOurs() async throws {
        var script = TimelineForge.Script()
        script.lists = [
            (
                0,
                [
                    Sample.run(.queued, id: "1", sha: "0000000000000000000000000000000000000000"),
                    Sample.run(.queued, id: "2", event: "pull_request"),
                    Sample.run(.queued, id: "3", branch: "other"), Sample.run(.completed(.success), id: "4"),
                    Sample.run(.queued, id: "5", created: 1),
                ]
            )
        ]
        let (search, _) = search(script)
        var wanted = wanted()
        wanted.knownIDs = ["4"]
        wanted.createdSince = 2
        #expect(try await search.runs(wanted).isEmpty)
        #expect(clock.time == .seconds(60))
    }

    @Test func transientErrorsAreRetriedInsideTheDeadline() async throws {
        var script = TimelineForge.Script()
        script.lists = [(0, [Sample.run(.queued)])]
        script.fault = { _, count, _ in
            switch count {
            case 1: .unavailable(host: "h", detail: "502")
            case 2: .rateLimited(host: "h", retryAfter: .seconds(17), resetAt: nil)
            default: nil
            }
        }
        let (search, forge) = search(script)
        let runs = try await search.runs(wanted(certain: [Sample.path], mayStartOthers: false))
        #expect(runs.count == 1)
        #expect(clock.sleeps == [.seconds(1), .seconds(2), .seconds(17)])
        #expect(forge.requests.count == 3)
    }

    @Test(arguments: [
        (ForgeError.unavailable(host: "h", detail: "502"), 60.0), (.unauthorized(host: "h", detail: ""), 1.0),
        (.rateLimited(host: "h", retryAfter: .seconds(3600), resetAt: nil), 1.0),
    ])
    func errorsThatStayAreThrown(_ error: ForgeError, _ at: Double) async {
        var script = TimelineForge.Script()
        script.fault = { _, _, _ in error }
        let (search, _) = search(script)
        await #expect(throws: error) { try await search.runs(wanted()) }
        #expect(clock.time == .seconds(at))
    }

    @Test func aDispatchedRunIsFoundByItsNonce() async throws {
        var script = TimelineForge.Script()
        script.lists = [
            (0, [Sample.run(.queued, id: "1", title: "hephy n-1", created: 94)]),
            (
                2,
                [
                    Sample.run(.queued, id: "2", title: "hephy other", created: 100),
                    Sample.run(.queued, id: "3", title: "hephy n-1", created: 95),
                ]
            ),
        ]
        let (search, _) = search(script)
        let run = try await search.run(nonce: "n-1", workflow: "hephy.yml", branch: "main", serverTime: 100)
        #expect(run?.id == "3")
        #expect(try await search.run(nonce: "", workflow: "hephy.yml", branch: nil, serverTime: nil) == nil)
    }

    @Test func theRecordOfAnAnnouncedRunMayFollow() async throws {
        var script = TimelineForge.Script()
        script.run["4711"] = [(0, nil), (8, Sample.run(.queued))]
        let (search, _) = search(script)
        #expect(try await search.run("4711").id == "4711")
        #expect(clock.time == .seconds(10))
    }

    @Test func aRunThatNeverAppearsIsNotFound() async {
        var script = TimelineForge.Script()
        script.run["4711"] = [(0, nil)]
        let (search, _) = search(script)
        await #expect(throws: ForgeError.notFound(host: "forge.test", what: "run 4711")) {
            try await search.run("4711")
        }
        #expect(clock.time == .seconds(30))
    }
}
