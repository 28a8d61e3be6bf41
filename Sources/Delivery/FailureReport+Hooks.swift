import Forge

extension FailureReport {
    static func report(_ error: HookError) -> FailureReport {
        switch error {
        case .workTree(let path):
            FailureReport(
                problem: "'\(firstLine(path))' is a work tree, which nobody pushes to",
                hint: "name a bare repository; 'hephy hook install --client' is for pushes from here", status: .usage)
        case .sharedFolder(let path, let scope):
            FailureReport(
                problem: "the hooks in '\(firstLine(path))' are those of every repository (core.hooksPath, \(scope))",
                hint: "git config core.hooksPath FOLDER, here, gives this repository its own", status: .usage)
        case .bothThere(let path, let kept):
            FailureReport(
                problem: "'\(firstLine(path))' is not hephy's, and '\(firstLine(kept))' is kept for it",
                hint: "remove the one that is not wanted any more", status: .usage)
        case .notAFile(let path):
            FailureReport(problem: "'\(firstLine(path))' is no file", status: .usage)
        case .upstreamIsItself(let path):
            FailureReport(
                problem: "'\(firstLine(path))' is this repository itself", hint: "--upstream names another one",
                status: .usage)
        case .file(let fault): FailureReport(problem: "'\(firstLine(fault.path))': \(fault.reason)", status: .gitFailed)
        case .unreadableRef(let name):
            FailureReport(problem: "the name of the ref '\(firstLine(name))' is no UTF-8", status: .usage)
        case .tooManyRefs(let count, let limit):
            FailureReport(
                problem: "\(count) branches and tags at once; each has to be built before it is taken",
                hint: "push \(limit) at a time, or fewer", status: .usage)
        case .gateIsAsked:
            FailureReport(
                problem: "this repository takes what was built and is green, so 'hephy.trigger=none' is no choice",
                status: .usage)
        case .notBuildable(let ref):
            FailureReport(problem: "'\(firstLine(ref))' leads to nothing that can be built", status: .configuration)
        case .noProgram:
            FailureReport(problem: "the system does not tell where this hephy is installed", status: .gitFailed)
        }
    }
}
