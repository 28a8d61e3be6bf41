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

    /// Appends one record. A record that cannot be written is not worth failing a push for: the result says whether
    /// it was.
    @discardableResult
    package func append(_ record: RunRecord) -> Bool {
        guard let line = try? JSONEncoder().encode(record) else { return false }
        mkdir(folder, 0o777)
        prune()
        let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        // One write of less than a page, in append mode: lines of two pushes do not mix.
        let bytes = Array(line) + [UInt8(ascii: "\n")]
        return bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) } == bytes.count
    }

    /// All records; lines that are none, such as one that a full disk cut short, are passed over.
    package func all() -> [RunRecord] {
        guard let data = try? Data(contentsOf: URL(filePath: path)) else { return [] }
        return data.split(separator: UInt8(ascii: "\n")).compactMap { line in
            try? JSONDecoder().decode(RunRecord.self, from: line)
        }
    }

    /// The run that was followed last.
    package func newest() -> RunRecord? { all().last }

    private func prune() {
        var status = stat()
        guard stat(path, &status) == 0, status.st_size > Self.sizeLimit else { return }
        let kept = all().suffix(500).compactMap { try? JSONEncoder().encode($0) }
        let text = kept.reduce(into: Data()) { text, line in
            text.append(line)
            text.append(UInt8(ascii: "\n"))
        }
        try? text.write(to: URL(filePath: path), options: .atomic)
    }
}
