import Forge

/// What a run says of its own end; for people, in its record and logs.
enum RunnerWords {
    /// Why the run failed, where its log does not say it.
    static func remark(for error: LocalRunsError) -> String? {
        switch error {
        case .file(let fault): "'\(fault.path)' cannot be written: \(fault.reason)"
        case .notARun(let path): "'\(path)' is no run that is to be executed"
        case .taken(let path): "the run in '\(path)' is being executed already"
        case .notStarted(let program, let reason): "'\(program)' could not be started: \(reason)"
        case .stepFailed, .noBuilder, .noStore, .interrupted: nil
        }
    }

    /// The lines of the log about an error that no program has explained there.
    static func lines(for error: LocalRunsError) -> [String] {
        switch error {
        case .stepFailed(let name, let status): ["'\(name)' ended with status \(status)"]
        case .noBuilder(let backend, let tried, let install):
            [
                "nothing on this machine builds with \(backend); looked for: \(tried.joined(separator: ", "))",
                "hint: \(install)",
            ]
        case .noStore(let tried, let install):
            [
                "nothing on this machine keeps what is built; looked for: \(tried.joined(separator: ", "))",
                "hint: \(install), or name a registry's image as 'image:' in .hephy/build-config.yaml",
            ]
        case .interrupted: []
        case .file, .notARun, .taken, .notStarted: remark(for: error).map { [$0] } ?? []
        }
    }
}
