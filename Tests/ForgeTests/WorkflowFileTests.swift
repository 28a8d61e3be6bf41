import Forge
import Testing

/// The workflow that `text` is, at `.github/workflows/<name>`.
func workflow(_ text: String, name: String = "ci.yml") -> WorkflowFile {
    WorkflowFile(path: ".github/workflows/\(name)", bytes: Array(text.utf8))
}

/// A workflow with `on` below `on:`.
func workflow(on: String) -> WorkflowFile {
    workflow("name: CI\non:\(on)\njobs: {a: {runs-on: x, steps: []}}\n")
}

struct WorkflowFileTests {
    private static let main = "refs/heads/main"

    @Test func aWorkflowIsReadWhole() {
        let file = workflow(
            """
            # a comment
            # hephy:workflow 1
            name: Hephy Build
            run-name: "hephy ${{ inputs.hephy_id }}"
            on:
              push:
                branches: [main]
              workflow_dispatch:
                inputs:
                  backend: {type: choice, options: [auto, ko], default: auto}
                  deploy: {type: boolean, required: true}
                  sha: {description: the commit}
                  level: {type: number, required: true, default: 3}
                  where: {type: environment}
                  plain:
            jobs:
              build: {runs-on: ubuntu-24.04, steps: []}
            """, name: "hephy.yml")
        #expect(file.problem == nil)
        #expect(file.name == "Hephy Build")
        #expect(file.fileName == "hephy.yml")
        #expect(file.runNameHoldsHephyID)
        #expect(file.isOurs)
        #expect(file.events == ["push", "workflow_dispatch"])
        #expect(
            file.inputs == [
                WorkflowInput(name: "backend", kind: .choice, defaultValue: "auto", options: ["auto", "ko"]),
                WorkflowInput(name: "deploy", kind: .boolean, isRequired: true), WorkflowInput(name: "sha"),
                WorkflowInput(name: "level", kind: .number, isRequired: true, defaultValue: "3"),
                WorkflowInput(name: "where", kind: .environment), WorkflowInput(name: "plain"),
            ])
    }

    @Test func aWorkflowWithoutANameIsCalledByItsPath() {
        #expect(workflow("on: push\njobs: {a: {}}").name == ".github/workflows/ci.yml")
    }

    @Test(arguments: [
        (" push", ["push"], true, false), (" [push, workflow_dispatch]", ["push", "workflow_dispatch"], true, true),
        ("\n- pull_request\n- push", ["pull_request", "push"], true, false), (" {push: }", ["push"], true, false),
        ("\n  push: {}\n  workflow_dispatch:", ["push", "workflow_dispatch"], true, true),
        (" workflow_dispatch", ["workflow_dispatch"], false, true),
        (" {schedule: [{cron: x}]}", ["schedule"], false, false),
    ])
    func triggersAreReadInAllForms(on: String, events: [String], isPush: Bool, isDispatch: Bool) {
        let file = workflow(on: on)
        #expect(file.problem == nil)
        #expect(file.events == events)
        #expect((file.push != nil) == isPush)
        #expect(file.canBeDispatched == isDispatch)
        #expect(
            file.match(push: Self.main, changedPaths: [], isNewOrUnknownDiff: false)
                == (isPush ? .yes : .no(.noPushTrigger)))
    }

    @Test(arguments: [
        "\"on\": push\njobs: {a: {}}", "'on': [push]\njobs: {a: {}}",
    ])
    func theKeyMayBeQuoted(text: String) {
        #expect(workflow(text).push != nil)
    }

    @Test(arguments: [
        ("# hephy:workflow 1", true), ("x: 1\n# hephy:workflow 1  \r\ny: 2", true), ("# hephy:workflow 12", false),
        (" # hephy:workflow 1", false), ("# hephy:workflow 2", false),
        ("jobs: {a: {uses: acme/hephy-builder/.github/workflows/build.yml@v1}}", true),
        ("jobs: {b: {}, a: {uses: 'acme/hephy-builder/.github/workflows/build.yml@v1'}}", true),
        ("jobs: {a: {uses: acme/hephy-builder/.github/workflows/build.yml}}", false),
        ("jobs: {a: {uses: acme/hephy-builder/.github/workflows/build.yml@}}", false),
        ("jobs: {a: {uses: acme/nothephy-builder/.github/workflows/build.yml@v1}}", false),
        ("jobs: {a: {uses: ./.github/workflows/build.yml}}", false), ("jobs: []", false),
        ("# hephy:workflow 1\n{", true),
    ])
    func oursIsKnownByItsMarkerOrByWhatItUses(text: String, isOurs: Bool) {
        #expect(workflow(text).isOurs == isOurs)
    }

    @Test(arguments: [
        ("", "the file is empty"), ("- a", "line 1: a workflow is a mapping"),
        ("jobs: {a: {}}", "line 1: 'on' is missing"),
        ("on: push", "line 1: 'jobs' is missing"), ("on: push\njobs: []", "line 2: 'jobs' names no job"),
        ("on: push\njobs: {}", "line 2: 'jobs' names no job"), ("on: []\njobs: {a: {}}", "line 1: 'on' names no event"),
        ("on: [[x]]\njobs: {a: {}}", "line 1: an event is a word"),
        ("on:\njobs: {a: {}}", "line 1: 'on' names no event"),
        ("on: {push: [main]}\njobs: {a: {}}", "line 1: 'push' is a mapping"),
        ("on: {push: {branches: {a: b}}}\njobs: {a: {}}", "line 1: 'branches' is a list of patterns"),
        ("on: {push: {paths: [[x]]}}\njobs: {a: {}}", "line 1: a pattern is a word"),
        (
            "on:\n  push:\n    branches: [a]\n    branches-ignore: [b]\njobs: {a: {}}",
            "line 3: only one of 'branches' and 'branches-ignore' may stand there"
        ),
        (
            "on: {push: {tags: [a], tags-ignore: [b]}}\njobs: {a: {}}",
            "line 1: only one of 'tags' and 'tags-ignore' may stand there"
        ),
        (
            "on: {push: {paths: [a], paths-ignore: [b]}}\njobs: {a: {}}",
            "line 1: only one of 'paths' and 'paths-ignore' may stand there"
        ),
        ("on: {workflow_dispatch: {inputs: [x]}}\njobs: {a: {}}", "line 1: 'inputs' is a mapping"),
        ("on: {workflow_dispatch: {inputs: {x: {type: blob}}}}\njobs: {a: {}}", "line 1: an input has no type 'blob'"),
        ("on: {workflow_dispatch: {inputs: {x: y}}}\njobs: {a: {}}", "line 1: an input is a mapping"),
    ])
    func aFileThatIsNoWorkflowTellsItsProblem(text: String, problem: String) {
        let file = workflow(text)
        #expect(file.problem == problem)
        #expect(
            file.match(push: Self.main, changedPaths: nil, isNewOrUnknownDiff: true) == .maybe(.invalidFile(problem)))
    }

    @Test func aFileThatIsNoYAMLTellsWhere() throws {
        let file = workflow("on: push\njobs: {")
        #expect(try #require(file.problem).hasPrefix("line "))
    }

    @Test(arguments: [
        (".github/workflows/a.yml", true), (".github/workflows/a.yaml", true), (".github/workflows/b/a.yml", false),
        (".github/workflows/a.YML", false), ("x/.github/workflows/a.yml", false), (".github/a.yml", false),
    ])
    func workflowsStandInTheirFolder(path: String, isWorkflow: Bool) {
        #expect(WorkflowFile.isWorkflow(path: path) == isWorkflow)
    }

    @Test func aDispatchGetsWhatTheWorkflowDeclares() {
        let file = workflow(
            on: """
                 {workflow_dispatch: {inputs: {backend: {type: choice, options: [ko]}, sha: , deploy: {type: boolean},
                   must: {required: true}, has: {required: true, default: x}, n: {type: number}}}}
                """)
        #expect(
            file.dispatchInputs(
                for: ["backend": "ko", "sha": "abc", "deploy": "yes", "hephy_id": "1", "platforms": "", "n": "1.5"])
                == DispatchInputs(
                    values: ["backend": "ko", "sha": "abc", "n": "1.5"], undeclared: ["hephy_id", "platforms"],
                    untaken: ["deploy"], missing: ["must"]))
        #expect(file.dispatchInputs(for: ["backend": "spin"]).untaken == ["backend"])
        #expect(workflow(on: " push").dispatchInputs(for: ["sha": "a"]).undeclared == ["sha"])
    }
}
