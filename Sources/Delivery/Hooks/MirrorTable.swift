/// What `git push` tells of each ref, read while it goes by.
///
/// The table stands behind a line `To URL`; each of its lines has a flag, what happened, and the ref: ` ! [rejected]
/// main -> main (fetch first)` (git-push(1), "OUTPUT").
struct MirrorTable: Sendable {
    private(set) var hasBegun = false
    private(set) var hasEnded = false
    /// Refs that were refused, as git names them, with its reason.
    private var refused: [String: String] = [:]

    /// The table of a push that did not get as far as that.
    static func nothing(of refs: [String]) -> MirrorTable {
        var table = MirrorTable()
        table.hasBegun = true
        table.refused = Dictionary(refs.map { ($0, "") }, uniquingKeysWith: { $1 })
        return table
    }

    /// Why `ref` was refused; nil where it was not.
    ///
    /// Git leaves out `refs/heads/` and `refs/tags/`.
    func refusal(of ref: String) -> String? {
        for prefix in ["refs/heads/", "refs/tags/"] where ref.hasPrefix(prefix) {
            if let reason = refused[String(ref.dropFirst(prefix.count))] { return reason }
        }
        return refused[ref]
    }

    /// Takes the next line.
    ///
    /// - Returns: the line as people see it: the names of objects, which stand for refs of here, are short.
    mutating func take(_ line: String) -> String {
        guard !hasEnded else { return line }
        guard hasBegun else {
            hasBegun = line.hasPrefix("To ")
            return line
        }
        let characters = Array(line.prefix(3))
        guard characters.count == 3, characters[0] == " ", characters[2] == " ", " +-*!=t".contains(characters[1])
        else {
            hasEnded = true
            return line
        }
        if characters[1] == "!" { note(line) }
        return Self.shortened(line)
    }

    private mutating func note(_ line: String) {
        // ` ! [remote rejected] main -> main (reason)`, or without the arrow for a ref that was to be deleted.
        guard let bracket = line.firstIndex(of: "]") else { return }
        var rest = line[line.index(after: bracket)...].drop { $0 == " " }
        if let arrow = rest.firstRange(of: " -> ") { rest = rest[arrow.upperBound...] }
        // No ref has a space in its name.
        let name = rest.prefix { $0 != " " }
        let reason = rest.dropFirst(name.count).drop { $0 == " " }
        refused[String(name)] = reason.hasPrefix("(") ? String(reason.dropFirst().dropLast()) : String(reason)
    }

    private static func shortened(_ line: String) -> String {
        line.split(separator: " ", omittingEmptySubsequences: false).map { word in
            let isID = (word.count == 40 || word.count == 64) && word.allSatisfy(\.isHexDigit)
            return isID ? word.prefix(7) : word
        }.joined(separator: " ")
    }
}
