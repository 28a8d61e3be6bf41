/// The Go packages of a module, read from a commit without a Go toolchain.
struct GoFacts {
    /// Bounds a walk; a module beyond them is not decided.
    struct Limits {
        var directories = 50_000
        var files = 20_000
        var bytes = 256 << 20
        var depth = 64
        /// A larger file takes no part: machines write such ones, and they declare no `func main()`.
        var fileBytes = 8 << 20
    }

    /// Something that keeps ko from building a package.
    struct Obstacle: Equatable {
        /// The file, relative to the module: `internal/store/db.go`.
        var path: String
        var line: Int
        /// Safe to print.
        var fact: String
    }

    let tree: any SourceTree

    /// The module's directory in the tree.
    let root: String

    let modulePath: String

    private let limits: Limits
    private var embeds: GoEmbed
    private var readFiles = 0
    private var readBytes = 0

    /// What a walk stopped at, if it did: `more than 20000 Go files`.
    private(set) var exceeded: String?

    init(tree: any SourceTree, root: String, modulePath: String, limits: Limits = Limits()) {
        self.tree = tree
        self.root = root
        self.modulePath = modulePath
        self.limits = limits
        embeds = GoEmbed(tree: tree, budget: limits.directories)
    }

    /// Returns the directories of the module that hold a main package, relative to it, sorted; "" is its root.
    ///
    /// Passes over `vendor`, `testdata`, what begins with `_` or `.`, other modules, submodules and links. Of a package
    /// that is no main package one file is read, as a rule.
    ///
    /// - Throws: `SourceTreeError.unreadable` when a directory or a file cannot be read.
    mutating func mainPackages() throws(SourceTreeError) -> [String] {
        var found: [String] = []
        var pending = [(path: "", depth: 0)]
        var directories = 0
        while let (path, depth) = pending.popLast(), exceeded == nil {
            directories += 1
            if max(directories, pending.count) > limits.directories {
                exceeded = "more than \(limits.directories) directories"
            }
            guard let entries = try tree.entries(of: ContextFiles.joined(root, path)) else { continue }
            if depth > 0, entries.contains(where: { $0.name == "go.mod" && $0.kind != .directory }) { continue }
            if try isMain(path, entries) { found.append(path) }
            for entry in entries where entry.kind == .directory && Self.isWalked(entry.name) {
                guard depth < limits.depth else {
                    exceeded = "directories more than \(limits.depth) deep"
                    break
                }
                pending.append((ContextFiles.joined(path, entry.name), depth + 1))
            }
        }
        return found.sorted()
    }

    /// Whether one directory, relative to the module, holds a main package.
    ///
    /// - Throws: `SourceTreeError.unreadable` when the directory or a file of it cannot be read.
    mutating func isMainPackage(_ path: String) throws(SourceTreeError) -> Bool {
        guard let entries = try tree.entries(of: ContextFiles.joined(root, path)) else { return false }
        return try isMain(path, entries)
    }

    /// Returns what keeps ko from building the package at `path`: cgo, or embedded files that the commit lacks.
    ///
    /// Looks at the package and at those of the module it imports, directly or not.
    ///
    /// - Throws: `SourceTreeError.unreadable` when a directory or a file cannot be read.
    mutating func obstacles(to path: String) throws(SourceTreeError) -> [Obstacle] {
        var obstacles: [Obstacle] = []
        var seen: Set<String> = [path]
        var pending = [path]
        while let directory = pending.popLast(), exceeded == nil {
            guard let entries = try tree.entries(of: ContextFiles.joined(root, directory)) else { continue }
            if directory != path, entries.contains(where: { $0.name == "go.mod" }) { continue }
            for name in Self.sources(entries, for: GoTarget.cgo) {
                let file = ContextFiles.joined(directory, name)
                guard let source = try source(file, depth: .everything) else { continue }
                if let line = source.cgoLine, Self.isBuilt(source, name, for: GoTarget.cgo) {
                    obstacles.append(Obstacle(path: file, line: line, fact: "import \"C\" (ko builds without cgo)"))
                }
                guard source.cgoLine == nil, Self.isBuilt(source, name, for: GoTarget.ko) else { continue }
                obstacles += try missingEmbeds(of: source, in: directory, file)
                for target in source.imports.compactMap(directory(ofImport:)) where seen.insert(target).inserted {
                    pending.append(target)
                }
            }
            if seen.count > limits.directories { exceeded = "more than \(limits.directories) packages" }
            if embeds.budget == 0 { exceeded = "more than \(limits.directories) directories to embed from" }
        }
        return obstacles
    }

