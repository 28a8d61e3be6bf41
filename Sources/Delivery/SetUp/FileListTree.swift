package import BuildPlan

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The files of a work tree that a first commit would hold, in the form in which the plan reads a tree.
package struct FileListTree: SourceTree {
    private let root: String
    private let directories: [String: [SourceEntry]]

    /// - Parameters:
    ///   - root: the root of the work tree.
    ///   - paths: the files, as `git ls-files` gives them.
    package init(root: String, paths: [String]) {
        self.root = root
        var kinds: [String: [String: SourceEntryKind]] = ["": [:]]
        for path in paths {
            let attributes = try? FileManager.default.attributesOfItem(atPath: "\(root)/\(path)")
            guard let type = attributes?[.type] as? FileAttributeType else { continue }
            // A folder in the list is a repository of its own.
            var kind: SourceEntryKind =
                type == .typeSymbolicLink ? .symbolicLink : type == .typeDirectory ? .submodule : .file
            var rest = path.split(separator: "/")
            while let name = rest.popLast() {
                kinds[rest.joined(separator: "/"), default: [:]][String(name)] = kind
                kind = .directory
            }
        }
        directories = kinds.mapValues { names in
            // git's order: a directory as if its name ended in a slash.
            names.map { SourceEntry(name: $0.key, kind: $0.value) }
                .sorted { Self.key($0).lexicographicallyPrecedes(Self.key($1)) }
        }
    }

    package func entries(of directory: String) throws(SourceTreeError) -> [SourceEntry]? { directories[directory] }

    package func contents(of path: String, limit: Int) throws(SourceTreeError) -> [UInt8]? {
        let parts = path.split(separator: "/")
        let name = parts.last.map(String.init)
        let entry = directories[parts.dropLast().joined(separator: "/")]?.first { $0.name == name }
        switch entry?.kind {
        case .file:
            guard let data = try? Data(contentsOf: URL(filePath: "\(root)/\(path)")) else {
                throw .unreadable(path: path, reason: "it may not be read")
            }
            guard data.count <= limit else { throw .tooLarge(path: path, limit: limit) }
            return Array(data)
        case .symbolicLink:
            let target = try? FileManager.default.destinationOfSymbolicLink(atPath: "\(root)/\(path)")
            return target.map { Array($0.utf8) }
        case .directory, .submodule, nil: return nil
        }
    }

    private static func key(_ entry: SourceEntry) -> [UInt8] {
        Array(entry.name.utf8) + (entry.kind == .directory ? [UInt8(ascii: "/")] : [])
    }
}
