/// What a forge will make of a push, as far as the pushed commit's own files tell.
package struct WorkflowSurvey: Sendable {
    /// What is pushed.
    package struct Push: Sendable {
        /// The pushed ref in full.
        package var ref: String
        /// The message of the pushed commit.
        package var message: String
        /// What differs between the ref's old and new commit; nil where that is not known.
        package var changedPaths: [String]?
        /// Whether GitHub compares with another commit than the caller did, as for a new ref.
        package var isNewOrUnknownDiff: Bool
        /// How many tags the whole push creates or moves.
        package var tags: Int

        package init(
            ref: String, message: String, changedPaths: [String]? = nil, isNewOrUnknownDiff: Bool = false, tags: Int = 0
        ) {
            self.ref = ref
            self.message = message
            self.changedPaths = changedPaths
            self.isNewOrUnknownDiff = isNewOrUnknownDiff
            self.tags = tags
        }
    }

    /// Why a push starts no run at all.
    package enum Nothing: Sendable, Hashable {
        /// The commit has no workflow.
        case noWorkflows
        /// Each workflow has its reason not to run.
        case noneMatches([String: PushMatch.Reason])
        /// The commit's message holds this instruction.
        case skipped(String)
        /// GitHub makes no event of a push with more than three tags.
        case tooManyTags(Int)
    }

    /// The workflow of ours: the one that this push runs, else one that can be dispatched, else any; nil without one.
    package let ours: WorkflowFile?
    /// Whether this push makes a run of `ours`; nil where there is none of ours.
    package let oursMatch: PushMatch?
    /// The workflows that this push runs, by path.
    package let expected: [WorkflowFile]
    /// The workflows that it may run, by path, and why that is not certain.
    package let possible: [(file: WorkflowFile, reason: PushMatch.Reason)]
    /// Why this push starts nothing; nil where something may run.
    package let nothing: Nothing?

    /// More tags than these in one push make no events.
    package static let mostTags = 3

    /// Judges the workflows of the pushed commit; `files` may stand in any order.
    ///
    /// Where nobody knows the product yet, nil, it is taken for GitHub unless the only file is GitLab's.
    package init(of files: [WorkflowFile], for push: Push, on product: ForgeProduct? = nil) {
        let files = files.sorted { $0.path < $1.path }
        let isPipeline = files.map(\.path) == [CIFiles.pipeline]
        let obstacle = Self.obstacle(to: push, on: product ?? (isPipeline ? .gitlab : .github))
        let judged = files.map { file in
            let match = file.match(
                push: push.ref, changedPaths: push.changedPaths, isNewOrUnknownDiff: push.isNewOrUnknownDiff)
            return (file: file, match: obstacle.map { PushMatch.no($0.reason) } ?? match)
        }
        expected = judged.filter { $0.match == .yes }.map(\.file)
        possible = judged.compactMap { file, match in
            if case .maybe(let reason) = match { (file, reason) } else { nil }
        }
        let mine = judged.filter(\.file.isOurs)
        let chosen =
            mine.first { $0.match == .yes } ?? mine.first { $0.file.problem == nil && $0.file.canBeDispatched }
            ?? mine.first
        ours = chosen?.file
        oursMatch = chosen?.match
        if files.isEmpty {
            nothing = .noWorkflows
        } else if let obstacle {
            nothing = obstacle.nothing
        } else if !expected.isEmpty || !possible.isEmpty {
            nothing = nil
        } else {
            let reasons = judged.compactMap { file, match in
                if case .no(let reason) = match { (file.path, reason) } else { nil }
            }
            nothing = .noneMatches(Dictionary(reasons, uniquingKeysWith: { first, _ in first }))
        }
    }

    /// What keeps a product from starting anything for a push, whatever its files say: each has words of its own that
    /// skip, and GitHub alone makes no events for many tags at once.
    private static func obstacle(
        to push: Push, on product: ForgeProduct
    ) -> (nothing: Nothing, reason: PushMatch.Reason)? {
        let word: String?
        switch product {
        case .gitlab: word = SkipInstruction.findGitLab(in: push.message)
        case .gitea, .forgejo: word = SkipInstruction.findGitea(in: push.message)
        case .github:
            if push.tags > mostTags { return (.tooManyTags(push.tags), .tooManyTags(push.tags)) }
            word = SkipInstruction.find(in: push.message)
        }
        return word.map { (.skipped($0), .skipped($0)) }
    }
}
