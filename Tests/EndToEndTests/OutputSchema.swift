import HephyTestSupport
import Testing

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The schema of what `--json` prints, in front of the program that judges by schemas.
enum OutputSchema {
    static let judge = Peer.ciTool("check-jsonschema")

    /// Expects every one of `objects`, each JSON text, to be as the schema says, and to have no key that it does not
    /// name.
    ///
    /// - Throws: when a file cannot be written or the judge not be run.
    static func expect(
        _ objects: [String], _ fixture: GitFixture, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        #expect(!objects.isEmpty, sourceLocation: sourceLocation)
        guard judge.isWanted else { return }
        let judge = try #require(judge.program, sourceLocation: sourceLocation)
        let path = "\(GitFixture.share)/schema/output.schema.json"
        let shipped = String(decoding: try Data(contentsOf: URL(filePath: path)), as: UTF8.self)
        // Readers have to bear keys that a later hephy adds; this one may print none that is not described.
        let strict = shipped.replacing(
            "\"type\": \"object\",", with: "\"type\": \"object\", \"additionalProperties\": false,")
        #expect(strict != shipped, sourceLocation: sourceLocation)
        let name = fixture.uniqueName("json")
        let schema = try fixture.write(Array(strict.utf8), to: "\(name)/schema.json")
        let files = try objects.enumerated().map { index, text in
            try fixture.write(Array(text.utf8), to: "\(name)/\(index).json")
        }
        let judged = try await fixture.run([judge, "--schemafile", schema] + files, timeout: .seconds(50))
        #expect(judged.status == 0, "\(judged)", sourceLocation: sourceLocation)
    }
}
