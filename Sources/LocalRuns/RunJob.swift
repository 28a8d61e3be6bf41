import Forge
import Synchronization

/// One job that is being executed: the last in the record.
final class RunJob {
    private let journal: RunJournal
    private let environment: [String: String]
    private let index: Int
    let log: JobLog
    /// What the last step with `keepsOutput` has printed.
    private(set) var printed = ""
    private var current = 1

    private var record: LocalRecord.Job { journal.record.jobs[index] }
    private var scratch: String { journal.folder.scratch }
    private var tree: String { "\(scratch)/checkout" }

    init(_ journal: RunJournal, environment: [String: String]) throws(LocalRunsError) {
        self.journal = journal
        self.environment = environment
        index = journal.record.jobs.count - 1
        log = try JobLog(journal.folder.log(ofJob: index), journal: journal)
    }

    /// Adds a line to the log, on behalf of the step that runs.
    func say(_ text: String) {
        log.say(text, step: current)
    }

    func checkOut() async throws(LocalRunsError) {
        try await step(1) { () async throws(LocalRunsError) in
            try await Checkout(
                request: journal.record.request, folder: tree, home: "\(scratch)/git", path: environment["PATH"]
            ).make(log: log, step: 1)
        }
    }

    /// The repository's own branch: what the checkout's `origin/HEAD` points to.
    var defaultBranch: String? {
        let bytes = (try? LocalFile.contents(of: "\(tree)/.git/refs/remotes/origin/HEAD")) ?? []
        let text = String(decoding: bytes, as: UTF8.self)
        let prefix = "ref: refs/remotes/origin/"
        if text.hasPrefix(prefix) { return String(text.dropFirst(prefix.count).prefix { !$0.isNewline }) }
        // The branch that a gate has yet to let in is in no copy of the repository.
        let request = journal.record.request
        let head = (try? LocalFile.contents(of: "\(request.repository)/HEAD")) ?? []
        let isOwn = String(decoding: head, as: UTF8.self) == "ref: \(request.ref)\n"
        return isOwn && request.ref.hasPrefix("refs/heads/") ? String(request.ref.dropFirst("refs/heads/".count)) : nil
    }

    /// Runs a step of `share/steps` in the checkout.
    ///
    /// - Parameters:
    ///   - number: its place behind the checkout, from one.
    ///   - script: the file's name.
    ///   - variables: what it sees beside the environment of the run.
    ///   - keepsOutput: whether its standard output is kept in `printed` rather than logged.
    /// - Returns: the values that it has put out.
    /// - Throws: `LocalRunsError.stepFailed` when it ends with anything but 0, and whatever hinders it.
    @discardableResult
    func step(
        _ number: Int, script: String, variables: [String: String], keepsOutput: Bool = false
    ) async throws(LocalRunsError) -> [String: String] {
        var outputs: [String: String] = [:]
        try await step(number + 1) { () async throws(LocalRunsError) in
            let files = "\(scratch)/step"
            do throws(FileFault) {
                LocalFile.remove(files)
                try LocalFile.makeFolder("\(files)/temporary")
                for name in ["output", "summary", "printed"] { try LocalFile.replace("\(files)/\(name)", with: []) }
            } catch {
                throw .file(error)
            }
            let steps = journal.record.request.steps
            var environment = environment.merging(variables) { _, own in own }
            environment["HEPHY_STEPS"] = steps
            environment["TMPDIR"] = "\(files)/temporary"
            environment["HEPHY_OUTPUT"] = "\(files)/output"
            environment["HEPHY_SUMMARY"] = "\(files)/summary"
            let arguments =
                keepsOutput
                ? ["-c", "exec sh \"$1\" >\"$2\"", "sh", "\(steps)/\(script)", "\(files)/printed"]
                : ["\(steps)/\(script)"]
            let process = StepProcess(program: "/bin/sh", arguments: arguments, folder: tree, environment: environment)
            let status = try await process.run(into: log, step: current)
            if keepsOutput {
                let bytes = (try? LocalFile.contents(of: "\(files)/printed")) ?? []
                printed = String(decoding: bytes, as: UTF8.self)
                log.take(bytes, step: current)
                log.endLine(step: current)
            }
            guard status == 0 else { throw .stepFailed(name: record.steps[number].name, status: status) }
            outputs = Self.outputs(in: (try? LocalFile.contents(of: "\(files)/output")) ?? [])
        }
        return outputs
    }

    func end(_ ending: LocalRecord.Ending) throws(LocalRunsError) {
        try journal.update { record in
            record.jobs[index].stage = .finished
            record.jobs[index].ending = ending
            record.jobs[index].finishedAt = RunJournal.now
        }
    }

    /// Ends the job with what went wrong in its log.
    func fail(_ error: LocalRunsError) {
        for line in RunnerWords.lines(for: error) { say(line) }
        try? journal.update { record in
            record.jobs[index].remark = RunnerWords.remark(for: error)
            for step in record.jobs[index].steps.indices where record.jobs[index].steps[step].stage == .queued {
                record.jobs[index].steps[step].stage = .finished
                record.jobs[index].steps[step].ending = .skipped
            }
            record.jobs[index].stage = .finished
            record.jobs[index].ending = .failure
            record.jobs[index].finishedAt = RunJournal.now
        }
    }

    /// Does the work of a step, with its beginning and end in the record.
    private func step(
        _ number: Int, _ work: () async throws(LocalRunsError) -> Void
    ) async throws(LocalRunsError) {
        current = number
        try journal.update { record in
            record.jobs[index].steps[number - 1].stage = .running
            record.jobs[index].steps[number - 1].startedAt = RunJournal.now
        }
        do throws(LocalRunsError) {
            try await work()
        } catch {
            if error != .interrupted { try end(step: number, .failure) }
            throw error
        }
        try end(step: number, .success)
    }

    private func end(step number: Int, _ ending: LocalRecord.Ending) throws(LocalRunsError) {
        try journal.update { record in
            record.jobs[index].steps[number - 1].stage = .finished
            record.jobs[index].steps[number - 1].ending = ending
            record.jobs[index].steps[number - 1].finishedAt = RunJournal.now
        }
    }

    /// `key=value` lines; of the same key the last counts.
    private static func outputs(in bytes: [UInt8]) -> [String: String] {
        var outputs: [String: String] = [:]
        for line in bytes.split(separator: UInt8(ascii: "\n")) {
            guard let equals = line.firstIndex(of: UInt8(ascii: "=")) else { continue }
            outputs[String(decoding: line[..<equals], as: UTF8.self)] =
                String(decoding: line[(equals + 1)...], as: UTF8.self)
        }
        return outputs
    }
}
