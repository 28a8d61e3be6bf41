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

/// Reads objects through one `git cat-file --batch`, which knows every repository format and fetches what a partial
/// clone lacks.
///
/// It blocks, so it is used on a `BlockingThread` alone.
final class ProgramObjectReader: ObjectReader {
    private let requests: Pipe
    private let answers: Pipe
    private var buffer: [UInt8] = []
    private let child: ChildProcess

    /// - Throws: `GitError.programNotStarted` when there is no `git`, or no descriptors are left for the pipes.
    init(_ git: GitProgram) throws(GitError) {
        let requests: Pipe
        let answers: Pipe
        do {
            requests = try Pipe()
            answers = try Pipe()
        } catch {
            throw .programNotStarted(reason: "\(error)")
        }
        let nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC)
        defer {
            close(nowhere)
            requests.closeReadEnd()
            answers.closeWriteEnd()
        }
        // The child ends when `deinit` closes its input; until then it waits for the next id.
        let child = try ChildProcess(
            "git", git.words(["cat-file", "--batch"]), environment: git.environment,
            input: requests.readEnd.rawValue, output: answers.writeEnd.rawValue,
            errors: nowhere)
        self.requests = requests
        self.answers = answers
        self.child = child
    }

    deinit {
        requests.closeWriteEnd()
        answers.closeReadEnd()
        let child = child
        BlockingThread.start { _ = child.wait() }
    }

    /// The wire format is `<id> SP <type> SP <size> LF <bytes> LF`, or `<id> SP missing LF` (git-cat-file(1)).
    func object(_ id: ObjectID, limit: Int) throws -> RawObject? {
        do {
            try requests.writeEnd.writeAll("\(id.hex)\n".utf8)
            let header = try line().split(separator: " ")
            guard header.count == 3, let kind = RawObject.Kind(rawValue: String(header[1])), let size = Int(header[2])
            else { return nil }
            if size > limit {
                try skip(size + 1)
                throw ObjectTooLarge(size: size)
            }
            let bytes = try take(size + 1).dropLast()
            return RawObject(kind: kind, bytes: Array(bytes))
        } catch let error as ObjectTooLarge {
            throw error
        } catch {
            throw GitError.unreadableObject(id: id.hex, reason: "git cat-file ended")
        }
    }

    func id(of revision: String) -> ObjectID? {
        // A line feed would be a second question.
        guard !revision.isEmpty, !revision.utf8.contains(UInt8(ascii: "\n")),
            (try? requests.writeEnd.writeAll("\(revision)\n".utf8)) != nil,
            let header = try? line().split(separator: " "), header.count == 3, let size = Int(header[2]),
            (try? skip(size + 1)) != nil
        else { return nil }
        return ObjectID(header[0])
    }

    private struct Ended: Error {}

    private func fill() throws {
        let count = try withUnsafeTemporaryAllocation(byteCount: 64 << 10, alignment: 1) { space in
            let count = try answers.readEnd.read(into: space)
            buffer.append(contentsOf: space[..<count])
            return count
        }
        if count == 0 { throw Ended() }
    }

    private func line() throws -> String {
        while true {
            if let end = buffer.firstIndex(of: UInt8(ascii: "\n")) {
                defer { buffer.removeFirst(end + 1) }
                return String(decoding: buffer[..<end], as: UTF8.self)
            }
            try fill()
        }
    }

    private func take(_ count: Int) throws -> [UInt8] {
        while buffer.count < count { try fill() }
        defer { buffer.removeFirst(count) }
        return Array(buffer[..<count])
    }

    private func skip(_ count: Int) throws {
        var left = count
        while left > 0 {
            if buffer.isEmpty { try fill() }
            let dropped = min(left, buffer.count)
            buffer.removeFirst(dropped)
            left -= dropped
        }
    }
}
