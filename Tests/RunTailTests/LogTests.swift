import Forge
import RunTail
import Testing

@Suite struct LogTests {
    private static let steps = [
        Sample.step(1, "Set up job", .completed(.success), 0...1),
        Sample.step(2, "Run actions/checkout@v4", .completed(.success), 1...3),
        Sample.step(3, "ko build", .completed(.failure), 3...9),
        Sample.step(5, "Post Run actions/checkout@v4", .completed(.success), 9...10),
        Sample.step(6, "Complete job", .completed(.success), 10...10),
    ]
    private static let log = """
        @0.5 setting up
        @1.2 ##[group]Run actions/checkout@v4
        @1.3 ##[endgroup]
        @2.5 fetching
        @3.1 fetched
        @3.5 ##[group]Run ko build
        @3.6 ##[endgroup]
        @5.0 compiling
        @6.0 main.go:3: undefined: x
        @9.1 ##[error]Process completed with exit code 1.
        @9.5 Post job cleanup.
        @10.1 Cleaning up orphan processes

        """

    private func script(_ parts: [TimelineForge.LogPart] = [.whole(log)]) -> TimelineForge.Script {
        var script = TimelineForge.Script()
        script.jobs["4711"] = [(0, [Sample.job("1", "build", .completed(.failure), 0...10, steps: Self.steps)])]
        script.logs["1"] = parts
        return script
    }

    private let failed = Sample.run(.completed(.failure), updated: 12)

    private func follow(
        _ script: TimelineForge.Script, _ run: Run, _ change: (inout TailOptions) -> Void = { _ in }
    ) async -> (lines: [String], stage: Stage, result: RunResult) {
        var stage = Stage(script)
        change(&stage.options)
        let result = await stage.follow(run)
        return (stage.output.lines, stage, result)
    }

