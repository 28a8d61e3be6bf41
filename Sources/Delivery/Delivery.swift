import Forge
import Git
import RemoteHelper
import RunTail

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// The order of things in a push: git's conversation, then the runs that came of it.
package struct Delivery: Sendable {
    private let environment: [String: String]
    private let clock: any Clock<Duration>

    /// - Parameters:
    ///   - environment: this process's whole environment.
    ///   - clock: what waiting and polling go by.
    package init(environment: [String: String] = ChildEnvironment.own(), clock: any Clock<Duration> = AwakeClock()) {
        self.environment = environment
        self.clock = clock
        // A reader that went away is an answer to a write, not a reason to die in the middle of a push.
        signal(SIGPIPE, SIG_IGN)
        DescriptorLimit.raise(isHelper: true)
    }

    /// Serves git as its remote helper, from the first line to the verdict of the last run.
    ///
    /// - Parameter arguments: what git passes: the remote's name and its URL.
    /// - Returns: the status to exit with; what it means has been said.
    @MainActor
    package func serveGit(arguments: [String]) async -> ExitStatus {
        if arguments == ["--version"] { return Self.sayVersion() }
        CallingGit.remember()
        let git = GitProgram(environment: environment)
        let review = PushReview(git: git)
        let pushed: PushOutcome?
        do {
            var helper = try RemoteHelper(arguments: arguments, environment: environment)
            helper.notice = { _ = FailureReport(.notice($0)).say() }
            pushed = try await helper.run(expectPush: { review.expectPush() }) { batch in
                let refusals = await review.judge(batch)
                return PushVerdict(refusals: refusals, pushOptions: review.pushOptions)
            }
        } catch {
            return FailureReport(.helper(error)).say()
        }
        guard let pushed else { return .succeeded }
        let options = pushed.batch.options
        if let failure = review.optionFailure { return sayHint(of: failure) }
        for rejected in pushed.rejected { PushRejection(rejected, host: pushed.batch.target.url.host)?.say() }
        guard let settings = review.settings else { return .succeeded }
        let refused: [ExitStatus] = review.hasRefused ? [.configuration] : []

        let landed = Set(pushed.landed.map(\.destination))
        let refs = review.planned.filter { landed.contains($0.update.destination) }
        let isQuiet = options.verbosity == 0
        let allowsProgress = options.progress ?? StandardError.isTerminal
        let pursuit = Pursuit(
            settings: settings, target: pushed.batch.target, git: git,
            output: OutputStyle.output(
                descriptor: 2, environment: environment, allowsProgress: allowsProgress && !isQuiet),
            clock: clock, isQuiet: isQuiet, connection: review.connection)
        if options.isDryRun {
            await pursuit.describe(refs)
            return ExitStatus.combined(refused)
        }
        let worth = refs.filter(\.isWorthFollowing)
        guard worth.count <= PushReview.mostRefs else {
            if !isQuiet {
                StandardError.say("\(worth.count) refs could start runs; with more than \(PushReview.mostRefs) none is")
            }
            return ExitStatus.combined(refused)
        }
        // Where nothing is followed there is nothing to leave, and each task takes its time to be made and ended.
        guard !worth.isEmpty else { return ExitStatus.combined(refused + [await pursuit.run(refs)]) }
        async let _ = Self.leaveSoonAfterGit()
        return ExitStatus.combined(refused + [await pursuit.run(refs)])
    }

    /// Answers `git remote-hephy --version`, by which one sees which helper git finds.
    private static func sayVersion() -> ExitStatus {
        let line = Array("git-remote-hephy \(HephyVersion.text)\n".utf8)
        return line.withUnsafeBytes { write(1, $0.baseAddress, $0.count) } == line.count ? .succeeded : .gitFailed
    }

    /// Ends the process five seconds after a git that was killed: time for a request on its way to be answered and noted.
    ///
    /// What is followed ends by itself then; what the forge is still asked for could take minutes.
    @concurrent
    private static func leaveSoonAfterGit() async {
        await CallingGit.hasGone()
        try? await Task.sleep(nanoseconds: 5_000_000_000)
        if !Task.isCancelled { _exit(ExitStatus.detached.rawValue) }
    }

    /// Git has shown the problem behind each ref; the hint is ours to add.
    private func sayHint(of failure: FailureReport) -> ExitStatus {
        FailureReport(problem: nil, hint: failure.hint, status: failure.status).say()
    }
}
