import Subprocess

#if canImport(System)
    import System
#else
    import SystemPackage
#endif

extension GitFixture {
    /// How a program ended and what it wrote.
    package struct Ran: Sendable, CustomStringConvertible {
        package var command: [String]
        /// The exit status, or 128 plus the signal that ended it.
        package var status: Int32
        package var standardOutput: [UInt8]
        package var standardError: [UInt8]

        package var output: String { String(decoding: standardOutput, as: UTF8.self) }
        package var errors: String { String(decoding: standardError, as: UTF8.self) }
        /// Standard output without white space at its end.
        package var line: String { String(output.reversed().drop { $0.isWhitespace }.reversed()) }

        /// - Throws: `NotZero` when the status is not 0.
        @discardableResult
        package func check() throws -> Ran {
            if status != 0 { throw NotZero(ran: self) }
            return self
        }

        package var description: String {
            "\(command.joined(separator: " ")): status \(status)\n--- stdout\n\(output)\n--- stderr\n\(errors)"
        }
    }

    package struct NotZero: Error, CustomStringConvertible {
        package var ran: Ran
        package var description: String { ran.description }
    }

    package struct TimedOut: Error, CustomStringConvertible {
        package var command: [String]
        package var limit: Duration
        package var description: String { "'\(command.joined(separator: " "))' did not end within \(limit)" }
    }

    /// Runs a program of PATH, or at a path, in a session of its own, so that it has no terminal to ask at.
    ///
    /// `folder` is where it starts, below the scratch folder or absolute; the scratch folder itself by default. `extra`
    /// is variables to set on top of the fixture's, or to take away where the value is nil. After `timeout` its whole
    /// process group is killed and `TimedOut` thrown.
    @discardableResult
    package func run(
        _ program: String, _ arguments: String..., in folder: String? = nil, input: [UInt8] = [],
        environment extra: [String: String?] = [:], timeout: Duration = .seconds(50)
    ) async throws -> Ran {
        try await run(
            [program] + arguments, in: folder, input: input, environment: extra, timeout: timeout)
    }

    @discardableResult
    package func run(
        _ command: [String], in folder: String? = nil, input: [UInt8] = [],
        environment extra: [String: String?] = [:], timeout: Duration = .seconds(50)
    ) async throws -> Ran {
        let configuration = configuration(command, in: folder, environment: extra)
        return try await withThrowingTaskGroup(of: Ran.self) { group in
            group.addTask {
                let result = try await Subprocess.run(
                    configuration, input: .array(input), output: .bytes(limit: 256 << 20),
                    error: .bytes(limit: 256 << 20))
                return Ran(
                    command: command, status: Self.status(result.terminationStatus),
                    standardOutput: result.standardOutput, standardError: result.standardError)
            }
            group.addTask {
                try await Task.sleep(for: timeout)
                throw TimedOut(command: command, limit: timeout)
            }
            defer { group.cancelAll() }
            guard let first = try await group.next() else { throw CancellationError() }
            return first
        }
    }

    /// What Subprocess needs to start a command in this fixture.
    func configuration(
        _ command: [String], in folder: String? = nil, environment extra: [String: String?] = [:]
    ) -> Configuration {
        precondition(!command.isEmpty, "a command has at least its program")
        var variables = environment
        for (name, value) in extra { variables[name] = value }
        let pairs = variables.map { (Environment.Key(stringLiteral: $0.key), $0.value) }
        var options = PlatformOptions()
        options.createSession = true
        options.teardownSequence = [
            .send(signal: .terminate, toProcessGroup: true, allowedDurationToNextStep: .seconds(2))
        ]
        let directory = folder.map { $0.hasPrefix("/") ? $0 : path($0) } ?? scratch
        return Configuration(
            executable: command[0].contains("/") ? .path(FilePath(command[0])) : .name(command[0]),
            arguments: Arguments(Array(command.dropFirst())),
            environment: .custom(Dictionary(uniqueKeysWithValues: pairs)),
            workingDirectory: FilePath(directory), platformOptions: options)
    }

    static func status(_ status: TerminationStatus) -> Int32 {
        switch status {
        case .exited(let code): code
        case .signaled(let signal): 128 + signal
        }
    }
}
