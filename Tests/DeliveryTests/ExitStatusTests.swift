import Delivery
import Testing

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

struct ExitStatusTests {
    @Test(
        arguments: [
            ([], .succeeded),
            ([.succeeded, .succeeded], .succeeded),
            ([.succeeded, .runFailed], .runFailed),
            ([.cancelled, .runFailed, .timeout], .runFailed),
            ([.timeout, .cancelled], .cancelled),
            ([.waitingForPerson, .timeout], .timeout),
            ([.lost, .waitingForPerson], .waitingForPerson),
            ([.noRun, .lost], .lost),
            ([.credentials, .noRun], .noRun),
            ([.configuration, .credentials], .credentials),
            ([.succeeded, .configuration], .configuration),
            ([.runFailed, .detached], .detached),
        ] as [([Status], Status)])
    func theWorstOfSeveralRunsDecides(_ statuses: [Status], _ expected: Status) {
        #expect(Status.combined(statuses) == expected)
        #expect(Status.combined(statuses.reversed()) == expected)
    }

    /// Rows of the table look like `| 0 | succeeded | ...`.
    @Test func thePageNamesEveryStatus() throws {
        let page = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "docs/exit-status.md")
        let text = String(decoding: try Data(contentsOf: page), as: UTF8.self)
        let numbers = text.split(separator: "\n").compactMap { line -> Int32? in
            guard line.hasPrefix("| ") else { return nil }
            return Int32(line.dropFirst(2).prefix { $0 != " " })
        }
        #expect(numbers == Status.allCases.map(\.rawValue))
    }
}
