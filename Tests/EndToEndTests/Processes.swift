import HephyTestSupport

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
        Self.all(with: "HOME=\(fixture.scratch)/home").filter { !$0.command.contains("/doubles/") }
    }

    /// Those that have `variable` in their environment.
    private static func all(with variable: String) -> [Entry] {
        all().filter { entry in
            let environment = FileManager.default.contents(atPath: "/proc/\(entry.id)/environ")
            return environment?.split(separator: 0).contains { $0.elementsEqual(variable.utf8) } == true
        }
    }

    private static func all() -> [Entry] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.compactMap { name in
            guard let id = Int32(name), let command = FileManager.default.contents(atPath: "/proc/\(name)/cmdline"),
                !command.isEmpty
            else { return nil }
            return Entry(id: id, command: String(decoding: command, as: UTF8.self).replacing("\0", with: " "))
        }
    }

    /// Waits until a process whose command line holds `word` runs.
    ///
    /// - Throws: `NotInTime`.
    func appearance(of word: String) async throws -> Entry {
        try await eventually("a process '\(word)'") { running().first { $0.command.contains(word) } }
    }

    /// Waits until a process runs whose command line begins with `words`: the program itself, not a shell before it.
    ///
    /// - Throws: `NotInTime`.
    func appearance(startingWith words: String) async throws -> Entry {
        try await eventually("a process '\(words)...'") { running().first { $0.command.hasPrefix(words) } }
    }

    /// Waits until none is left.
    ///
    /// - Throws: `NotInTime` with those that stay.
    func end() async throws {
        try await eventually("the end of \(running())") { running().isEmpty ? () : nil }
    }

    /// Waits until none of anybody's has `variable`, a name and its value, in its environment.
    ///
    /// - Throws: `NotInTime` with those that stay.
    static func end(with variable: String) async throws {
        try await eventually("the end of \(all(with: variable))") { all(with: variable).isEmpty ? () : nil }
    }

    /// Waits until none of anybody's has `word` on its command line.
    ///
    /// - Throws: `NotInTime` with those that stay.
    func end(naming word: String) async throws {
        func staying() -> [Entry] { Self.all().filter { $0.command.contains(word) } }
        try await eventually("the end of \(staying())") { staying().isEmpty ? () : nil }
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
/// - Throws: `NotInTime` after forty seconds.
func eventually<Result>(
    _ what: @autoclosure () -> String, _ condition: () throws -> Result?
) async throws -> Result {
    let clock = ContinuousClock()
    let deadline = clock.now + .seconds(40)
    while clock.now < deadline {
        if let result = try condition() { return result }
        try await clock.sleep(for: .milliseconds(10))
    }
    throw NotInTime(what: what())
}
