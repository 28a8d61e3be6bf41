#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// What a command prints with `--json`: one object, described in `share/schema/output.schema.json` and docs/json.md.
///
/// Beside its own keys each has `schema`, the version of what the keys mean, and `report`, which tells reports apart.
package protocol JSONReport: Encodable {
    /// The name that stands in `report`.
    static var report: String { get }
}

extension JSONReport {
    /// The version of all reports and events; it rises when a key changes its meaning or goes away.
    package static var schema: Int { JSONText.schema }

    /// The report as a program reads it, over several lines.
    package var json: String { JSONText.text(of: Envelope(content: self), isOneLine: false) }
}

/// The JSON that leaves this program: keys in order, no token in it.
package enum JSONText {
    /// The version of all reports and events.
    package static let schema = 1

    /// The JSON of `value`, masked, without a line feed at its end.
    package static func text(of value: some Encodable, isOneLine: Bool) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting =
            isOneLine
            ? [.sortedKeys, .withoutEscapingSlashes] : [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        // Nothing that is encoded here holds what has no form in JSON.
        guard let bytes = try? encoder.encode(value) else { return "{}" }
        return StandardError.masked(String(decoding: bytes, as: UTF8.self))
    }
}

/// A report with the two keys that all have.
private struct Envelope<Content: JSONReport>: Encodable {
    let content: Content

    private enum Key: String, CodingKey { case schema, report }

    func encode(to encoder: any Encoder) throws {
        try content.encode(to: encoder)
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(JSONText.schema, forKey: .schema)
        try container.encode(Content.report, forKey: .report)
    }
}
