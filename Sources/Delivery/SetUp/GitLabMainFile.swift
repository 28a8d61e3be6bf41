import Scaffold
import YAML

/// A `.gitlab-ci.yml` that belongs to the repository, as far as hephy's file goes into it.
///
/// Where it is edited, text is only put between what is there: every byte of it stays, in its order.
package struct GitLabMainFile: Sendable {
    /// The lines of the document with the jobs, each with its end.
    private let lines: [[UInt8]]
    /// What stands before them: the header of the inputs.
    private let header: [UInt8]
    private let root: YAMLNode?
    /// How lines end here.
    private let lineEnd: [UInt8]

    /// Reads the file; nil where it is no YAML that hephy reads.
    package init?(_ text: String) {
        let all = Self.lines(of: Array(text.utf8))
        lineEnd = text.contains("\r\n") ? Array("\r\n".utf8) : Array("\n".utf8)
        // A header of inputs is a document of its own.
        let separators = all.indices.filter { Self.isSeparator(all[$0]) }
        for start in separators.reversed().map({ $0 + 1 }) + [0] {
            guard let body = try? YAMLNode.parse(Array(all[start...].joined())),
                start == 0 || Self.isHeader(Array(all[..<(start - 1)].joined()))
            else { continue }
            guard body.pairs != nil else { return nil }
            (root, lines, header) = (body, Array(all[start...]), Array(all[..<start].joined()))
            return
        }
        guard separators.isEmpty, Self.isEmpty(Array(text.utf8)) else { return nil }
        (root, lines, header) = (nil, all, [])
    }

    /// Whether there are comments at most.
    private static func isEmpty(_ bytes: [UInt8]) -> Bool {
        do throws(YAMLError) {
            return try YAMLNode.parse(bytes).map { _ in false } ?? true
        } catch {
            return false
        }
    }

    /// Whether it includes hephy's file.
    package var includesHephy: Bool {
        guard let include = root?["include"] else { return false }
        return (include.items ?? [include]).contains { item in
            let path = (item["local"]?.string ?? item.string).map { $0.drop { $0 == "/" } } ?? ""
            guard let first = path.firstIndex(of: "*"), let last = path.lastIndex(of: "*") else {
                return path == GitLabPipeline.attachedPath
            }
            let own = GitLabPipeline.attachedPath
            return own.hasPrefix(path[..<first]) && own.hasSuffix(path[path.index(after: last)...])
        }
    }

    /// Whether it includes the file that this project shares, typed in by hand.
    var includesSharedFile: Bool {
        guard let include = root?["include"] else { return false }
        return (include.items ?? [include]).contains { item in
            let places =
                ["remote", "component", "project", "file"].compactMap { item[$0]?.string } + [item.string ?? ""]
            return places.contains { $0.contains("hephy-builder") || $0.hasSuffix(GitLabPipeline.sharedPath) }
        }
    }

    /// The stage for hephy's jobs: `build` where there is one, else the first of the file's own.
    package var stage: String {
        let stages = root?["stages"]?.items?.compactMap(\.string) ?? []
        return stages.isEmpty || stages.contains("build")
            ? "build" : stages.first { $0 != ".pre" && $0 != ".post" } ?? "build"
    }

    /// Whether its pipelines are those of merge requests, so that a push alone makes none for their branches.
    package var runsInMergeRequests: Bool {
        (root?["workflow"]?["rules"]?.items ?? []).contains { rule in
            let condition = rule["if"]?.string ?? ""
            return condition.contains("CI_OPEN_MERGE_REQUESTS")
                || condition.contains("merge_request_event") && !condition.contains("!=")
                    && rule["when"]?.string != "never"
        }
    }

    // MARK: Editing

    /// The whole file with hephy's among what it includes; nil where no edit of these leaves all else as it was.
    package func includingHephy() -> String? {
        let edits = root?["include"] == nil ? [appended(after: []), appended(after: lineEnd)] : edits()
        for lines in edits.reversed() {
            let text = Array(lines.joined())
            guard let edited = try? YAMLNode.parse(text), isAsBefore(edited) else { continue }
            return String(decoding: header + text, as: UTF8.self)
        }
        return nil
    }

    private static let entry = "local: \(GitLabPipeline.attachedPath)"

    private func line(_ text: String) -> [UInt8] { Array(text.utf8) + lineEnd }

    private func appended(after gap: [UInt8]) -> [[UInt8]] {
        var edited = lines
        if let last = edited.last, last.last != UInt8(ascii: "\n") { edited.append(lineEnd) }
        return edited + [gap, line("include:"), line("  - \(Self.entry)")]
    }

    /// What may add an item to the `include` that there is, the best last.
    private func edits() -> [[[UInt8]]] {
        guard let pair = root?.pairs?.first(where: { $0.key.text == "include" }) else { return [] }
        let (key, value) = (pair.key.mark.line - 1, pair.value)
        let (row, column) = (value.mark.line - 1, value.mark.column - 1)
        guard lines.indices.contains(key), lines.indices.contains(row) else { return [] }
        let before = Self.prefix(of: lines[row], scalars: column)
        let rest = lines[row][before.count...]
        let first = rest.first
        if value.isNull { return [inserting(line("  - \(Self.entry)"), before: key + 1)] }
        if value.items != nil {
            if first == UInt8(ascii: "[") {
                let comma = value.items?.isEmpty == true ? "" : ", "
                return [replacing(row, with: before + Array("[{\(Self.entry)}\(comma)".utf8) + rest.dropFirst())]
            }
            return [inserting(before + line("- \(Self.entry)"), before: row)]
        }
        if value.pairs != nil {
            return first == UInt8(ascii: "{") ? flowMapping(row, before) : blockMapping(row)
        }
        let item = line("  - \(Self.entry)")
        if before.allSatisfy({ $0 == UInt8(ascii: " ") }) {
            let edited = replacing(row, with: before + Array("- ".utf8) + rest)
            return [Array(edited[..<row]) + [before + line("- \(Self.entry)")] + Array(edited[row...])]
        }
        let bare = Array(before.reversed().drop { $0 == UInt8(ascii: " ") }.reversed())
        let gap = before[bare.count...]
        return [
            Array(lines[..<row]) + [bare + lineEnd, item, Array("  -".utf8) + gap + rest] + Array(lines[(row + 1)...])
        ]
    }

    /// Dashes before the first key, which is indented further, and before hephy's own make a list of a mapping.
    private func blockMapping(_ row: Int) -> [[[UInt8]]] {
        [Array(lines[..<row]) + [line("- \(Self.entry)"), line("-")] + Array(lines[row...])]
    }

    private func flowMapping(_ row: Int, _ before: [UInt8]) -> [[[UInt8]]] {
        let opened = replacing(row, with: before + Array("[{\(Self.entry)}, ".utf8) + lines[row][before.count...])
        var edits: [[[UInt8]]] = []
        for closing in row..<lines.count {
            for index in opened[closing].indices where opened[closing][index] == UInt8(ascii: "}") {
                var edited = opened
                edited[closing].insert(UInt8(ascii: "]"), at: index + 1)
                edits.append(edited)
            }
        }
        return edits
    }

    private func inserting(_ line: [UInt8], before row: Int) -> [[UInt8]] {
        var head = Array(lines[..<row])
        if let last = head.last, last.last != UInt8(ascii: "\n") { head[head.count - 1] += lineEnd }
        return head + [line] + Array(lines[row...])
    }

    private func replacing(_ row: Int, with line: [UInt8]) -> [[UInt8]] {
        var edited = lines
        edited[row] = line
        return edited
    }

    /// Whether a file says what this one does, and includes hephy's besides.
    private func isAsBefore(_ edited: YAMLNode) -> Bool {
        let old = root?.pairs ?? []
        let new = edited.pairs ?? []
        let others = new.filter { $0.key.text != "include" }
        let before = old.filter { $0.key.text != "include" }
        guard others.count == before.count,
            zip(others, before).allSatisfy({ Self.isSame($0.key, $1.key) && Self.isSame($0.value, $1.value) }),
            let items = new.first(where: { $0.key.text == "include" })?.value.items
        else { return false }
        let kept = items.filter { $0["local"]?.string != GitLabPipeline.attachedPath }
        let include = old.first { $0.key.text == "include" }?.value
        let included = include.map { $0.isNull ? [] : $0.items ?? [$0] } ?? []
        return kept.count == items.count - 1 && kept.count == included.count
            && zip(kept, included).allSatisfy { Self.isSame($0, $1) }
    }

    private static func isSame(_ one: YAMLNode, _ other: YAMLNode) -> Bool {
        switch (one.content, other.content) {
        case (.scalar(let text, let isPlain), .scalar(let otherText, let isOtherPlain)):
            text == otherText && isPlain == isOtherPlain
        case (.sequence(let items), .sequence(let others)):
            items.count == others.count && zip(items, others).allSatisfy { isSame($0, $1) }
        case (.mapping(let pairs), .mapping(let others)):
            pairs.count == others.count
                && zip(pairs, others).allSatisfy { isSame($0.key, $1.key) && isSame($0.value, $1.value) }
        default: false
        }
    }

    // MARK: Text

    private static func lines(of bytes: [UInt8]) -> [[UInt8]] {
        var lines: [[UInt8]] = []
        var rest = bytes[...]
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            lines.append(Array(rest[...end]))
            rest = rest[(end + 1)...]
        }
        if !rest.isEmpty { lines.append(Array(rest)) }
        return lines
    }

    private static func isSeparator(_ line: [UInt8]) -> Bool {
        line.starts(with: Array("---".utf8))
            && line.dropFirst(3).allSatisfy { $0 == UInt8(ascii: " ") || $0 == 0x09 || $0 == 0x0a || $0 == 0x0d }
    }

    /// Whether this is nothing, or the inputs of the file alone.
    private static func isHeader(_ bytes: [UInt8]) -> Bool {
        guard let read = try? YAMLNode.parse(bytes) else { return false }
        return read.pairs.map { $0.count == 1 && $0.first?.key.text == "spec" } ?? true
    }

    /// The bytes before a column of a line.
    private static func prefix(of line: [UInt8], scalars count: Int) -> [UInt8] {
        Array(String(String(decoding: line, as: UTF8.self).unicodeScalars.prefix(count)).utf8)
    }
}
