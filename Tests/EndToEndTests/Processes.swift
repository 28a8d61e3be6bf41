#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

import HephyTestSupport

/// The processes that a fixture's commands have started, known by their HOME; Linux alone can tell.
struct Processes {
    /// A process that is still there.
    struct Entry: CustomStringConvertible {
        var id: Int32
        var command: String
        var description: String { "\(id) \(command)" }
    }

    let fixture: GitFixture

    #if os(Linux)
        static let areKnown = true
    #else
        static let areKnown = false
    #endif

    /// Those that run now, the double and what plays the terminal apart.
    func running() -> [Entry] {
        let home = Array("HOME=\(fixture.scratch)/home".utf8)
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.compactMap { name in
            guard let id = Int32(name),
                let environment = FileManager.default.contents(atPath: "/proc/\(name)/environ"),
                environment.split(separator: 0).contains(where: { $0.elementsEqual(home) }),
                let command = FileManager.default.contents(atPath: "/proc/\(name)/cmdline"), !command.isEmpty
            else { return nil }
            let words = String(decoding: command, as: UTF8.self).replacing("\0", with: " ")
            if words.contains("/doubles/") { return nil }
            return Entry(id: id, command: words)
        }
    }

    /// Waits until a process whose command line holds `word` runs.
    ///
    /// - Throws: `NotInTime`.
    func appearance(of word: String) async throws -> Entry {
        try await eventually("a process '\(word)'") { running().first { $0.command.contains(word) } }
    }

    /// Waits until none is left.
    ///
    /// - Throws: `NotInTime` with those that stay.
    func end() async throws {
        try await eventually("the end of \(running())") { running().isEmpty ? () : nil }
    }
}

/// What was waited for has not happened.
struct NotInTime: Error, CustomStringConvertible {
    var what: String
    var description: String { "waited in vain for \(what)" }
}

/// Asks again and again until `condition` gives something.
///
/// For what announces itself nowhere: processes, and journals of another process.
///
/// - Throws: `NotInTime` after twenty seconds.
func eventually<Result>(
    _ what: @autoclosure () -> String, _ condition: () throws -> Result?
) async throws -> Result {
    let clock = ContinuousClock()
    let deadline = clock.now + .seconds(20)
    while clock.now < deadline {
        if let result = try condition() { return result }
        try await clock.sleep(for: .milliseconds(10))
    }
    throw NotInTime(what: what())
}
