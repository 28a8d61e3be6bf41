/// A token or password.
///
/// Nothing prints it: descriptions, dumps and interpolation show `***`.
package struct Secret: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    private let text: String

    package init(_ text: String) {
        self.text = text
    }

    package var description: String { "***" }
    package var debugDescription: String { "***" }
    package var customMirror: Mirror { Mirror(self, children: []) }

    /// Hands the secret's text to `body`, for the one place that puts it on the wire or masks it in a text.
    package func reveal<Result>(_ body: (String) -> Result) -> Result {
        body(text)
    }
}
