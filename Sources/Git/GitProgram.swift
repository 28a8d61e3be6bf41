/// Runs the user's own `git`, which is found on PATH.
package struct GitProgram: Sendable {
    /// The whole environment of the children, by name; see ``ChildEnvironment`` for values that are not UTF-8.
    package var environment: [String: String]
    /// Where the children start; nil for this process's own directory.
    package var directory: String?

    package init(environment: [String: String], directory: String? = nil) {
        self.environment = environment
        self.directory = directory
    }

    package struct Output: Sendable {
        package var status: Int32
        package var standardOutput: [UInt8]
        package var standardError: String
    }

    /// Runs `git` with `arguments` to its end.
    ///
    /// A non-zero exit is a result, not an error.
    ///
    /// - Parameters:
    ///   - arguments: what stands behind `git`.
    ///   - input: what the child reads from its standard input.
    ///   - overrides: variables to set, or to remove where the value is nil, for this child alone.
    ///   - outputLimit: the most bytes of standard output that are kept; more is an error.
    /// - Returns: what the child said, and its status: that of its exit, or 128 and the signal that ended it.
    ///   A `git` that a cancelled task has ended gives 128 and SIGKILL's number.
    /// - Throws: `GitError.programNotStarted` when there is no `git` to run or it gave more than `outputLimit` bytes.
    package func run(
        _ arguments: [String], input: [UInt8] = [], overriding overrides: [String: String?] = [:],
        outputLimit: Int = 16 << 20
    ) async throws(GitError) -> Output {
        var git = self
        for (name, value) in overrides { git.environment[name] = value }
        let exchange = ChildExchange()
        let result = await withTaskCancellationHandler {
            await BlockingThread.run { [git] in
                Result { () throws(GitError) in
                    try git.run(arguments, through: exchange, input: input, outputLimit: outputLimit)
                }
            }
        } onCancel: {
            exchange.stop()
        }
        return try result.get()
    }

    /// Runs `git` with `arguments` to its end on the calling thread, which that blocks; else as the other `run` does.
    func runHere(_ arguments: [String]) throws(GitError) -> Output {
        try run(arguments, through: ChildExchange(), input: [], outputLimit: 16 << 20)
    }

    private func run(
        _ arguments: [String], through exchange: ChildExchange, input: [UInt8], outputLimit: Int
    ) throws(GitError) -> Output {
        let output = try exchange.run(
            "git", words(arguments), environment: environment, input: input, outputLimit: outputLimit)
        return Output(
            status: output.status, standardOutput: output.standardOutput,
            standardError: String(decoding: output.standardError, as: UTF8.self))
    }

    /// What stands behind `git` for `arguments`, the directory included.
    func words(_ arguments: [String]) -> [[UInt8]] {
        ((directory.map { ["-C", $0] } ?? []) + arguments).map { Array($0.utf8) }
    }
}
