package import Forge

/// Follows runs to their verdict and says what happens, in lines that stay.
///
/// One request at a time is sent, however many runs are followed. A run is finished when the forge says so of the run
/// itself; its verdict is the run's conclusion.
package struct RunTail: Sendable {
    private let forge: any Forge
    private let output: any TailOutput
    private let logOutput: any TailOutput
    private let clock: any Clock<Duration>
    private let options: TailOptions

    /// - Parameters:
    ///   - forge: what is asked.
    ///   - output: gets what is said.
    ///   - logOutput: gets the lines of logs; nil for `output`.
    ///   - clock: what waiting goes by.
    ///   - options: what is shown, and for how long.
    package init(
        forge: any Forge, output: any TailOutput, logOutput: (any TailOutput)? = nil,
        clock: any Clock<Duration> = ContinuousClock(), options: TailOptions = TailOptions()
    ) {
        self.forge = forge
        self.output = output
        self.logOutput = logOutput ?? output
        self.clock = clock
        self.options = options
    }

    /// Follows `runs` side by side; the results come in the same order.
    ///
    /// Cancelling the task ends this with `.detached` for every run that has no verdict yet; the runs go on.
    package func follow(_ runs: [Run]) async -> [RunResult] {
        async let _: Void = Self.keepWatch(over: clock)
        let time = TailClock(clock)
        let narrator = Narrator(output: output, options: options, clock: time)
        let context = TailContext(
            forge: forge, clock: time, narrator: narrator, logOutput: logOutput, options: options)
        let labels = Self.labels(of: runs)
        let followers = zip(runs, labels).map { run, label in
            RunFollower(run: run, label: label, sharing: runs.count, context: context)
        }
        for follower in followers { follower.announce() }
        for limit in forge.limits {
            switch limit {
            case .noLogs(let server):
                narrator.note(
                    "\(context.clean(server)) has no API for logs: they are on the run's page, here is how far it is")
            }
        }
        while let next = followers.filter({ !$0.isDone }).min(by: { $0.due < $1.due }) {
            switch await pause(until: next.due, context, followers) {
            case .due: await next.step()
            case .ended(let verdict): for follower in followers where !follower.isDone { follower.end(verdict) }
            }
        }
        narrator.status(nil)
        return followers.map(\.result)
    }

    /// A request may take long, and while one does nobody else looks at the clock.
    @concurrent
    private static func keepWatch(over clock: any Clock<Duration>) async {
        await (clock as? any WatchedClock)?.keepWatch()
    }

    private enum Pause {
        case due
        case ended(RunVerdict)
    }

    /// Waits, with a sign of life now and then.
    private func pause(
        until due: Duration, _ context: TailContext, _ followers: [RunFollower]
    ) async -> Pause {
        let clock = context.clock
        let narrator = context.narrator
        while true {
            if Task.isCancelled { return .ended(.detached) }
            if context.isOverdue { return .ended(.timedOut) }
            let active = followers.filter { !$0.isDone }
            narrator.status(active.map(\.activity).joined(separator: " | "))
            let now = clock.now
            let target = max(due, context.notBefore)
            guard now < target else { return .due }
            if let beat = narrator.heartbeatDue, now >= beat {
                for follower in active { narrator.detail("still \(follower.activity)", .quiet) }
                continue
            }
            var end = min(target, context.deadline ?? target)
            if let beat = narrator.heartbeatDue { end = min(end, beat) }
            if narrator.output.showsStatus { end = min(end, now + .seconds(1)) }
            if await !clock.sleep(for: end - now) { return .ended(.detached) }
        }
    }

    /// What stands before a run's lines: nothing for one, else the workflow's name, with the number where two share it.
    private static func labels(of runs: [Run]) -> [String] {
        guard runs.count > 1 else { return [""] }
        return runs.map { run in
            runs.count { $0.name == run.name } > 1 ? "\(run.name) #\(run.number)" : run.name
        }
    }
}
