import Forge
import Testing

struct WorkflowMatchTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var push: String
        var ref: String
        var match: PushMatch
        var changed: [String]?
        var isNew: Bool

        init(_ push: String, _ ref: String, _ match: PushMatch, changed: [String]? = nil, isNew: Bool = false) {
            (self.push, self.ref, self.match, self.changed, self.isNew) = (push, ref, match, changed, isNew)
        }

        var testDescription: String { "\(push) for \(ref)\(changed.map { " changing \($0.prefix(3))" } ?? "")" }
    }

    private static let main = "refs/heads/main"
    private static let tag = "refs/tags/v1.0"
    private static let notMain = PushMatch.no(.refNotChosen("main"))
    private static let notTag = PushMatch.no(.refNotChosen("v1.0"))
    private static let many = (0..<301).map { "docs/\($0)" }

    private static let cases: [Case] = [
        Case("{}", main, .yes), Case("{}", tag, .yes),
        Case("{}", "refs/notes/x", .no(.neitherBranchNorTag("refs/notes/x"))),
        Case("{branches: [main]}", main, .yes), Case("{branches: main}", main, .yes),
        Case("{branches: [other]}", main, notMain), Case("{branches: [main]}", tag, notTag),
        Case("{branches: ['**']}", tag, notTag), Case("{branches-ignore: [main]}", main, notMain),
        Case("{branches-ignore: [other]}", main, .yes), Case("{branches-ignore: [other]}", tag, notTag),
        Case("{tags: ['v*']}", tag, .yes), Case("{tags: ['v*']}", main, notMain),
        Case("{tags-ignore: ['v*']}", tag, notTag), Case("{tags-ignore: [x]}", tag, .yes),
        Case("{tags-ignore: [x]}", main, notMain), Case("{branches: [main], tags: [x]}", tag, notTag),
        Case("{branches: [main], tags: [x]}", main, .yes), Case("{branches: [x], tags: ['*']}", tag, .yes),
        Case("{branches: ['**', '!main']}", main, notMain),
        Case("{branches: ['release/**']}", "refs/heads/release/1/2", .yes),
        Case("{branches: []}", main, notMain),
        Case("{branches: }", main, .yes),
        Case("{paths: ['src/**']}", main, .yes, changed: ["README.md", "src/a"]),
        Case("{paths: ['src/**']}", main, .no(.noPathChosen), changed: ["README.md"]),
        Case("{paths: ['src/**']}", main, .no(.noPathChosen), changed: []),
        Case("{paths: ['src/**', '!src/x']}", main, .no(.noPathChosen), changed: ["src/x"]),
        Case("{paths: ['src/**', '!src/x']}", main, .yes, changed: ["src/x", "src/y"]),
        Case("{paths: ['src/**']}", main, .maybe(.changedPathsNotKnown)),
        Case("{paths: ['src/**']}", main, .maybe(.changedPathsNotKnown), changed: ["src/a"], isNew: true),
        Case("{paths: ['src/**']}", tag, .yes, changed: ["README.md"]),
        Case("{paths-ignore: ['docs/**']}", main, .no(.noPathChosen), changed: ["docs/a", "docs/b"]),
        Case("{paths-ignore: ['docs/**']}", main, .yes, changed: ["docs/a", "src/b"]),
        Case("{paths-ignore: ['docs/**']}", main, .maybe(.changedPathsNotKnown), changed: []),
        Case("{paths-ignore: ['docs/**']}", main, .maybe(.changedPathsNotKnown)),
        Case("{paths-ignore: ['docs/**']}", main, .no(.noPathChosen), changed: many),
        Case("{paths-ignore: ['docs/**']}", main, .maybe(.tooManyPaths(302)), changed: many + ["src"]),
        Case("{paths: ['docs/**']}", main, .yes, changed: many),
        Case("{branches: [other], paths: ['src/**']}", main, notMain, changed: ["src/a"]),
        Case("{branches: [main], paths: ['src/**']}", main, .no(.noPathChosen), changed: ["x"]),
        Case("{branches: [main], paths: ['src/**']}", main, .yes, changed: ["src/a"]),
        Case("{branches: [main], paths: ['src/**']}", tag, notTag, changed: ["src/a"]),
    ]

    @Test(arguments: cases)
    func aPushRunsWhatTheFiltersChoose(example: Case) {
        let file = workflow(on: " {push: \(example.push)}")
        #expect(file.problem == nil)
        #expect(
            file.match(push: example.ref, changedPaths: example.changed, isNewOrUnknownDiff: example.isNew)
                == example.match)
    }

    @Test(arguments: [
        ("fix it [skip ci]", "[skip ci]"), ("[ci skip] fix", "[ci skip]"), ("a\n\nb [no ci] c", "[no ci]"),
        ("x[skip actions]", "[skip actions]"), ("[actions skip]", "[actions skip]"),
        ("fix\n\n\nskip-checks: true", "skip-checks: true"), ("fix\n\n\nskip-checks:true\n", "skip-checks:true"),
        ("fix\r\n\r\n\r\nskip-checks: true\r\n\r\n", "skip-checks: true"),
        ("fix\n\n\nSigned-off-by: me\nskip-checks: true\n", "skip-checks: true"),
    ])
    func anInstructionToSkipIsFound(message: String, found: String) {
        #expect(SkipInstruction.find(in: message) == found)
    }

    @Test(arguments: [
        "", "fix", "skip ci", "[skip  ci]", "[skip", "skip-checks: true", "fix\nskip-checks: true",
        "fix\n\nskip-checks: true", "fix\n\n\nskip-checks: true\nmore", "fix\n\n\nskip-checks: false", "\n\n\n",
    ])
    func otherMessagesSkipNothing(message: String) {
        #expect(SkipInstruction.find(in: message) == nil)
    }

    private func file(_ name: String, _ on: String, isOurs: Bool = false) -> WorkflowFile {
        workflow("\(isOurs ? "# hephy:workflow 1\n" : "")on: \(on)\njobs: {a: {}}", name: name)
    }

    @Test func aSurveySortsTheWorkflows() {
        let survey = WorkflowSurvey(
            of: [
                file("z.yml", "push"), file("a.yml", "{push: {paths: [x]}}"), file("b.yml", "pull_request"),
                file("hephy.yml", "{push: {branches: [main]}, workflow_dispatch: }", isOurs: true),
            ], for: .init(ref: Self.main, message: "m"))
        #expect(survey.ours?.fileName == "hephy.yml")
        #expect(survey.oursMatch == .yes)
        #expect(survey.expected.map(\.fileName) == ["hephy.yml", "z.yml"])
        #expect(survey.possible.map(\.file.fileName) == ["a.yml"])
        #expect(survey.possible.map(\.reason) == [.changedPathsNotKnown])
        #expect(survey.nothing == nil)
    }

    @Test func ofSeveralOfOursTheOneThatRunsIsTaken() {
        let dispatched = file("a.yml", "workflow_dispatch", isOurs: true)
        let other = file("b.yml", "{push: {branches: [x]}}", isOurs: true)
        let running = file("c.yml", "push", isOurs: true)
        let push = WorkflowSurvey.Push(ref: Self.main, message: "m")
        #expect(WorkflowSurvey(of: [other, running, dispatched], for: push).ours?.fileName == "c.yml")
        let survey = WorkflowSurvey(of: [other, dispatched], for: push)
        #expect(survey.ours?.fileName == "a.yml")
        #expect(survey.oursMatch == .no(.noPushTrigger))
        #expect(WorkflowSurvey(of: [other], for: push).ours?.fileName == "b.yml")
        #expect(WorkflowSurvey(of: [], for: push).ours == nil)
    }

    @Test func aSurveyTellsWhyNothingRuns() {
        let files = [file("a.yml", "pull_request"), file("b.yml", "{push: {branches: [x]}}")]
        let push = WorkflowSurvey.Push(ref: Self.main, message: "m")
        #expect(WorkflowSurvey(of: [], for: push).nothing == .noWorkflows)
        #expect(
            WorkflowSurvey(of: files, for: push).nothing
                == .noneMatches([
                    ".github/workflows/a.yml": .noPushTrigger, ".github/workflows/b.yml": .refNotChosen("main"),
                ]))
        let ours = [file("hephy.yml", "[push, workflow_dispatch]", isOurs: true)]
        let skipped = WorkflowSurvey(of: ours, for: .init(ref: Self.main, message: "m [skip ci]"))
        #expect(skipped.nothing == .skipped("[skip ci]"))
        #expect(skipped.oursMatch == .no(.skipped("[skip ci]")))
        #expect(skipped.expected.isEmpty)
        let tags = WorkflowSurvey(of: ours, for: .init(ref: Self.tag, message: "m", tags: 4))
        #expect(tags.nothing == .tooManyTags(4))
        #expect(WorkflowSurvey(of: ours, for: .init(ref: Self.tag, message: "m", tags: 3)).nothing == nil)
    }

    private static let reasons: [(ForgeProduct, String, Int, WorkflowSurvey.Nothing?)] = [
        (.github, "m [no ci]", 4, .tooManyTags(4)),
        (.github, "m\n\n\nskip-checks: true", 0, .skipped("skip-checks: true")),
        (.gitea, "m [no ci]", 4, .skipped("[no ci]")), (.forgejo, "m", 4, nil),
        (.forgejo, "m\n\n\nskip-checks: true", 0, nil), (.gitlab, "m [no ci]", 4, nil),
        (.gitlab, "m [SKIP-CI]", 0, .skipped("[skip-ci]")),
    ]

    @Test(arguments: reasons)
    func eachProductHasItsOwnReasonsToStartNothing(
        product: ForgeProduct, message: String, tags: Int, nothing: WorkflowSurvey.Nothing?
    ) {
        let files = [file("hephy.yml", "[push, workflow_dispatch]", isOurs: true)]
        let push = WorkflowSurvey.Push(ref: Self.tag, message: message, tags: tags)
        #expect(WorkflowSurvey(of: files, for: push, on: product).nothing == nothing)
    }

    @Test(arguments: [
        (#"[{if: '$CI_PIPELINE_SOURCE == "push"', when: never}, {when: always}]"#, true),
        (#"[{if: '$CI_PIPELINE_SOURCE == "api" || $CI_PIPELINE_SOURCE == "push"', when: never}]"#, true),
        (#"[{if: '$A', when: never}, {if: '$CI_PIPELINE_SOURCE == "push"', when: never}]"#, true),
        (#"[{if: '$A'}, {if: '$CI_PIPELINE_SOURCE == "push"', when: never}]"#, false),
        (#"[{if: '$CI_PIPELINE_SOURCE == "push"'}]"#, false),
        (#"[{if: '$CI_PIPELINE_SOURCE == "push" && $A', when: never}]"#, false),
        (#"[{if: '$CI_PIPELINE_SOURCE != "push"', when: never}]"#, false), ("nonsense", false), ("[*none]", false),
    ])
    func rulesOfAPipelineThatLeavePushesOutAreSeen(rules: String, leavesOut: Bool) {
        for header in ["", "spec:\n  inputs: {backend: {default: \"\"}}\n---\n"] {
            let text = "\(header)workflow:\n  rules: \(rules)\nbuild: {script: [make]}\n"
            let file = WorkflowFile(path: CIFiles.pipeline, bytes: Array(text.utf8))
            #expect(
                file.match(push: Self.main, changedPaths: nil, isNewOrUnknownDiff: false)
                    == (leavesOut ? .no(.rulesLeaveOutPushes) : .maybe(.rulesDecide)))
            #expect(file.inputs?.count == (header.isEmpty ? 0 : 1))
        }
    }

    @Test func anInvalidWorkflowMayMakeAFailedRun() {
        let survey = WorkflowSurvey(of: [workflow("on: push")], for: .init(ref: Self.main, message: "m"))
        #expect(survey.possible.map(\.reason) == [.invalidFile("line 1: 'jobs' is missing")])
        #expect(survey.nothing == nil)
    }
}
