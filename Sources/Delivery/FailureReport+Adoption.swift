extension FailureReport {
    static func report(_ error: AdoptionError) -> FailureReport {
        switch error {
        case .noRemote(let name):
            FailureReport(
                problem: "this repository has no remote '\(firstLine(name))'",
                hint: "git remote shows those it has: hephy adopt REMOTE", status: .usage)
        case .otherHelper(let remote, let helper):
            FailureReport(
                problem: "'\(firstLine(remote))' goes through another helper, '\(firstLine(helper))'",
                hint: "git config remote.\(firstLine(remote)).vcs", status: .usage)
        case .relativePath(let url):
            FailureReport(
                problem: "the URL '\(firstLine(url))' is a path from here",
                hint: "give the remote the whole path: git remote set-url", status: .usage)
        case .notAdopted(let remote):
            FailureReport(
                problem: "hephy has not adopted '\(firstLine(remote))' here",
                hint: "where it goes through hephy all the same: git config --unset remote.\(firstLine(remote)).vcs",
                status: .usage)
        case .changedSince(let remote, let path):
            FailureReport(
                problem: "'\(firstLine(path))' was changed since '\(firstLine(remote))' was adopted: nothing is done",
                hint: "this takes the adoption back and leaves the other changes: "
                    + "git config --unset remote.\(firstLine(remote)).vcs", status: .usage)
        }
    }
}
