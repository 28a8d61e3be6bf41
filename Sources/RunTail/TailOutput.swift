/// Where the tail's lines go.
package protocol TailOutput: Sendable {
    var usesColor: Bool { get }
    /// Whether a status line is shown below the lines, rewritten in place.
    var showsStatus: Bool { get }

    /// Writes whole lines, each with its line feed; may be called from any thread.
    func write(_ lines: [UInt8])

    /// Shows `text` as the status line, or removes it. `text` is one line of printable text.
    func setStatus(_ text: String?)
}
