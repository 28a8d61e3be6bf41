/// What a workflow says under `on.push`; nil where it names no such filter.
package struct PushFilter: Sendable {
    package var branches: FilterPatterns?
    package var branchesIgnore: FilterPatterns?
    package var tags: FilterPatterns?
    package var tagsIgnore: FilterPatterns?
    package var paths: FilterPatterns?
    package var pathsIgnore: FilterPatterns?

    package init() {}

    /// GitHub looks at this many changed files of a push at most.
    static let filesLookedAt = 300

    /// Whether a push of `ref` makes a run.
    ///
    /// - Parameters:
    ///   - ref: in full.
    ///   - changedPaths: what differs between the ref's old and new commit; nil where that is not known.
    ///   - isNewOrUnknownDiff: whether GitHub compares with another commit than the caller did: for a new ref, after a
    ///     forced push, or when the old commit is not here.
    /// - Returns: `.maybe` where the pushed commit alone does not tell.
    func match(ref: String, changedPaths: [String]?, isNewOrUnknownDiff: Bool) -> PushMatch {
        if ref.hasPrefix("refs/tags/") {
            return chooses(
                String(ref.dropFirst(10)), by: tags, but: tagsIgnore, hasOther: branches != nil || branchesIgnore != nil
            )
        }
        guard ref.hasPrefix("refs/heads/") else { return .no(.neitherBranchNorTag(ref)) }
        let byName = chooses(
            String(ref.dropFirst(11)), by: branches, but: branchesIgnore, hasOther: tags != nil || tagsIgnore != nil)
        guard byName == .yes, paths != nil || pathsIgnore != nil else { return byName }
        guard let changedPaths, !isNewOrUnknownDiff else { return .maybe(.changedPathsNotKnown) }
        return match(changed: changedPaths)
    }

    private func chooses(
        _ name: String, by chosen: FilterPatterns?, but ignored: FilterPatterns?, hasOther: Bool
    ) -> PushMatch {
        if let chosen { return chosen.choose(name) ? .yes : .no(.refNotChosen(name)) }
        if let ignored { return ignored.choose(name) ? .no(.refNotChosen(name)) : .yes }
        return hasOther ? .no(.refNotChosen(name)) : .yes
    }

    private func match(changed: [String]) -> PushMatch {
        // What no file decides is not documented.
        if changed.isEmpty { return paths == nil ? .maybe(.changedPathsNotKnown) : .no(.noPathChosen) }
        var hits = 0
        for path in changed {
            let isHit = paths?.choose(path) ?? !(pathsIgnore?.choose(path) ?? false)
            if isHit { hits += 1 }
            if isHit, changed.count <= Self.filesLookedAt { return .yes }
        }
        if hits == 0 { return .no(.noPathChosen) }
        return hits == changed.count ? .yes : .maybe(.tooManyPaths(changed.count))
    }
}

/// Whether a push makes a run of a workflow.
package enum PushMatch: Sendable, Hashable {
    case yes
    case no(Reason)
    case maybe(Reason)

    /// Why not, or why nobody can say.
    package enum Reason: Sendable, Hashable, CustomStringConvertible {
        case noPushTrigger
        /// The file's own rules leave pushes out, on GitLab.
        case rulesLeaveOutPushes
        /// The branch or tag name is not what the filters choose.
        case refNotChosen(String)
        case neitherBranchNorTag(String)
        /// None of the changed files is what the filters choose.
        case noPathChosen
        /// The filters ask for changed files, and which these are is not known.
        case changedPathsNotKnown
        /// GitHub looks at no more than 300 changed files.
        case tooManyPaths(Int)
        /// The commit's message holds this instruction.
        case skipped(String)
        /// GitHub makes no event of a push with more than three tags.
        case tooManyTags(Int)
        /// GitHub makes a failed run without jobs of a file that it cannot read.
        case invalidFile(String)
        /// GitLab's `rules`, its settings and files that it includes decide.
        case rulesDecide

        package var description: String {
            switch self {
            case .noPushTrigger: "it has no 'push' trigger"
            case .rulesLeaveOutPushes: "its 'workflow: rules' leave pushes out"
            case .refNotChosen(let name): "its filters leave out '\(PlainText.line(name, limit: 100))'"
            case .neitherBranchNorTag(let ref): "'\(PlainText.line(ref, limit: 100))' is neither a branch nor a tag"
            case .noPathChosen: "its path filters choose none of the changed files"
            case .changedPathsNotKnown: "its path filters depend on files that are not known here"
            case .tooManyPaths(let count): "its path filters see 300 of \(count) changed files"
            case .skipped(let words): "the commit's message says '\(words)'"
            case .tooManyTags(let count): "GitHub starts nothing for a push of \(count) tags"
            case .rulesDecide: "its rules decide on the server"
            case .invalidFile(let problem): "the file is not valid: \(PlainText.line(problem, limit: 200))"
            }
        }
    }
}
