/// One line of an untrusted file, safe to print, with the column that a message is about.
package struct SourceExcerpt: Hashable, Sendable {
    /// At most about 110 characters around the column; a cut end is shown as `...`, a tab as a space, other controls
    /// as `\u{...}`.
    package let text: String
    /// Where the column of the mark is in `text`, counted in Unicode scalars from one.
    package let column: Int

    init(line: String, column: Int) {
        let window = 100
        let scalars = Array(line.unicodeScalars)
        let target = min(max(column - 1, 0), scalars.count)
        let first = scalars.count <= window ? 0 : max(0, min(target - window / 2, scalars.count - window))
        let last = min(scalars.count, first + window)
        var text = first > 0 ? "..." : ""
        var place: Int?
        for index in first..<last {
            if index == target { place = text.unicodeScalars.count + 1 }
            if scalars[index] == "\t" { text += " " } else { PrintableText.append(scalars[index], to: &text) }
        }
        self.column = place ?? text.unicodeScalars.count + 1
        self.text = last < scalars.count ? text + "..." : text
    }
}
