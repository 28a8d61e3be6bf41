import BuildPlan
import Git
import RemoteHelper
import RunTail

/// The runs on this machine that a push to one of its repositories leads to.
struct ReceivedRun {
    private let received: ReceivedPush
    private let place: ReceivingRepository

    init(_ received: ReceivedPush, in place: ReceivingRepository) {
        self.received = received
        self.place = place
    }

    /// Starts and follows the runs of refs that have landed, as a push to the embedded forge does.
    func afterwards() async -> ExitStatus {
        let review = PushReview(git: place.git)
        let refused = await review.judge(batch)
        if let failure = review.optionFailure { return failure.say() }
        guard let settings = review.settings else { return .succeeded }
        let statuses: [ExitStatus] = refused.isEmpty ? [] : [.configuration]
        let refs = review.planned
        guard refs.count <= PushReview.mostRefs else {
            StandardError.say("\(refs.count) refs could start runs; with more than \(PushReview.mostRefs) none is")
            return ExitStatus.combined(statuses)
        }
        return ExitStatus.combined(statuses + [await pursuit(settings, review.connection).run(refs)])
    }

    /// Runs and follows what is to be built before the push may land.
    ///
    /// - Returns: `.succeeded` where every branch and tag is green; else why it may not has been said.
    func beforehand() async -> ExitStatus {
        let built = received.built
        guard built.count <= PushReview.mostRefs else {
            return FailureReport(.hook(.tooManyRefs(built.count, limit: PushReview.mostRefs))).say()
        }
        let review = PushReview(git: place.git)
        let refused = await review.judge(batch)
        if let failure = review.optionFailure { return failure.say() }
        guard refused.isEmpty, var settings = review.settings else { return .configuration }
        guard settings.trigger.value != .none else { return FailureReport(.hook(.gateIsAsked)).say() }
        let planned = Set(review.planned.map(\.update.destination))
        if let unread = built.first(where: { !planned.contains($0.ref) }) {
            return FailureReport(.hook(.notBuildable(ref: unread.shortName))).say()
        }
        // The verdict is waited for, whoever wants to see it.
        settings.follow.value = true
        let status = await pursuit(settings, review.connection).run(review.planned)
        if status != .succeeded {
            StandardError.say("nothing of the push is taken: this repository takes what is green")
        }
        return status
    }

    private var batch: PushBatch {
        var options = PushOptions()
        options.ownOptions = received.ownOptions
        options.progress = false
        return PushBatch(
            updates: received.refUpdates, options: options,
            remoteRefs: Dictionary(
                received.updates.compactMap { update in update.old.map { (update.ref, $0) } },
                uniquingKeysWith: { $1 }),
            target: target)
    }

    private var target: RemoteTarget { RemoteTarget(remoteName: nil, url: place.url, config: place.config) }

    private func pursuit(_ settings: PushSettings, _ connection: ForgeConnection?) -> Pursuit {
        Pursuit(
            settings: settings, target: target, git: place.git, output: PlainOutput(descriptor: 2),
            clock: ContinuousClock(), isQuiet: false, connection: connection, serverRepository: place.name)
    }
}
