package import YAML

/// A value with the place in the configuration file where it stands.
package struct Marked<Value: Hashable & Sendable>: Hashable, Sendable {
    package var value: Value
    package var mark: Mark

    package init(_ value: Value, at mark: Mark) {
        self.value = value
        self.mark = mark
    }
}
