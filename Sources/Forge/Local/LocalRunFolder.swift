#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// The folder of one run on this machine.
///
/// `run.json` is its state, `job-1.log` and so on are the logs, `runner.log` is what the executing program itself had to
/// say. That program holds the lock of the file `lock` for as long as it lives, from before it is started: a run that is
/// not finished and whose lock is free is lost. The file `cancel` asks for the run's end.
package struct LocalRunFolder: Hashable, Sendable {
    package let path: String

    package init(_ path: String) {
        self.path = path
    }

    package var id: String { path.split(separator: "/").last.map(String.init) ?? "" }
    package var lockPath: String { "\(path)/lock" }
    /// What the executing program writes to standard output and error.
    package var runnerLog: String { "\(path)/runner.log" }
    /// For what the run needs while it goes on; removed at its end.
    package var scratch: String { "\(path)/scratch" }
    private var recordPath: String { "\(path)/run.json" }
    private var cancelPath: String { "\(path)/cancel" }
    private var reservePath: String { "\(path)/reserve" }

    /// The log of the job at this place of the record.
    package func log(ofJob index: Int) -> String { "\(path)/job-\(index + 1).log" }

    /// The state as it is written.
    ///
    /// - Throws: `FileFault` when it cannot be read; with `EINVAL` when it is no record.
    package func record() throws(FileFault) -> LocalRecord {
        let bytes = try LocalFile.contents(of: recordPath)
        guard let record = try? JSONDecoder().decode(LocalRecord.self, from: Data(bytes)),
            record.format == LocalRecord.currentFormat
        else { throw FileFault(path: recordPath, code: EINVAL) }
        return record
    }

    /// Writes the state; with it room for the next is kept, so that the end can be told on a full disk too.
    package func write(_ record: LocalRecord) throws(FileFault) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(record) else { throw FileFault(path: recordPath, code: EINVAL) }
        try LocalFile.replace(recordPath, with: Array(data))
        if !record.isFinished, !LocalFile.exists(reservePath) {
            try LocalFile.replace(reservePath, with: [UInt8](repeating: 0, count: 64 << 10))
        }
    }

    /// Gives back the room that was kept for the last words.
    package func releaseReserve() { unlink(reservePath) }

    /// The state with the truth about a run whose program has gone, which is then written down.
    ///
    /// - Throws: `FileFault` when there is no record that could be read.
    package func currentRecord() throws(FileFault) -> LocalRecord {
        let record = try record()
        guard !record.isFinished, let lock = try? LocalFile.lock(lockPath, isPatient: false) else { return record }
        defer { LocalFile.unlock(lock) }
        // It may have finished just before it went.
        var last = try self.record()
        guard !last.isFinished else { return last }
        last.finish(.lost, remark: "lost: the program that executed it is gone", at: Int64(time(nil)))
        releaseReserve()
        try? write(last)
        LocalFile.remove(scratch)
        return last
    }

    /// Asks the run to end; `reason` says why, for people, and is empty where they know.
    package func requestCancel(_ reason: String) throws(FileFault) {
        try LocalFile.replace(cancelPath, with: Array(reason.utf8))
    }

    /// Why the run is to end; nil while it is not.
    package var cancelReason: String? {
        guard LocalFile.exists(cancelPath) else { return nil }
        return (try? LocalFile.contents(of: cancelPath)).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }
}
