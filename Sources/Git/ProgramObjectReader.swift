import Subprocess

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
    private let requests: FileDescriptor
    private let answers: FileDescriptor
    private var buffer: [UInt8] = []
    private let child: Task<Void, Never>

    /// - Throws: `GitError.programNotStarted` when there are no descriptors left for the pipes.
    init(_ git: GitProgram) throws(GitError) {
        do {
            let (requestRead, requestWrite) = try FileDescriptor.pipe()
            let (answerRead, answerWrite) = try FileDescriptor.pipe()
            for descriptor in [requestRead, requestWrite, answerRead, answerWrite] {
                descriptor.closeOnExec()
            }
            requests = requestWrite
            answers = answerRead
            let environment = ChildEnvironment(git.environment)
            let directory = git.directory.map { FilePath($0) }
            // The child ends when `deinit` closes its input; until then it waits for the next id.
            child = Task.detached {
                _ = try? await Subprocess.run(
                    environment.executable("git"), arguments: ["cat-file", "--batch"],
                    environment: environment.environment, workingDirectory: directory,
                    input: .fileDescriptor(requestRead, closeAfterSpawningProcess: true),
                    output: .fileDescriptor(answerWrite, closeAfterSpawningProcess: true), error: .discarded)
            }
        } catch {
            throw .programNotStarted(reason: "\(error)")
        }
    }

    deinit {
        try? requests.close()
        try? answers.close()
    }

    /// The wire format is `<id> SP <type> SP <size> LF <bytes> LF`, or `<id> SP missing LF` (git-cat-file(1)).
    func object(_ id: ObjectID, limit: Int) throws -> RawObject? {
        do {
            try requests.writeAll("\(id.hex)\n".utf8)
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
        guard !revision.isEmpty, !revision.contains("\n"), (try? requests.writeAll("\(revision)\n".utf8)) != nil,
            let header = try? line().split(separator: " "), header.count == 3, let size = Int(header[2]),
            (try? skip(size + 1)) != nil
        else { return nil }
        return ObjectID(header[0])
    }

    private struct Ended: Error {}

    private func fill() throws {
        let count = try withUnsafeTemporaryAllocation(byteCount: 64 << 10, alignment: 1) { space in
            let count = try answers.read(into: space)
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
