/// Reads the files that hephy is installed with: templates and steps.
package struct SharedFiles: Sendable {
    private let read: @Sendable (String) -> [UInt8]?

    /// - Parameter read: gives the bytes of a file by its path below `share`, nil where there is none.
    package init(read: @escaping @Sendable (String) -> [UInt8]?) {
        self.read = read
    }

    /// The text of a file.
    ///
    /// - Throws: `ScaffoldError.missingSharedFile` where it cannot be read.
    func text(_ path: String) throws(ScaffoldError) -> String {
        guard let bytes = read(path) else { throw .missingSharedFile(path: path) }
        return String(decoding: bytes, as: UTF8.self)
    }

    func template(_ name: String) throws(ScaffoldError) -> Template {
        try Template(text("templates/\(name)"), name: name)
    }

    /// The lines of a step, which a template wraps into a here-document.
    ///
    /// - Throws: `ScaffoldError` where the file is missing, or could not stand in one unchanged.
    func step(_ name: String) throws(ScaffoldError) -> String {
        var lines = try text("steps/\(name)").split(separator: "\n", omittingEmptySubsequences: false)
        if lines.last == "" { lines.removeLast() }
        // The forge evaluates an expression before the shell sees it, and the other ends the here-document.
        for (index, line) in lines.enumerated() where Self.isRefused(line) {
            throw .malformedTemplate(name: name, line: index + 1, reason: "a step may not hold '\(line)'")
        }
        return lines.joined(separator: "\n")
    }

    private static func isRefused(_ line: Substring) -> Bool {
        line.contains("${{") || line.contains("$[[") || line == "END_OF_STEP"
    }
}
