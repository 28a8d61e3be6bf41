/// How a repository's CI file stands to what would be rendered now.
package enum Drift: Sendable, Hashable {
    /// The file says what would be rendered.
    case none
    /// The configuration has changed since the file was rendered, so its run would stop in the plan step.
    case configurationChanged
    /// The configuration is the same, but the region is not: the commit asks for something else by now, another hephy
    /// rendered it, or somebody changed it by hand.
    case differs
    /// The file has no region of hephy's any more.
    case noRegion
    /// The repository's own file, which is to include hephy's, does so no longer.
    case notIncluded

    /// Compares a file with what would be rendered in its place.
    ///
    /// - Parameters:
    ///   - text: the repository's file.
    ///   - rendered: the whole file as it would be rendered now.
    ///   - digest: of the configuration file; nil where there is none.
    package init(of text: String, from rendered: String, configurationDigest digest: String?) {
        guard let file = RenderedFile(text), let fresh = RenderedFile(rendered) else {
            self = .noRegion
            return
        }
        if file.replacingRegion(with: fresh) == text {
            self = .none
        } else {
            self = file.configurationDigest == digest ?? "none" ? .differs : .configurationChanged
        }
    }

    /// Whether the plan step of a workflow file would refuse the configuration beside it.
    ///
    /// - Parameters:
    ///   - workflow: the bytes of the workflow file.
    ///   - configuration: those of the configuration file, nil where there is none.
    /// - Returns: false also where the file does not tell what it was rendered from.
    package static func isStale(workflow: [UInt8], configuration: [UInt8]?) -> Bool {
        let recorded = RenderedFile(String(decoding: workflow, as: UTF8.self))?.configurationDigest
        return recorded.map { $0 != configuration.map(SHA256.hex) ?? "none" } ?? false
    }
}
