import YAML

/// A GitHub Actions workflow as the pushed commit has it.
///
/// Where the file cannot be read as a workflow `problem` says why, and the other fields hold what could be read.
package struct WorkflowFile: Sendable {
    /// The path in the repository, `.github/workflows/hephy.yml`.
    package let path: String
    /// What GitHub shows: the file's `name`, or its path.
    package private(set) var name: String
    package private(set) var runName: String?
    /// The names under `on`, in the file's order.
    package private(set) var events: [String] = []
    /// What stands under `on.push`; nil where a push starts nothing.
    package private(set) var push: PushFilter?
    /// The inputs of a dispatch, in the file's order; nil where it cannot be dispatched.
    package private(set) var inputs: [WorkflowInput]?
    /// Whether GitLab's own rules of the file let no push start anything.
    private var leavesOutPushes = false
    /// Whether it is a workflow of ours: by its marker line, or because a job uses hephy's reusable workflow.
    package private(set) var isOurs: Bool
    /// What is wrong with the file, with its line; nil where nothing is known to be.
    package private(set) var problem: String?

    /// The name by which the API knows it, `hephy.yml`.
    package var fileName: String { String(path.split(separator: "/").last ?? "") }

    /// Whether the run's title holds `hephy_id`, so that a dispatched run can be found by it.
    package var runNameHoldsHephyID: Bool { runName?.contains("hephy_id") ?? false }

    /// Whether a dispatch can start it.
    package var canBeDispatched: Bool { inputs != nil }

    /// Whether a product looks for a workflow at `path`: in one of ``CIFiles/folders``, not deeper, with one of two
    /// endings.
    package static func isWorkflow(path: String) -> Bool {
        guard let folder = CIFiles.folders.first(where: { path.hasPrefix("\($0)/") }) else { return false }
        let name = path.dropFirst(folder.count + 1)
        return !name.contains("/") && (name.hasSuffix(".yml") || name.hasSuffix(".yaml"))
    }

    /// Reads a workflow; never fails, but tells its `problem`.
    package init(path: String, bytes: [UInt8]) {
        self.path = path
        name = path
        isOurs = Self.holdsMarker(bytes)
        guard path != CIFiles.pipeline else {
            let header = PipelineHeader(bytes)
            (inputs, leavesOutPushes) = (header.inputs, header.leavesOutPushes)
            return
        }
        do {
            guard let root = try YAMLNode.parse(bytes) else { throw WorkflowProblem("the file is empty") }
            try read(root)
        } catch let error as YAMLError {
            problem = "line \(error.mark.line): \(error.problem)"
        } catch let error as WorkflowProblem {
            problem = error.text
        } catch {
            problem = "the file cannot be read"
        }
    }

    /// Whether a push of `ref` makes a run of this workflow.
    ///
    /// - Parameters:
    ///   - ref: in full, `refs/heads/main`.
    ///   - changedPaths: what differs between the ref's old and new commit; nil where that is not known.
    ///   - isNewOrUnknownDiff: whether GitHub compares with another commit than the caller did: for a new ref, after a
    ///     forced push, or when the old commit is not here.
    /// - Returns: `.maybe` where the pushed commit alone does not tell.
    package func match(push ref: String, changedPaths: [String]?, isNewOrUnknownDiff: Bool) -> PushMatch {
        if path == CIFiles.pipeline { return leavesOutPushes ? .no(.rulesLeaveOutPushes) : .maybe(.rulesDecide) }
        if let problem { return .maybe(.invalidFile(problem)) }
        guard let push else { return .no(.noPushTrigger) }
        return push.match(ref: ref, changedPaths: changedPaths, isNewOrUnknownDiff: isNewOrUnknownDiff)
    }

    private static func holdsMarker(_ bytes: [UInt8]) -> Bool {
        let marker = Array("# hephy:workflow 1".utf8)
        return bytes.split(separator: 0x0a).contains { line in
            guard line.starts(with: marker) else { return false }
            return line.dropFirst(marker.count).allSatisfy { $0 == 0x20 || $0 == 0x09 || $0 == 0x0d }
        }
    }

    private mutating func read(_ root: YAMLNode) throws {
        guard root.pairs != nil else { throw WorkflowProblem("a workflow is a mapping", root) }
        if let name = root["name"]?.string, !name.isEmpty { self.name = name }
        runName = root["run-name"]?.string
        isOurs = isOurs || Self.usesOurs(root["jobs"])
        guard let on = root["on"] else { throw WorkflowProblem("'on' is missing", root) }
        try readTriggers(on)
        guard let jobs = root["jobs"] else { throw WorkflowProblem("'jobs' is missing", root) }
        guard let pairs = jobs.pairs, !pairs.isEmpty else { throw WorkflowProblem("'jobs' names no job", jobs) }
    }

    private mutating func readTriggers(_ on: YAMLNode) throws {
        if let event = on.string {
            add(event)
        } else if let items = on.items {
            for item in items {
                guard let event = item.string else { throw WorkflowProblem("an event is a word", item) }
                add(event)
            }
        } else if let pairs = on.pairs {
            for (key, value) in pairs {
                guard let event = key.text else { throw WorkflowProblem("an event is a word", key) }
                add(event)
                if event == "push" { push = try PushFilter(value) }
                if event == "workflow_dispatch" { inputs = try WorkflowInput.list(value) }
            }
        }
        if events.isEmpty { throw WorkflowProblem("'on' names no event", on) }
    }

    private mutating func add(_ event: String) {
        events.append(event)
        if event == "push" { push = PushFilter() }
        if event == "workflow_dispatch" { inputs = [] }
    }

    /// Whether a job calls the reusable workflow of some hephy-builder repository.
    private static func usesOurs(_ jobs: YAMLNode?) -> Bool {
        jobs?.pairs?.contains { _, job in
            guard let uses = job["uses"]?.string, let at = uses.lastIndex(of: "@") else { return false }
            let hasRef = uses.index(after: at) < uses.endIndex
            return hasRef && uses[..<at].hasSuffix("/hephy-builder/.github/workflows/build.yml")
        } ?? false
    }
}