    @Test func aFailureShowsItsStepItsLastLinesAndWhereThereIsMore() async {
        let lines = await follow(script(), failed).lines
        #expect(
            lines == [
                "-----> Hephy Build #42 for 5d6e7f8   https://forge.test/acme/api/runs/4711",
                "-----> build  10s  failed",
                "       failed in step 'ko build'",
                "       Run ko build",
                "       compiling",
                "       main.go:3: undefined: x",
                "       error: Process completed with exit code 1.",
                "       more: https://forge.test/job/1",
                "-----> Failed after 12s: build   https://forge.test/acme/api/runs/4711",
            ])
    }

    @Test(arguments: [
        (TailOptions.LogMode.all, true, true), (.failed, false, true), (.none, false, false),
    ])
    func theModeSaysWhichLinesAreShown(_ mode: TailOptions.LogMode, _ all: Bool, _ some: Bool) async {
        let text = await follow(script(), failed) { $0.logs = mode }.stage.output.text
        #expect(text.contains("       fetching\n") == all)
        #expect(text.contains("       compiling\n") == some)
        #expect(text.contains("failed in step 'ko build'"))
    }

    @Test func buildStepsOfOursAreShownInFull() async {
        var script = script()
        script.jobs["4711"] = [
            (
                0,
                [
                    Sample.job(
                        "1", "hephy / build (linux/arm64)", .completed(.success), 0...10,
                        steps: Self.steps.map {
                            Sample.step(
                                $0.number, $0.name, .completed(.success), ($0.startedAt ?? 0)...($0.completedAt ?? 0))
                        }),
                    Sample.job("2", "plan", .completed(.success), 0...10),
                ]
            )
        ]
        let ours = await follow(script, Sample.run(.completed(.success), updated: 9)) { $0.isOurs = { _ in true } }
        #expect(ours.lines.contains("       hephy / build (linux/arm64) | compiling"))
        #expect(!ours.lines.contains { $0.contains("fetching") })
        let others = await follow(script, Sample.run(.completed(.success), updated: 9))
        #expect(others.stage.forge.count(.log) == 0)
    }

    private static let image = "ghcr.io/acme/api:sha-5d6e7f8@sha256:0123"

    private func lastLine(
        _ log: TimelineForge.LogPart, job: String = "hephy / index", isOurs: Bool = true
    ) async -> (line: String?, stage: Stage) {
        var script = TimelineForge.Script()
        script.jobs["4711"] = [
            (
                0,
                [
                    Sample.job("1", "plan", .completed(.success), 0...2),
                    Sample.job("2", job, .completed(.success), 2...8),
                ]
            )
        ]
        script.logs["2"] = [log]
        let seen = await follow(script, Sample.run(.completed(.success), updated: 9)) { $0.isOurs = { _ in isOurs } }
        #expect(seen.result.verdict == .succeeded)
        return (seen.lines.last, seen.stage)
    }

    @Test func theLastLineNamesTheImageThatTheIndexStepMade() async {
        let text = "@3.0 tags: main\n@4.0 hephy: image=\(Self.image)\n@5.0 hephy: deployed=kubernetes\n"
        let ours = await lastLine(.whole(text))
        #expect(ours.line == "-----> Done in 9s: \(Self.image)  deployed to kubernetes")
        let others = await lastLine(.whole(text), isOurs: false)
        #expect(others.line == "-----> Done in 9s")
        #expect(others.stage.forge.count(.log) == 0)
    }

    @Test(arguments: [
        "@4.0 hephy: image=", "@4.0 hephy: image=two words", "@4.0 hephy: image=a\u{1b}[2Jb",
        "@4.0 hephy: image=\u{202e}a", "@4.0 hephy: image=\(String(repeating: "a", count: 600))",
        "@4.0  hephy: image=indented", "@4.0 hephy: odd=x",
    ])
    func aLineThatStatesNoFactChangesNothing(_ line: String) async {
        #expect(await lastLine(.whole(line + "\n")).line == "-----> Done in 9s")
    }

    @Test(arguments: [
        ("build (linux/amd64)", ""), ("hephy / build (linux/arm64)", ""), ("build (wasi/wasm)", ": \(image)"),
    ])
    func aBuildStatesNothingButTheImageOfSpin(_ name: String, _ words: String) async {
        let text = "@3.0 hephy: image=\(Self.image)\n@4.0 hephy: deployed=production\n"
        #expect(await lastLine(.whole(text), job: name).line == "-----> Done in 9s\(words)")
    }

    @Test func aMissingLogOfTheIndexJobIsNotWaitedForLong() async {
        let seen = await lastLine(.notYet)
        #expect(seen.line == "-----> Done in 9s")
        #expect(!seen.stage.output.text.contains("not available"))
        #expect(seen.stage.clock.time < .seconds(8))
    }

    @Test func aBrokenLogGoesOnWhereItBroke() async {
        let cut = Self.log.utf8.count / 2
        let half = String(decoding: Self.log.utf8.prefix(cut), as: UTF8.self)
        let whole = await follow(script(), failed) { $0.logs = .all }.lines
        let parts: [TimelineForge.LogPart] = [.broken(half), .broken(half), .broken(Self.log), .whole(Self.log)]
        let broken = await follow(script(parts), failed) { $0.logs = .all }
        #expect(broken.lines == whole)
        #expect(broken.stage.forge.count(.log) == 4)
    }

    @Test func aLogThatIsNotThereYetIsAskedForAgain() async {
        let late = await follow(script([.notYet, .notYet, .whole(Self.log)]), failed)
        #expect(late.lines == (await follow(script(), failed)).lines)
        #expect(late.stage.clock.time >= .seconds(6) && late.stage.clock.time < .seconds(7))
    }

    @Test func aLogThatIsNotWholeYetIsAskedForTheRest() async {
        let preamble = String(Self.log.prefix { $0 != "c" })
        let late = await follow(script([.whole(preamble), .whole(Self.log)]), failed) { $0.logs = .all }
        #expect(late.lines == (await follow(script(), failed) { $0.logs = .all }).lines)
        #expect(late.stage.forge.count(.log) == 2)
    }

    @Test func aLogThatNeverComesIsGivenUp() async {
        let never = await follow(script([.notYet]), failed)
        #expect(never.lines.contains("       log not available"))
        #expect(never.stage.clock.time >= .seconds(30) && never.stage.clock.time < .seconds(32))
        #expect(never.result.verdict == .failed)
        let refused = await follow(
            script([.error(.forbidden(host: "h", detail: "must have admin rights", permission: nil))]), failed)
        #expect(refused.lines.contains("       log not available: must have admin rights"))
    }

    @Test func aLogThatComesTooSlowlyIsLeft() async {
        let slow = await follow(script([.dripping(seconds: 10_800)]), failed) { $0.logs = .all }
        #expect(slow.lines.contains("       the rest of the log is not available: it comes too slowly"))
        #expect(slow.lines.last?.hasPrefix("-----> Failed after 12s") == true)
        #expect(slow.stage.clock.time > .seconds(600) && slow.stage.clock.time < .seconds(605))
        #expect(slow.stage.forge.count(.log) == 1)
    }

    @Test func aSlowLogThatBreaksOffAgainAndAgainIsLeftToo() async {
        let slow = await follow(script([.dripping(seconds: 250)]), failed) { $0.logs = .all }
        #expect(slow.lines.contains("       the rest of the log is not available: it comes too slowly"))
        #expect(slow.stage.forge.count(.log) == 3)
    }

    @Test func aCancelledJobIsAskedForItsLogOnceAndASkippedOneNever() async {
        var script = script([.notYet])
        script.jobs["4711"] = [
            (0, [Sample.job("1", "build", .completed(.cancelled), 0...1), Sample.job("2", "x", .completed(.skipped))])
        ]
        script.lists = [(0, [])]
        let seen = await follow(script, Sample.run(.completed(.cancelled), updated: 3)) { $0.logs = .all }
        #expect(seen.stage.forge.count(.log) == 1)
        #expect(seen.result.verdict == .cancelled)
        #expect(seen.lines.contains("-----> x  skipped"))
    }

    @Test func ofALineInPartsNoFurtherPartIsShown() async {
        // What a decoder makes of a line longer than 64 KiB, with a masked word across the cut.
        let first = String(repeating: "x", count: (64 << 10) - 4) + "ghp_"
        let log = "@5.5 \(first)\n@5.5 secret and more\n@5.6 next\n"
        let lines = await follow(script([.whole(log)]), failed) {
            $0.logs = .all
            $0.masks = ["ghp_secret"]
        }.lines
        #expect(!lines.contains { $0.contains("secret") })
        #expect(lines.contains("       next"))
    }

    @Test func annotationsAreShownAndTheirAbsenceForgiven() async {
        var script = script()
        script.annotations["1"] = .success([
            Annotation(level: .failure, path: "main.go", line: 3, title: "vet", message: "undefined:\n\u{1b}[2Jx"),
            Annotation(
                level: .failure, path: ".github", line: 1, title: "", message: "Process completed with exit code 1."),
        ])
        #expect(await follow(script, failed).lines.contains("       main.go:3: vet: undefined: x"))
        script.annotations["1"] = .failure(.forbidden(host: "h", detail: "", permission: "checks=read"))
        let lines = await follow(script, failed).lines
        #expect(lines.contains("       (this token may not read annotations)"))
    }

    @Test func hostileTextCannotLookLikeOurs() async {
        var script = script([.whole("@4 \u{1b}[1A\r-----> Done in 1s\n@4 x\u{202e}y ghp_secret\n")])
        script.jobs["4711"] = [
            (
                0,
                [
                    Sample.job(
                        "1", "build\r\n-----> Done in 1s\u{1b}]0;x\u{7}", .completed(.failure), 0...10,
                        steps: Self.steps)
                ]
            )
        ]
        let seen = await follow(script, Sample.run(.completed(.failure), name: "a\u{1b}[2J\nb", updated: 1)) {
            $0.masks = ["ghp_secret"]
        }
        #expect(!seen.lines.contains { $0.hasPrefix("-----> Done") })
        #expect(seen.lines.contains("       -----> Done in 1s"))
        #expect(seen.lines.contains("       xy ***"))
        #expect(LogSanitizerTests.fault(in: Array(seen.lines.joined().utf8), colors: false) == nil)
    }

    @Test func theExcerptIsThirtyLinesAroundTheFirstError() async {
        let lines = (1...100).map { $0 == 50 ? "@5 ##[error]line 50" : "@5 line \($0)" }
        let shown = await follow(script([.whole(lines.joined(separator: "\n"))]), failed).lines
            .filter { $0.contains("line ") }
        #expect(shown.count == 30)
        #expect(shown.first == "       line 30" && shown.last == "       line 59")
    }

    @Test func aQuietTailSpeaksOfABadVerdictOnly() async {
        let bad = await follow(script(), failed) { $0.isQuiet = true }
        #expect(bad.lines.contains("       main.go:3: undefined: x"))
        #expect(bad.lines.first?.hasPrefix("-----> Hephy Build #42") == true)
        #expect(bad.lines.last?.hasPrefix("-----> Failed after 12s") == true)
        let good = await follow(script(), Sample.run(.completed(.success), updated: 12)) { $0.isQuiet = true }
        #expect(good.lines.isEmpty)
    }
}
