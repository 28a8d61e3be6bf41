#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Commands in a terminal of their own, with somebody at the keys.
package struct Terminal: Sendable {
    /// Something to type once a text has appeared on the screen, counted from the previous key on.
    package struct Key: Sendable, Encodable {
        package var after: String
        package var send: String
        /// Whether the terminal is closed then, as when its window goes.
        package var hangUp = false

        package init(after text: String, send keys: String) {
            after = text
            send = keys
        }

        /// The terminal goes away, once the text has appeared.
        package static func hangUp(after text: String) -> Key {
            var key = Key(after: text, send: "")
            key.hangUp = true
            return key
        }

        /// Ctrl-C, once the text has appeared.
        package static func interrupt(after text: String) -> Key { Key(after: text, send: "\u{3}") }
    }

    package struct Screen: Sendable {
        /// All bytes that came to the terminal, until nobody had it open any more.
        package var bytes: [UInt8]
        /// The exit status, or 128 plus the signal that ended the command.
        package var status: Int32
        /// Keys that were never sent, because their text did not appear.
        package var unsent: Int

        package var text: String { String(decoding: bytes, as: UTF8.self) }
        /// The screen with `\n` alone at line ends, as plain output has it.
        package var lines: [String] {
            text.replacing("\r\n", with: "\n").split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        }
    }

    private struct Report: Decodable {
        var status: Int32
        var unsent: Int
    }

    /// Runs a command as a shell would in a terminal, and waits until the last process has let go of the terminal.
    ///
    /// - Throws: `GitFixture.TimedOut`; `GitFixture.NotZero` when the terminal could not be made.
    package static func run(
        _ command: [String], in folder: String? = nil, keys: [Key] = [], columns: Int = 100, rows: Int = 30,
        environment: [String: String?] = [:], timeout: Duration = .seconds(50), fixture: GitFixture
    ) async throws -> Screen {
        let name = fixture.uniqueName("terminal")
        let screen = fixture.path(name + ".screen")
        let script = try fixture.write(Array(JSONEncoder().encode(keys)), to: name + ".keys")
        let ran = try await fixture.run(
            [
                DoubleProcess.python, GitFixture.doubles + "/pty.py", "--screen", screen, "--keys", script,
                "--columns", "\(columns)", "--rows", "\(rows)", "--",
            ] + command,
            in: folder, environment: environment, timeout: timeout
        ).check()
        let report = try JSONDecoder().decode(Report.self, from: Data(ran.standardOutput))
        let bytes = FileManager.default.contents(atPath: screen).map(Array.init) ?? []
        return Screen(bytes: bytes, status: report.status, unsent: report.unsent)
    }
}
