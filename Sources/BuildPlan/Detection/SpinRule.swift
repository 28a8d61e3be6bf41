/// The rule `spin`.
struct SpinRule {
    let files: ContextFiles

    /// The manifest's path from the root of the tree; nil is `spin.toml` in the context.
    let manifest: String?

    func finding() throws(SourceTreeError) -> DetectionTable.Finding {
        var finding = DetectionTable.Finding(
            rule: "spin", backend: .spin, fits: false, fact: "no \(TreeText.printable(manifest ?? "spin.toml"))")
        guard let file = try files.file(at: manifest, orNamed: ["spin.toml"]) else { return finding }
        finding.path = file.path
        let shown = TreeText.printable(file.path)
        let bytes: [UInt8]?
        do {
            bytes = try files.tree.contents(of: file.target, limit: SpinManifest.byteLimit)
        } catch {
            guard case .tooLarge(_, let limit) = error else { throw error }
            finding.fact = "\(shown) has more than \(limit) bytes"
            return finding
        }
        guard let bytes else { return finding }
        switch SpinManifest.read(bytes) {
        case .manifest(let version, let key, let line):
            finding.fits = true
            finding.line = line
            finding.fact = "\(shown); \(key) = \(version == 1 ? "\"1\"" : "2")"
        case .refused(let reason, let line):
            finding.line = line
            finding.fact = "\(shown) is no Spin manifest: \(reason)"
        }
        return finding
    }
}
