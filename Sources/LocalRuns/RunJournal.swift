import Forge
import Synchronization

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// The state of the run that is being executed, written down at each change.
final class RunJournal: Sendable {
    let folder: LocalRunFolder
    private let state: Mutex<State>

    private struct State {
        var record: LocalRecord
        /// What hindered the state or a log from being written.
        var fault: FileFault?
    }

    init(_ folder: LocalRunFolder, _ record: LocalRecord) {
        self.folder = folder
        state = Mutex(State(record: record))
    }

    var record: LocalRecord { state.withLock { $0.record } }

    /// What hindered the state or a log from being written; the run cannot go on.
    var fault: FileFault? { state.withLock { $0.fault } }

    func note(_ fault: FileFault) {
        state.withLock { $0.fault = $0.fault ?? fault }
    }

    /// Changes the state and writes it down.
    ///
    /// - Throws: `LocalRunsError.file` when it cannot be written; that is noted as well.
    func update(_ change: (inout LocalRecord) -> Void) throws(LocalRunsError) {
        let fault = state.withLock { state in
            change(&state.record)
            state.record.updatedAt = Self.now
            return write(&state)
        }
        if let fault { throw .file(fault) }
    }

    /// Writes the end down, with the room that was kept for it where there is no other.
    func finish(_ ending: LocalRecord.Ending, remark: String?) {
        state.withLock { state in
            state.record.finish(ending, remark: remark, at: Self.now)
            folder.releaseReserve()
            // A run that cannot even tell its end counts as lost, which is no lie.
            _ = write(&state)
        }
    }

    private func write(_ state: inout State) -> FileFault? {
        do throws(FileFault) {
            try folder.write(state.record)
            return nil
        } catch {
            state.fault = state.fault ?? error
            return error
        }
    }

    static var now: Int64 { Int64(time(nil)) }
}