/// What makes a file no workflow, and where.
struct WorkflowProblem: Error {
    let text: String

    init(_ text: String, _ node: YAMLNode? = nil) {
        self.text = node.map { "line \($0.mark.line): \(text)" } ?? text
    }
}

extension PushFilter {
    /// Reads the value of `on.push`.
    ///
    /// - Throws: `WorkflowProblem` when a filter is no list of patterns, or two that exclude one another stand there.
    fileprivate init(_ node: YAMLNode) throws {
        self.init()
        guard !node.isNull else { return }
        guard node.pairs != nil else { throw WorkflowProblem("'push' is a mapping", node) }
        branches = try Self.patterns(node, "branches")
        branchesIgnore = try Self.patterns(node, "branches-ignore")
        tags = try Self.patterns(node, "tags")
        tagsIgnore = try Self.patterns(node, "tags-ignore")
        paths = try Self.patterns(node, "paths")
        pathsIgnore = try Self.patterns(node, "paths-ignore")
        for (one, other, word) in [
            (branches, branchesIgnore, "branches"), (tags, tagsIgnore, "tags"), (paths, pathsIgnore, "paths"),
        ] where one != nil && other != nil {
            throw WorkflowProblem("only one of '\(word)' and '\(word)-ignore' may stand there", node)
        }
    }

    private static func patterns(_ node: YAMLNode, _ key: String) throws -> FilterPatterns? {
        guard let value = node[key], !value.isNull else { return nil }
        if let text = value.string { return FilterPatterns([text]) }
        guard let items = value.items else { throw WorkflowProblem("'\(key)' is a list of patterns", value) }
        return FilterPatterns(
            try items.map { item in
                guard let text = item.text else { throw WorkflowProblem("a pattern is a word", item) }
                return text
            })
    }
}
