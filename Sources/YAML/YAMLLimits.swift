/// How much of a YAML text that nobody vouches for is read before it is refused.
package struct YAMLLimits: Hashable, Sendable {
    /// The length of the text in bytes.
    package var bytes: Int
    /// Collections inside collections, the outermost one counted; at most 500.
    package var depth: Int
    /// All scalars, sequences and mappings, each alias counted by everything that it names.
    package var nodes: Int
    /// The bytes of all scalars, each alias counted by everything that it names.
    package var text: Int

    /// `%TAG` lines.
    ///
    /// libyaml compares each one with all before it: 80,000 of them, one megabyte, take it seven seconds.
    package static let directives = 32

    package init(bytes: Int = 1 << 20, depth: Int = 64, nodes: Int = 100_000, text: Int = 4 << 20) {
        precondition(depth <= 500, "the composer recurses once for each level")
        precondition(max(bytes, nodes, text) <= 1 << 30, "sums of two counts must stay far from overflow")
        self.bytes = bytes
        self.depth = depth
        self.nodes = nodes
        self.text = text
    }
}
