import Synchronization

/// Lets one request at a time through, in the order in which they came.
final class RequestTurn: Sendable {
    private struct State {
        var isTaken = false
        var nextTicket: UInt64 = 0
        var waiting: [(ticket: UInt64, continuation: CheckedContinuation<Bool, Never>)] = []
        /// Tickets whose task was cancelled before it stood in line.
        var cancelled: Set<UInt64> = []
    }

    private let state = Mutex(State())

    /// Waits for its turn; every call that returns must be followed by one of ``leave()``.
    ///
    /// - Throws: `ForgeError.cancelled` when the task is cancelled before its turn comes.
    func enter() async throws(ForgeError) {
        let ticket = state.withLock { state in
            state.nextTicket += 1
            return state.nextTicket
        }
        let isMine = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let answer: Bool? = state.withLock { state in
                    if state.cancelled.remove(ticket) != nil { return false }
                    if !state.isTaken {
                        state.isTaken = true
                        return true
                    }
                    state.waiting.append((ticket, continuation))
                    return nil
                }
                if let answer { continuation.resume(returning: answer) }
            }
        } onCancel: {
            abandon(ticket)
        }
        state.withLock { _ = $0.cancelled.remove(ticket) }
        guard isMine else { throw .cancelled }
        if Task.isCancelled {
            leave()
            throw .cancelled
        }
    }

    /// Ends the turn that ``enter()`` gave.
    func leave() {
        let next = state.withLock { state -> CheckedContinuation<Bool, Never>? in
            guard !state.waiting.isEmpty else {
                state.isTaken = false
                return nil
            }
            return state.waiting.removeFirst().continuation
        }
        next?.resume(returning: true)
    }

    private func abandon(_ ticket: UInt64) {
        let continuation = state.withLock { state -> CheckedContinuation<Bool, Never>? in
            guard let index = state.waiting.firstIndex(where: { $0.ticket == ticket }) else {
                state.cancelled.insert(ticket)
                return nil
            }
            return state.waiting.remove(at: index).continuation
        }
        continuation?.resume(returning: false)
    }
}
