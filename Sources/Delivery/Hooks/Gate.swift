import Forge
import Git

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// Decides whether a push lands: it does where its build is green.
struct Gate {
    private let received: ReceivedPush
    private let surroundings: HookEnvironment
    /// The hook's whole environment.
    private let environment: [String: String]

    init(_ received: ReceivedPush, _ surroundings: HookEnvironment, environment: [String: String]) {
        self.received = received
        self.surroundings = surroundings
        self.environment = environment
    }

    /// Builds what the push brings, and decides.
    ///
    /// - Returns: `.succeeded` where it may land; anything else keeps it out, and why has been said.
    func decide() async -> ExitStatus {
        let updates = received.updates.map {
            GateHold.Record.Update(ref: $0.ref, old: $0.old?.hex, new: $0.new?.hex)
        }
        if let name = environment[GateHold.passVariable],
            GateHold.hasPassed(name, updates, gitDirectory: surroundings.gitDirectory)
        {
            return .succeeded
        }
        guard received.unreadable.isEmpty else {
            return FailureReport(.hook(.unreadableRef(received.unreadable[0]))).say()
        }
        guard !received.built.isEmpty else { return .succeeded }
        let receiver = getppid()
        let record = GateHold.Record(updates: updates, options: received.options, receiver: receiver)
        let hold: GateHold
        do {
            hold = try GateHold(
                record, quarantine: environment["GIT_QUARANTINE_PATH"], gitDirectory: surroundings.gitDirectory)
        } catch {
            return FailureReport(.hook(.file(error))).say()
        }
        let status = await verdict(hold)
        guard status == .succeeded else {
            hold.remove()
            return status
        }
        return await open(hold, receiver)
    }

    private func verdict(_ hold: GateHold) async -> ExitStatus {
        var surroundings = surroundings
        surroundings.variables["GIT_OBJECT_DIRECTORY"] = hold.objects
        surroundings.variables["GIT_QUARANTINE_PATH"] = hold.objects
        surroundings.variables["GIT_ALTERNATE_OBJECT_DIRECTORIES"] =
            environment["GIT_ALTERNATE_OBJECT_DIRECTORIES"] ?? "\(surroundings.gitDirectory)/objects"
        do {
            let place = try await ReceivingRepository(surroundings)
            return await ReceivedRun(received, in: place).beforehand()
        } catch {
            return FailureReport(error).say()
        }
    }

    /// Lets the push land, whether the git that has received it is still there or not.
    private func open(_ hold: GateHold, _ receiver: pid_t) async -> ExitStatus {
        do { try hold.pass() } catch {
            hold.remove()
            return FailureReport(.hook(.file(error))).say()
        }
        guard getppid() == receiver else {
            await GateKeeper(hold, environment: environment).land()
            return .succeeded
        }
        // From here on nobody but the receiving git knows whether it comes to an end.
        if let program = InstalledProgram.path(environment: environment) {
            try? RunnerProcess.start(
                program, ["hook", "keep", hold.folder], environment: environment, log: hold.log, lock: hold.lock)
        }
        LocalFile.unlock(hold.lock)
        return .succeeded
    }
}
