import Forge
import Git
import Subprocess
import Synchronization

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

#if canImport(System)
    import System
#else
    import SystemPackage
#endif

/// One program of a step, in a session of its own, whose output goes to the job's log.
struct StepProcess {
    let program: String
    let arguments: [String]
    let folder: String
    let environment: [String: String]

    /// How long a program has between SIGTERM and SIGKILL.
    private static let grace: Duration = .seconds(10)
    /// How long what a program has left behind may hold its output open.
    private static let afterglow: Duration = .seconds(2)

    /// Runs the program to its end.
    ///
    /// When the task is cancelled its whole process group is ended, by SIGTERM first.
    ///
    /// - Returns: the exit status, or 128 and the signal.
    /// - Throws: `LocalRunsError.notStarted`; `.interrupted` when the task was cancelled.
    func run(into log: JobLog, step: Int) async throws(LocalRunsError) -> Int32 {
        let ends: (readEnd: FileDescriptor, writeEnd: FileDescriptor)
        do {
            ends = try FileDescriptor.pipe()
        } catch {
            throw .notStarted(program: program, reason: "\(error)")
        }
        for end in [ends.readEnd, ends.writeEnd] { _ = fcntl(end.rawValue, F_SETFD, FD_CLOEXEC) }
        let reader = PipeReader(ends.readEnd.rawValue)
        // Ends with the pipe: awaited below on every way.
        let reading = Task.detached {
            await BlockingThread.run { reader.read { log.take($0, step: step) } }
        }
        let result = await self.result(writingTo: ends.writeEnd, reader)
        await reading.value
        log.endLine(step: step)
        try? ends.readEnd.close()
        if Task.isCancelled { throw .interrupted }
        return try result.get()
    }

    private func result(
        writingTo writeEnd: FileDescriptor, _ reader: PipeReader
    ) async -> Result<Int32, LocalRunsError> {
        defer { reader.end(after: Self.afterglow) }
        let child = ChildEnvironment(environment)
        var options = PlatformOptions()
        options.createSession = true
        options.teardownSequence = [
            .send(signal: .terminate, toProcessGroup: true, allowedDurationToNextStep: Self.grace)
        ]
        let group = Atomic<pid_t>(0)
        // What is left of the session when its first process has ended, must not outlive the step.
        defer {
            let leader = group.load(ordering: .relaxed)
            if leader > 0 { kill(-leader, SIGKILL) }
            OrphanWatch.note(nil)
        }
        do {
            let ran = try await Subprocess.run(
                program.hasPrefix("/") ? .path(FilePath(program)) : child.executable(program),
                arguments: Arguments(arguments), environment: child.environment, workingDirectory: FilePath(folder),
                platformOptions: options, input: .none,
                output: .fileDescriptor(writeEnd, closeAfterSpawningProcess: true), error: .combinedWithOutput
            ) { execution in
                group.store(execution.processIdentifier.value, ordering: .relaxed)
                OrphanWatch.note(execution.processIdentifier.value)
            }
            switch ran.terminationStatus {
            case .exited(let code): return .success(code)
            case .signaled(let signal): return .success(128 + signal)
            }
        } catch {
            return .failure(.notStarted(program: program, reason: "\(error)"))
        }
    }
}
