/// A place in a YAML text: line and column, both counted from one, the column in Unicode scalars.
package struct Mark: Hashable, Sendable {
    package var line: Int
    package var column: Int

    package init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }
}

/// One node of a YAML document, with the place where it begins; aliases are already resolved.
package struct YAMLNode: Sendable {
    package enum Content: Sendable {
        /// The scalar's text, and whether it stood plain (unquoted), which alone may mean null, a boolean or a number.
        case scalar(String, isPlain: Bool)
        case sequence([YAMLNode])
        /// Pairs in the order of the text; keys are unique among scalars.
        case mapping([(key: YAMLNode, value: YAMLNode)])
    }

    package var content: Content
    package var mark: Mark

    package init(_ content: Content, at mark: Mark) {
        self.content = content
        self.mark = mark
    }
}
