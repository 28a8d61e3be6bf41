import HTTP

/// Why a GitLab made no pipeline of a push, in its own words.
package enum PipelineAbsence: Sendable, Hashable {
    /// CI/CD is switched off for the project.
    case switchedOff
    /// The file's rules leave this push out; `sentence` is GitLab's.
    case leftOut(sentence: String)
    /// GitLab would refuse the file; `sentences` are its own.
    case refused(sentences: [String])
}

extension GitLab {
    /// What GitLab's own check of the file of a commit says of a push to `ref`; nil where it finds nothing, or the token
    /// may not ask.
    ///
    /// It simulates the pipeline, rules included (docs.gitlab.com/api/lint), and needs the right to make one.
    package func absence(of commit: String, on ref: String) async -> PipelineAbsence? {
        if let project = try? await project(), project.isSwitchedOff { return .switchedOff }
        let query =
            "content_ref=\(HTTPURL.encoded(commit))&dry_run=true&dry_run_ref=\(HTTPURL.encoded(ref))"
        guard let url = try? path("/ci/lint?\(query)"),
            let answer = try? await connection.page(GitLabAnswer.Lint.self, at: url, what: "the check of the file")
                .value
        else { return nil }
        let sentences = (answer.errors ?? []).map { PlainText.line($0, limit: 200) }.filter { !$0.isEmpty }
        guard answer.valid == false, let first = sentences.first else { return nil }
        return Self.leavesOut(first) ? .leftOut(sentence: first) : .refused(sentences: sentences)
    }

    func project() async throws(ForgeError) -> GitLabAnswer.Project {
        try await connection.page(GitLabAnswer.Project.self, at: path(""), what: "the project").value
    }

    /// Whether a sentence is the one about rules (`Gitlab::Ci::Pipeline::Chain`), and about no mistake.
    private static func leavesOut(_ sentence: String) -> Bool {
        sentence.contains("rules configuration prevented any jobs")
            || sentence.contains("filtered out by workflow rules")
    }
}
