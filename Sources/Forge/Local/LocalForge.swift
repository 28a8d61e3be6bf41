#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// The embedded forge: runs of one bare repository that execute on this machine.
///
/// It reads what the executing programs write; nothing runs between runs.
package struct LocalForge: Forge {
    /// How runs are started.
    package struct Runner: Sendable {
        /// The program that is started as `program execute-run FOLDER`.
        package var program: String
        /// All that it and the steps see.
        package var environment: [String: String]
        /// The folder of the steps.
        package var steps: String
        /// After how many seconds a run is ended.
        package var timeLimit: Int
        /// The program that builds Dockerfiles; nil for the best that is there.
        package var builder: String?
        /// Where the objects of a push are that the repository has not taken yet.
        package var objects: String?
        /// Six hours, as a job has on GitHub.
        package static let usualTimeLimit = 6 * 3600

        package init(program: String, environment: [String: String], steps: String, timeLimit: Int) {
            self.program = program
            self.environment = environment
            self.steps = steps
            self.timeLimit = timeLimit
        }
    }

    /// What stands for a host in messages.
    package static let host = "this machine"

    package let store: LocalStore
    private let runner: Runner
    private let limits: LocalStore.Limits

    package init(store: LocalStore, runner: Runner, limits: LocalStore.Limits = LocalStore.Limits()) {
        self.store = store
        self.runner = runner
        self.limits = limits
    }

    package var product: String { "hephy" }
    package var isThisMachine: Bool { true }
    package var hasLiveLogs: Bool { true }

    package func runs(matching query: RunQuery) -> [Run] {
        guard query.workflow == nil, (query.event ?? Run.localEvent) == Run.localEvent else { return [] }
        let runs = store.folders.compactMap { try? $0.currentRecord() }.map { Run($0) }
        return runs.filter { run in
            if let sha = query.headSHA, run.headSHA != sha { return false }
            if let branch = query.headBranch, run.headBranch != branch { return false }
            return run.createdAt >= query.createdSince ?? run.createdAt
        }
    }

    /// Starts a run of the commit that the input `sha` names.
    ///
    /// - Throws: `ForgeError.machine` when the record cannot be written or the program not be started.
    package func dispatch(_ dispatch: Dispatch) throws(ForgeError) -> DispatchAnswer {
        var inputs = dispatch.inputs
        guard let sha = inputs.removeValue(forKey: "sha") else {
            throw .refused(host: Self.host, status: 422, detail: "a run needs the input 'sha'")
        }
        inputs["builder"] = runner.builder
        inputs["HEPHY_IMAGE"] = inputs["HEPHY_IMAGE"] ?? "localhost/\(store.imageName)"
        store.prune(to: limits)
        let request = LocalRequest(
            repository: store.repository, ref: dispatch.ref, sha: sha, inputs: inputs, steps: runner.steps,
            timeLimit: runner.timeLimit, objects: runner.objects)
        do throws(FileFault) {
            let (folder, record, lock) = try store.create(request)
            defer { LocalFile.unlock(lock) }
            do throws(FileFault) {
                try RunnerProcess.start(
                    runner.program, ["execute-run", folder.path], environment: runner.environment,
                    log: folder.runnerLog, lock: lock)
            } catch {
                LocalFile.remove(folder.path)
                throw error
            }
            return .accepted(runID: record.id)
        } catch {
            throw .machine(error)
        }
    }

    package func run(_ id: String) throws(ForgeError) -> Run {
        Run(try record(id).record)
    }

    package func jobs(of run: Run) throws(ForgeError) -> [Job] {
        let (folder, record) = try record(run.id)
        return record.jobs.enumerated().map { index, job in
            Job(job, id: "\(folder.id)-\(index + 1)")
        }
    }

    package func log(
        of job: Job, in run: Run, from offset: Int, receive: @escaping @Sendable (_ piece: [UInt8]) -> Bool
    ) throws(ForgeError) -> LogAnswer {
        let (folder, record) = try record(run.id)
        guard let index = Self.index(of: job), record.jobs.indices.contains(index) else {
            throw .notFound(host: Self.host, what: "job \(job.id)")
        }
        // Asked before the log is read: nothing is written to it any more once the job has finished.
        let isFinished = record.jobs[index].stage == .finished
        let path = folder.log(ofJob: index)
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            // A job that was cut off before its first line has no log.
            return isFinished ? .complete : .soFar
        }
        defer { close(descriptor) }
        do throws(FileFault) {
            guard lseek(descriptor, off_t(offset), SEEK_SET) >= 0 else { throw FileFault(path: path, code: errno) }
            while true {
                let piece = try LocalFile.read(descriptor, upTo: 64 << 10, path: path)
                if piece.isEmpty { return isFinished ? .complete : .soFar }
                if !receive(piece) { return .soFar }
            }
        } catch {
            throw .machine(error)
        }
    }

    package func logDecoder(for job: Job) -> any LogDecoder { LocalLog.Decoder() }

    /// What of a failure no line of the log says.
    package func annotations(of job: Job, in run: Run) throws(ForgeError) -> [Annotation] {
        let record = try record(run.id).record
        guard let index = Self.index(of: job), record.jobs.indices.contains(index),
            let remark = record.jobs[index].remark
        else { return [] }
        return [Annotation(level: .failure, path: "", line: 0, title: "", message: remark)]
    }

    package func pendingApprovals(of run: Run) -> [PendingApproval] { [] }

    package func cancel(_ run: Run) throws(ForgeError) {
        let (folder, record) = try record(run.id)
        guard !record.isFinished else { return }
        do {
            try folder.requestCancel("")
        } catch {
            throw .machine(error)
        }
    }

    /// This machine's clock.
    package func serverTime() -> Int64? { Int64(time(nil)) }

    private func record(_ id: String) throws(ForgeError) -> (folder: LocalRunFolder, record: LocalRecord) {
        guard let folder = store.folder(of: id) else { throw .notFound(host: Self.host, what: "run \(id)") }
        do {
            return (folder, try folder.currentRecord())
        } catch {
            if error.code == ENOENT || error.code == ENOTDIR {
                throw .notFound(host: Self.host, what: "run \(id)")
            }
            throw .machine(error)
        }
    }

    /// The place in the record of the job, whose id ends in it.
    private static func index(of job: Job) -> Int? {
        job.id.split(separator: "-").last.flatMap { Int($0) }.map { $0 - 1 }
    }
}
