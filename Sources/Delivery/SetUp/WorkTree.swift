import BuildPlan

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The files of a work tree, read and written without following any link out of it.
package struct WorkTree: Sendable {
    /// The root, absolute.
    package let root: String

    package init(_ root: String) {
        self.root = root
    }

    /// The bytes of a file; nil where there is none.
    ///
    /// - Throws: `DeliveryError.setUp` for anything but a file, and for a link on the way, which a commit holds without
    ///   what is behind it; `.tree` when it cannot be read or has more than `limit` bytes.
    package func contents(of path: String, limit: Int) throws(DeliveryError) -> [UInt8]? {
        guard try kind(of: path) != nil else { return nil }
        guard let data = try? Data(contentsOf: URL(filePath: "\(root)/\(path)")) else {
            throw .tree(.unreadable(path: path, reason: "it may not be read"))
        }
        guard data.count <= limit else { throw .tree(.tooLarge(path: path, limit: limit)) }
        return Array(data)
    }

    /// The paths of what lies directly in a folder, sorted; none where there is no such folder.
    package func files(in folder: String) -> [String] {
        let names = try? FileManager.default.contentsOfDirectory(atPath: "\(root)/\(folder)")
        return (names ?? []).sorted().map { "\(folder)/\($0)" }
    }

    /// Writes a file, its folders included; it is never seen half written.
    ///
    /// - Throws: `DeliveryError.setUp` when something is in the way or nothing can be written.
    package func write(_ text: String, to path: String) throws(DeliveryError) {
        _ = try kind(of: path)
        let folder = path.split(separator: "/").dropLast().joined(separator: "/")
        do {
            try FileManager.default.createDirectory(
                atPath: "\(root)/\(folder)", withIntermediateDirectories: true)
            try Data(text.utf8).write(to: URL(filePath: "\(root)/\(path)"), options: .atomic)
        } catch {
            throw .setUp(.notWritten(path: path, reason: Self.words(error)))
        }
    }

    /// What is at `path`: a file, or nothing.
    private func kind(of path: String) throws(DeliveryError) -> FileAttributeType? {
        var reached = ""
        for (index, name) in path.split(separator: "/").enumerated() {
            reached += index == 0 ? String(name) : "/\(name)"
            let attributes = try? FileManager.default.attributesOfItem(atPath: "\(root)/\(reached)")
            guard let type = attributes?[.type] as? FileAttributeType else { return nil }
            switch (type, reached == path) {
            case (.typeSymbolicLink, _): throw .setUp(.inTheWay(path: reached, what: "a symbolic link"))
            case (.typeDirectory, false), (.typeRegular, true): continue
            case (.typeDirectory, true): throw .setUp(.inTheWay(path: reached, what: "a directory"))
            case (.typeRegular, false): throw .setUp(.inTheWay(path: reached, what: "a file and no directory"))
            default: throw .setUp(.inTheWay(path: reached, what: "no file"))
            }
        }
        return .typeRegular
    }

    private static func words(_ error: any Error) -> String {
        if let error = error as? CocoaError {
            switch error.code {
            case .fileWriteNoPermission: return "permission denied"
            case .fileWriteVolumeReadOnly: return "the file system is read-only"
            case .fileWriteOutOfSpace: return "no space left on the device"
            default: break
            }
        }
        return "\(error)"
    }
}
