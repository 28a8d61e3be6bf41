package import Forge

/// Finds the runs that a push or a dispatch started; forges create them some seconds later.
package struct RunSearch: Sendable {
    /// What a push is expected to start.
    package struct Wanted: Sendable {
        package var headSHA: String
        /// The branch or tag's short name, nil for any.
        package var headBranch: String?
        /// What must have started the run; nil for anything.
        package var event: String? = "push"
        /// File name of the only workflow that is wanted, nil for all.
        package var workflow: String?
        /// Paths of workflows that start for certain.
        package var certain: Set<String> = []
        /// Whether others may start too, which is not known beforehand.
        package var mayStartOthers = true
        /// Runs that a listing made before the push already held.
        package var knownIDs: Set<String> = []
        /// Only runs created at or after this second of the forge's clock.
        package var createdSince: Int64?
        /// How long before this search the push began, for a push before which no listing could be made.
        ///
        /// Runs that the forge made earlier, by its own clock, are not the push's.
        package var age: Duration?
        /// How long to wait for the rest of the certain runs once one has appeared.
        package var patienceForRest: Duration = .seconds(10)

        package init(headSHA: String, headBranch: String?) {
            self.headSHA = headSHA
            self.headBranch = headBranch
        }
    }

    private let forge: any Forge
    private let clock: any Clock<Duration>
    private let isAnonymous: Bool

    /// How long runs are looked for.
    package var deadline: Duration = .seconds(60)
    /// How long no further run must have appeared where it is not known how many there are.
    package var settleTime: Duration = .seconds(5)
    /// The pause before the first look; a run that was pushed a while ago needs none.
    package var firstPause: Duration = .seconds(1)

    /// `isAnonymous` says that there is no token, so looks are rarer.
    package init(forge: any Forge, clock: any Clock<Duration>, isAnonymous: Bool = false) {
        self.forge = forge
        self.clock = clock
        self.isAnonymous = isAnonymous
    }

    /// The runs of a push, oldest first: as soon as all certain ones are there and, where others may start, no new one
    /// has appeared for the settle time; at the deadline those that are there, which may be none.
    ///
    /// - Throws: `ForgeError` at once for errors that stay, at the deadline for one that did not go away in time.
    package func runs(_ wanted: Wanted) async throws(ForgeError) -> [Run] {
        let query = RunQuery(
            headSHA: wanted.headSHA, headBranch: wanted.headBranch, event: wanted.event, workflow: wanted.workflow,
            createdSince: wanted.createdSince)
        var found: [Run] = []
        var newestAt: Duration = .zero
        try await poll(for: deadline, firstPause: firstPause) { now throws(ForgeError) in
            let matching = try await forge.runs(matching: query).filter { run in
                Self.matches(run, wanted) && isYoungEnough(run, wanted, searchedFor: now)
            }
            if Set(matching.map(\.id)) != Set(found.map(\.id)) { newestAt = now }
            found = matching
            let isComplete = wanted.certain.allSatisfy { path in found.contains { $0.isRun(of: path) } }
            if found.isEmpty { return false }
            if !isComplete { return now - newestAt >= wanted.patienceForRest }
            return !wanted.mayStartOthers || now - newestAt >= settleTime
        } orAtDeadline: {
            !found.isEmpty
        }
        // Runs of one push are made in the same second; their ids tell the order.
        return found.sorted { ($0.createdAt, $0.id.utf8.count, $0.id) < ($1.createdAt, $1.id.utf8.count, $1.id) }
    }

    /// Whether a run can be that of a push which began `wanted.age` before the search.
    private func isYoungEnough(_ run: Run, _ wanted: Wanted, searchedFor: Duration) -> Bool {
        guard let age = wanted.age else { return true }
        // A forge without a clock tells only that what has finished already was there before.
        guard let serverTime = forge.serverTime() else { return !run.state.isFinished }
        let seconds = (age + searchedFor).components.seconds + 5
        return run.createdAt >= serverTime - seconds
    }

    /// The run that was dispatched with `nonce` in its title; nil where none appeared before the deadline.
    ///
    /// `workflow` is the workflow's file name, `serverTime` the forge's clock just before the dispatch in seconds since
    /// 1970; runs made more than five seconds before it do not count.
    ///
    /// - Throws: `ForgeError` as `runs(_:)` does.
    package func run(
        nonce: String, workflow: String, branch: String?, serverTime: Int64?
    ) async throws(ForgeError) -> Run? {
        guard !nonce.isEmpty else { return nil }
        let since = serverTime.map { $0.subtractingReportingOverflow(5).partialValue }
        let query = RunQuery(
            headBranch: branch, event: "workflow_dispatch", workflow: workflow, createdSince: since)
        var found: Run?
        try await poll(for: deadline, firstPause: firstPause) { _ throws(ForgeError) in
            found = try await forge.runs(matching: query).first {
                $0.title.contains(nonce) && (since == nil || $0.createdAt >= since ?? 0)
            }
            return found != nil
        } orAtDeadline: {
            found != nil
        }
        return found
    }

    /// The run that was dispatched when `id`, a number, was that of the newest; nil where none appeared before the
    /// deadline.
    ///
    /// - Throws: `ForgeError` as `runs(_:)` does.
    package func run(after id: String, workflow: String, branch: String?) async throws(ForgeError) -> Run? {
        let newest = Int64(id) ?? 0
        let query = RunQuery(headBranch: branch, event: "workflow_dispatch", workflow: workflow)
        var found: Run?
        try await poll(for: deadline, firstPause: .zero) { _ throws(ForgeError) in
            found = try await forge.runs(matching: query).filter { Int64($0.id) ?? 0 > newest }
                .min { Int64($0.id) ?? 0 < Int64($1.id) ?? 0 }
            return found != nil
        } orAtDeadline: {
            found != nil
        }
        return found
    }

    /// The run with an id that the forge just told; its record may follow up to half a minute later, and a forge that is
    /// away is asked for ten minutes.
    ///
    /// - Throws: `ForgeError.notFound` when it did not follow, other errors as `runs(_:)` does.
    package func run(_ id: String) async throws(ForgeError) -> Run {
        var found: Run?
        var missing = ForgeError.notFound(host: "", what: "run \(id)")
        try await poll(for: .seconds(600), firstPause: .zero) { now throws(ForgeError) in
            do throws(ForgeError) {
                found = try await forge.run(id)
                return true
            } catch {
                guard case .notFound = error else { throw error }
                missing = error
                return now >= .seconds(30)
            }
        } orAtDeadline: {
            found != nil
        }
        guard let found else { throw missing }
        return found
    }

    /// The next attempt of a run that was just started again; as the forge tells the run, where that does not follow.
    ///
    /// - Throws: `ForgeError` as `runs(_:)` does.
    package func nextAttempt(of run: Run) async throws(ForgeError) -> Run {
        var found = run
        try await poll(for: .seconds(30), firstPause: .zero) { _ throws(ForgeError) in
            found = try await forge.run(run.id)
            return found.attempt > run.attempt || !found.state.isFinished
        } orAtDeadline: {
            true
        }
        return found
    }

    /// The forge filters too; but a server that ignores a parameter must not make us follow another push's run.
    private static func matches(_ run: Run, _ wanted: Wanted) -> Bool {
        guard run.headSHA.lowercased() == wanted.headSHA.lowercased(), !wanted.knownIDs.contains(run.id) else {
            return false
        }
        if let event = wanted.event, run.event != event { return false }
        if let branch = wanted.headBranch, let ran = run.headBranch, ran != branch { return false }
        if let since = wanted.createdSince, run.createdAt < since { return false }
        if let workflow = wanted.workflow, !run.workflowPath.isEmpty {
            return run.workflowPath.split(separator: "/").last.map(String.init) == workflow
        }
        return true
    }

    /// Looks until `look` says that it is done or `span` has passed; transient errors count as a look without result.
    ///
    /// - Throws: errors that stay; at the end the last transient one, unless `orAtDeadline` says there is a result.
    private func poll(
        for span: Duration, firstPause: Duration, _ look: (_ now: Duration) async throws(ForgeError) -> Bool,
        orAtDeadline isEnough: () -> Bool
    ) async throws(ForgeError) {
        let time = TailClock(clock)
        var pauses = (isAnonymous ? [7, 10, 15] : [2, 2, 3, 3, 5]).map { Duration.seconds($0) }[...]
        let last = pauses.last ?? .seconds(5)
        var pause = firstPause
        while true {
            guard await time.sleep(for: min(pause, span - time.now)) else { throw .cancelled }
            pause = max(pauses.popFirst() ?? last, forge.leastPause)
            var trouble: ForgeError?
            var isTooLong = false
            do {
                if try await look(time.now) { return }
            } catch  where error.isTransient {
                trouble = error
                if case .rateLimited(_, let retryAfter, _) = error {
                    pause = max(pause, retryAfter)
                    isTooLong = retryAfter > span - time.now
                }
            }
            if time.now >= span || isTooLong {
                if let trouble, !isEnough() { throw trouble }
                return
            }
        }
    }
}
