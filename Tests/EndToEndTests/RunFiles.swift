import HephyTestSupport

/// Contents of the repositories that are pushed.
enum RunFiles {
    /// A Go program with a workflow of ours.
    static let app = go.merging([".github/workflows/hephy.yml": .text(ours())]) { $1 }

    /// A Go program, which ko builds.
    static let go: [String: TreeEntry] = [
        "go.mod": "module example.com/api\n\ngo 1.24\n",
        "main.go": "package main\n\nfunc main() {}\n",
    ]

    /// A workflow of ours.
    ///
    /// `on` is the line below `on:` besides the dispatch, `inputs` what a dispatch may give, nil where it cannot be
    /// dispatched; without `runName` its title does not hold the nonce.
    static func ours(
        on: String = "push: { branches: [main] }",
        inputs: [String]? = ["backend", "platforms", "deploy", "sha", "hephy_id"],
        runName: String? = "hephy ${{ inputs.hephy_id || github.sha }}"
    ) -> String {
        var text = "# hephy:workflow 1\nname: Hephy Build\n"
        if let runName { text += "run-name: \(runName)\n" }
        text += "on:\n"
        if !on.isEmpty { text += "  \(on)\n" }
        if let inputs {
            text += "  workflow_dispatch:\n    inputs:\n"
            for input in inputs { text += "      \(input): { type: string }\n" }
        }
        return text + """
            concurrency:
              group: hephy-${{ github.ref }}-${{ inputs.sha || github.sha }}
              cancel-in-progress: true
            jobs:
              plan:
                runs-on: ubuntu-latest
                steps:
                  - run: echo plan
              build:
                needs: plan
                runs-on: ubuntu-latest
                steps:
                  - name: Build it
                    run: make
              deploy:
                needs: build
                runs-on: ubuntu-latest
                steps:
                  - name: Roll out
                    run: make deploy

            """
    }

    /// A workflow that somebody else wrote, with one job.
    static func other(_ name: String, on: String = "push", job: String = "test") -> String {
        """
        name: \(name)
        on: \(on)
        jobs:
          \(job):
            runs-on: ubuntu-latest
            steps:
              - name: Do it
                run: make

        """
    }

    static func workflows(_ files: [String: String]) -> [String: TreeEntry] {
        Dictionary(uniqueKeysWithValues: files.map { (".github/workflows/\($0.key)", .text($0.value)) })
    }
}

extension GitHubScenario.Plan {
    /// A run that is finished when it is first looked at: one job, with this conclusion.
    static func over(
        _ conclusion: String, job: GitHubScenario.Job = GitHubScenario.Job("build", steps: RunPlans.steps)
    ) -> GitHubScenario.Plan {
        GitHubScenario.Plan(jobs: [job], timeline: [.init(conclusion, jobs: [job.name: conclusion])])
    }
}

extension GitHubScenario.Plan {
    /// The plan with so many looks at each state that a look at the jobs is among them, whatever comes first.
    var unhurried: GitHubScenario.Plan {
        var plan = self
        plan.timeline = timeline?.map { state in
            var state = state
            state.times = 4
            return state
        }
        plan.secondsPerState = 1
        return plan
    }
}

/// What runs do.
enum RunPlans {
    static let steps = ["Set up job", "Run actions/checkout@v4", "Build it", "Complete job"]

    /// Plan, build and deploy, one after the other.
    static let threeJobs = GitHubScenario.Plan(
        jobs: [
            .init("plan", steps: ["Set up job", "Decide", "Complete job"]),
            .init("build", steps: steps, needs: ["plan"]),
            .init("deploy", steps: ["Set up job", "Roll out", "Complete job"], needs: ["build"]),
        ],
        timeline: [
            .init("queued"), .init("in_progress", jobs: ["plan": "in_progress:2"]), .init(jobs: ["plan": "success"]),
            .init(jobs: ["build": "in_progress:3"]), .init(jobs: ["build": "success"]),
            .init(jobs: ["deploy": "in_progress:2"]), .init("success", jobs: ["deploy": "success"]),
        ])

    /// A build's log whose third step says `lines`.
    static func log(_ lines: [String]) -> [String] {
        [
            "Current runner version: '2.336.0'", "##[group]Run actions/checkout@v4", "##[endgroup]",
            "##[group]Run make", "make", "##[endgroup]",
        ] + lines
    }

    /// The build fails in its third step.
    static let red = GitHubScenario.Plan(
        jobs: [

            .init("plan", steps: ["Set up job", "Decide", "Complete job"]),
            .init(
                "build", steps: steps, needs: ["plan"], conclusion: "failure", failStep: 3,
                log: .init(
                    lines: log([
                        "cc -c main.c", "##[error]main.c:3: expected ';'",
                        "##[error]Process completed with exit code 2.",
                    ])),
                annotations: [.init(path: "main.c", line: 3, level: "failure", message: "expected ';' before '}'")]),
            .init("deploy", steps: ["Set up job", "Roll out", "Complete job"], needs: ["build"]),
        ],
        timeline: [
            .init("queued"), .init("in_progress", jobs: ["plan": "in_progress:2"]), .init(jobs: ["plan": "success"]),
            .init(jobs: ["build": "in_progress:3"]),
            .init("failure", jobs: ["build": "failure:3", "deploy": "skipped"]),
        ])
}