    private static func isWalked(_ name: String) -> Bool {
        !(name.hasPrefix(".") || name.hasPrefix("_") || name == "vendor" || name == "testdata")
    }

    /// The files of a directory whose names let one of `targets` build them, `main.go` first.
    private static func sources(_ entries: [SourceEntry], for targets: [GoTarget]) -> [String] {
        let names = entries.filter { entry in
            entry.kind == .file && entry.name.hasSuffix(".go") && !entry.name.hasSuffix("_test.go")
                && !entry.name.hasPrefix(".") && !entry.name.hasPrefix("_")
                && targets.contains { $0.admits(fileNamed: entry.name) }
        }.map(\.name)
        return names.filter { $0 == "main.go" } + names.filter { $0 != "main.go" }
    }

    private static func isBuilt(_ source: GoSource, _ name: String, for targets: [GoTarget]) -> Bool {
        targets.contains { $0.admits(fileNamed: name) && source.constraint.isSatisfied(for: $0) }
    }

    private mutating func isMain(_ path: String, _ entries: [SourceEntry]) throws(SourceTreeError) -> Bool {
        for name in Self.sources(entries, for: GoTarget.ko) {
            // A command that needs cgo is one all the same; `obstacles` says that ko cannot build it.
            guard let source = try source(ContextFiles.joined(path, name), depth: .mainFunction),
                let package = source.package, package != "documentation",
                Self.isBuilt(source, name, for: source.cgoLine == nil ? GoTarget.ko : GoTarget.cgo)
            else { continue }
            guard package == "main" else { return false }
            if source.declaresMain { return true }
        }
        return false
    }

    private mutating func source(_ file: String, depth: GoSource.Depth) throws(SourceTreeError) -> GoSource? {
        guard exceeded == nil else { return nil }
        readFiles += 1
        guard readFiles <= limits.files else {
            exceeded = "more than \(limits.files) Go files"
            return nil
        }
        do {
            let path = ContextFiles.joined(root, file)
            guard let bytes = try tree.contents(of: path, limit: limits.fileBytes) else { return nil }
            readBytes += bytes.count
            if readBytes > limits.bytes { exceeded = "more than \(limits.bytes >> 20) MiB of Go files" }
            return GoSource(bytes, depth: depth)
        } catch {
            guard case .tooLarge = error else { throw error }
            return nil
        }
    }

    private mutating func missingEmbeds(
        of source: GoSource, in directory: String, _ file: String
    ) throws(SourceTreeError) -> [Obstacle] {
        var missing: [Obstacle] = []
        for embed in source.embeds {
            guard let patterns = embed.patterns else {
                missing.append(Obstacle(path: file, line: embed.line, fact: "a malformed //go:embed"))
                continue
            }
            for pattern in patterns {
                let place = ContextFiles.joined(root, directory)
                guard let fault = try embeds.fault(of: pattern, in: place) else { continue }
                let shown = TreeText.printable(pattern, limit: 60)
                missing.append(Obstacle(path: file, line: embed.line, fact: "//go:embed '\(shown)' \(fault)"))
            }
        }
        return missing
    }

    /// The directory, relative to the module, of an import of the module's own.
    private func directory(ofImport path: String) -> String? {
        if path == modulePath { return "" }
        guard path.hasPrefix(modulePath + "/") else { return nil }
        return ContextFiles.normalized(String(path.dropFirst(modulePath.count + 1)))
    }
}
