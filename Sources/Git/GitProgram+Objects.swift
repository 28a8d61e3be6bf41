extension GitProgram {
    /// The ids that `revisions` name, in their order; nil for one that names nothing.
    ///
    /// - Throws: `GitError` when `git` cannot be run.
    package func objectIDs(of revisions: [String]) async throws(GitError) -> [ObjectID?] {
        // A line feed would be another question; no revision holds one.
        let questions = revisions.map { $0.contains("\n") ? "" : $0 }.joined(separator: "\n") + "\n"
        let arguments = ["cat-file", "--batch-check=%(objectname)"]
        let output = try await run(arguments, input: Array(questions.utf8))
        guard output.status == 0 else {
            throw .commandFailed(arguments: arguments, status: output.status, message: output.standardError)
        }
        let lines = output.standardOutput.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        return revisions.indices.map { index in
            index < lines.count ? ObjectID(String(decoding: lines[index], as: UTF8.self)) : nil
        }
    }
}
