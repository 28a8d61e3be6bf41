/// Which backend a commit asks for, and why.
///
/// `reason` and `evidence` are safe to print; the three paths are as the tree has them, to be built from.
package struct Detection: Sendable, Hashable {
    /// The backend; nil when no rule fitted.
    package var backend: Backend?

    /// Says why in one line, as in `go.mod; one main package: ./cmd/api; no Dockerfile`.
    package var reason: String

    /// What each rule found, in table order.
    package var evidence: [Evidence]

    /// The directory ko would build, relative to the context: `./cmd/api`, or `.`.
    ///
    /// Nil when there is no one candidate, and when an earlier rule won before packages were counted.
    package var koMain: String?

    /// The path in the tree of the Dockerfile; also set when its rule lost.
    package var dockerfile: String?

    /// The path in the tree of the Spin manifest; also set when its rule lost.
    package var spinManifest: String?

    package init(
        backend: Backend?, reason: String, evidence: [Evidence], koMain: String? = nil, dockerfile: String? = nil,
        spinManifest: String? = nil
    ) {
        self.backend = backend
        self.reason = reason
        self.evidence = evidence
        self.koMain = koMain
        self.dockerfile = dockerfile
        self.spinManifest = spinManifest
    }

    /// Decides by the ordered table which backend builds `tree`.
    ///
    /// Only the context's own listing is read unless something in it asks for more; without a `go.mod` there no
    /// directory is walked.
    ///
    /// - Throws: `SourceTreeError.unreadable` when an object that the decision needs cannot be read. A file beyond the
    ///   limits of a rule does not throw; the rule's evidence says so.
    package static func detect(
        in tree: any SourceTree, hints: DetectionHints
    ) throws(SourceTreeError) -> Detection {
        try DetectionTable(tree: tree, hints: hints).detection()
    }
}

extension Detection: Encodable {
    private enum CodingKeys: String, CodingKey {
        case backend, reason, evidence, koMain, dockerfile, spinManifest
    }

    /// Encodes what is absent as null, so that the object always has the same keys.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(backend, forKey: .backend)
        try container.encode(reason, forKey: .reason)
        try container.encode(evidence, forKey: .evidence)
        try container.encode(koMain, forKey: .koMain)
        try container.encode(dockerfile, forKey: .dockerfile)
        try container.encode(spinManifest, forKey: .spinManifest)
    }
}
