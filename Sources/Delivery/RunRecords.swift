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

/// The followed runs of one repository, oldest first, in a file of JSON lines that several pushes may append to.
package struct RunRecords: Sendable {
    private let folder: String
    private var path: String { "\(folder)/runs.jsonl" }

    /// Beyond this size the older half is dropped.
    private static let sizeLimit = 512 << 10

    /// - Parameter commonDirectory: the repository's common git directory.
    package init(commonDirectory: String) {
        folder = "\(commonDirectory)/hephy"
    }

    /// Appends one record.
    ///
    /// A record that cannot be written is not worth failing a push for: the result says whether it was.
    @discardableResult
    package func append(_ record: RunRecord) -> Bool {
        guard let line = try? JSONEncoder().encode(record) else { return false }
        mkdir(folder, 0o777)
        prune()
        guard let (descriptor, size) = open(O_RDWR | O_CREAT | O_APPEND) else { return false }
        defer { close(descriptor) }
        // A line that a full disk or a kill cut short would swallow this one.
        var last = UInt8(ascii: "\n")
        if size > 0 { _ = pread(descriptor, &last, 1, size - 1) }
        let start = last == UInt8(ascii: "\n") ? [] : [UInt8(ascii: "\n")]
        // One write of less than a page, in append mode: lines of two pushes do not mix.
        let bytes = start + Array(line) + [UInt8(ascii: "\n")]
        return bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) } == bytes.count
    }

    /// All records; lines that are none, such as one that a full disk cut short, are passed over.
    package func all() -> [RunRecord] {
        guard let (descriptor, size) = open(O_RDONLY) else { return [] }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        while bytes.count < size {
            let count = withUnsafeTemporaryAllocation(byteCount: 64 << 10, alignment: 1) { space in
                let count = read(descriptor, space.baseAddress, space.count)
                if count > 0 { bytes.append(contentsOf: space[..<count]) }
                return count
            }
            if count <= 0 { break }
        }
        return bytes.split(separator: UInt8(ascii: "\n")).compactMap { line in
            try? JSONDecoder().decode(RunRecord.self, from: Data(line))
        }
    }

    /// Opens the file without waiting for anybody, as the opening of a pipe would; nil where it is no regular file.
    private func open(_ flags: Int32) -> (descriptor: Int32, size: off_t)? {
        #if canImport(Darwin)
            let descriptor = Darwin.open(path, flags | O_CLOEXEC | O_NONBLOCK, 0o666)
        #else
            let descriptor = Glibc.open(path, flags | O_CLOEXEC | O_NONBLOCK, 0o666)
        #endif
        guard descriptor >= 0 else { return nil }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            return nil
        }
        return (descriptor, status.st_size)
    }

    /// The run that was followed last.
    package func newest() -> RunRecord? { all().last }

    private func prune() {
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size > Self.sizeLimit else {
            return
        }
        let kept = all().suffix(500).compactMap { try? JSONEncoder().encode($0) }
        let text = kept.reduce(into: Data()) { text, line in
            text.append(line)
            text.append(UInt8(ascii: "\n"))
        }
        try? text.write(to: URL(filePath: path), options: .atomic)
    }
}
