/// The main packages of the context's module and the one ko would build.
struct GoModuleMains {
    /// The directories relative to the module, sorted; "" is its root.
    private(set) var mains: [String] = []

    /// The one main package: the wanted one, the only one, or the one under `cmd/` that is named after the module.
    private(set) var chosen: String?

    /// Says what was found: `one main package: ./cmd/api`; safe to print.
    private(set) var fact: String

    /// The limit that kept files of the module from being read, if there was one.
    var exceeded: String? { facts?.exceeded }

    private var facts: GoFacts?

    /// Reads the module.
    ///
    /// - Throws: `SourceTreeError.unreadable` when a directory or a file cannot be read.
    init(files: ContextFiles, goMod: ContextFiles.Found?, wanted: String?) throws(SourceTreeError) {
        fact = "no go.mod"
        guard let goMod else { return }
        guard let modulePath = try Self.modulePath(files, goMod) else {
            fact = "go.mod names no module"
            return
        }
        var facts = GoFacts(tree: files.tree, root: files.directory, modulePath: modulePath)
        if let wanted {
            try take(wanted, from: &facts)
        } else {
            mains = try facts.mainPackages()
            choose(commandName: GoModFile.commandName(of: modulePath))
        }
        if let exceeded = facts.exceeded {
            mains = []
            chosen = nil
            fact = "its packages were not counted: \(exceeded)"
        }
        self.facts = facts
    }

    /// Returns what keeps ko from building the package `path`.
    ///
    /// - Throws: `SourceTreeError.unreadable` when a directory or a file cannot be read.
    mutating func obstacles(to path: String) throws(SourceTreeError) -> [GoFacts.Obstacle] {
        try facts?.obstacles(to: path) ?? []
    }

    private static func modulePath(
        _ files: ContextFiles, _ goMod: ContextFiles.Found
    ) throws(SourceTreeError) -> String? {
        do {
            let bytes = try files.tree.contents(of: goMod.target, limit: GoModFile.byteLimit)
            return GoModFile.modulePath(in: bytes ?? [])
        } catch {
            guard case .tooLarge = error else { throw error }
            return nil
        }
    }

    private mutating func take(_ wanted: String, from facts: inout GoFacts) throws(SourceTreeError) {
        var path = wanted
        if path == facts.modulePath { path = "" }
        if path.hasPrefix(facts.modulePath + "/") { path = String(path.dropFirst(facts.modulePath.count + 1)) }
        guard let path = ContextFiles.normalized(path), try facts.isMainPackage(path) else {
            fact = "no main package in \(TreeText.printable(wanted))"
            return
        }
        mains = [path]
        chosen = path
        fact = "main package \(TreeText.printable(GoRules.shown(path)))"
    }

    private mutating func choose(commandName: String?) {
        let shown = mains.prefix(5).map { TreeText.printable(GoRules.shown($0), limit: 60) }
        switch mains.count {
        case 0: fact = "no main package"
        case 1:
            chosen = mains[0]
            fact = "one main package: \(shown[0])"
        default:
            fact = "\(mains.count) main packages: \(shown.joined(separator: ", "))"
            if mains.count > shown.count { fact += " and \(mains.count - shown.count) more" }
            guard let command = commandName.map({ "cmd/" + $0 }), mains.contains(command) else { return }
            chosen = command
            fact += "; \(TreeText.printable(GoRules.shown(command))) is named after the module"
        }
    }
}
