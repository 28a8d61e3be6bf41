/// The rules `dockerfile-buildkit` and `dockerfile`.
struct DockerfileRules {
    /// The Dockerfile's path in the tree; nil without one.
    let path: String?

    /// Says where the Dockerfile needs BuildKit; nil when it does not.
    private(set) var needsSentence: String?

    private let absence: String
    private var firstLine: Int?
    private var hint = ""

    init(files: ContextFiles, hints: DetectionHints) throws(SourceTreeError) {
        absence = "no \(TreeText.printable(hints.dockerfile ?? "Dockerfile"))"
        let found = try files.file(at: hints.dockerfile, orNamed: ["Dockerfile", "Containerfile"])
        path = found?.path
        guard let found else { return }
        do {
            guard let bytes = try files.tree.contents(of: found.target, limit: DockerfileScan.byteLimit) else { return }
            note(DockerfileScan(bytes, buildContexts: hints.buildContexts))
        } catch {
            guard case .tooLarge(_, let limit) = error else { throw error }
            needsSentence = "it has more than \(limit) bytes and was not scanned"
        }
    }

    private mutating func note(_ scan: DockerfileScan) {
        if let first = scan.needs.first {
            firstLine = first.line
            var places = scan.needs.prefix(5).map { "line \($0.line): \($0.detail)" }
            if scan.needs.count > 5 { places.append("\(scan.needs.count - 5) more") }
            needsSentence = places.joined(separator: ", ") + (scan.needs.count == 1 ? " needs" : " need") + " BuildKit"
        } else if let link = scan.hints.first {
            hint = "; line \(link.line): \(link.detail) has no effect with kaniko"
        } else if scan.stages.isEmpty {
            hint = "; it has no FROM"
        }
    }

    var buildKitFinding: DetectionTable.Finding {
        var finding = DetectionTable.Finding(
            rule: "dockerfile-buildkit", backend: .buildkit, fits: needsSentence != nil, path: path, line: firstLine,
            fact: absence)
        if let path {
            finding.fact = TreeText.printable(path) + "; " + (needsSentence ?? "nothing in it needs BuildKit")
        }
        return finding
    }

    var kanikoFinding: DetectionTable.Finding {
        var finding = DetectionTable.Finding(
            rule: "dockerfile", backend: .kaniko, fits: path != nil && needsSentence == nil, path: path, fact: absence)
        if let path {
            finding.fact = TreeText.printable(path)
            finding.fact += needsSentence == nil ? "; nothing in it needs BuildKit\(hint)" : " needs more than kaniko"
        }
        return finding
    }
}
