import Forge

extension FailureReport {
    /// What is wrong with the runs that were asked for; only for the errors that are about runs.
    static func reportOfRuns(_ error: DeliveryError) -> FailureReport {
        switch error {
        case .nothingToWatch:
            FailureReport(
                problem: "this repository has not pushed any run yet", hint: "name one: hephy watch RUN|COMMIT",
                status: .noRun)
        case .noRunsYet:
            FailureReport(problem: "the forge has no run of it yet", hint: "git push starts one", status: .noRun)
        case .noPage(let run, let isHere):
            FailureReport(
                problem: isHere
                    ? "run \(run) executes on this machine and has no page"
                    : "the forge tells no page of run \(run) on its own host",
                hint: "hephy logs \(run) prints what it says", status: .noRun)
        case .noSuchJob(let name, let names):
            noSuchJob(name, has: names)
        default: reportOfRepetition(error)
        }
    }

    private static func noSuchJob(_ name: String, has names: [String]) -> FailureReport {
        let known = names.prefix(10).map { PlainText.line($0, limit: 60) }.joined(separator: ", ")
        return FailureReport(
            problem: "no job is called '\(firstLine(name))'",
            hint: names.isEmpty ? "the run has no job yet" : "there are: \(known)", status: .noRun)
    }

    /// Why a commit cannot be built again.
    private static func reportOfRepetition(_ error: DeliveryError) -> FailureReport {
        switch error {
        case .notPushed(let commit, let ref, let place):
            FailureReport(
                problem: "\(commit) is not on '\(firstLine(ref))' of '\(firstLine(place))'",
                hint: "git push \(firstLine(place)) \(commit):\(firstLine(ref)), which starts its run too",
                status: .usage)
        case .notTheTip(let commit, let ref, let tip):
            FailureReport(
                problem: "what runs there is the tip of '\(firstLine(ref))', which is \(tip) by now and not \(commit)",
                hint: "give the commit a tag or branch of its own, push that, and name it: --ref NAME", status: .usage)
        case .noRefNamed(let commit):
            FailureReport(
                problem: "no branch is checked out, and no run of \(commit) was followed from here",
                hint: "name the branch or tag that it runs for: --ref NAME", status: .usage)
        case .nothingToRepeat(let commit):
            FailureReport(
                problem: "\(commit) has no run that could be started again, and no workflow of hephy's to start",
                hint: "hephy init writes one", status: .noRun)
        default: FailureReport(problem: nil, status: .noRun)
        }
    }
}
