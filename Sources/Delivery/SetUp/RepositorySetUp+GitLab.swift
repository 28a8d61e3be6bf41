import BuildPlan
import Git
import Scaffold

extension RepositorySetUp {
    /// Whether the repository is one that GitLab builds, as far as that is known without asking a host.
    func isOnGitLab(_ configuration: BuildConfiguration, remote: SetUpRemote) async -> Bool {
        if let named = configuration.ciPlatform?.value { return named == .gitlab }
        return remote.url?.host == "gitlab.com"
    }

    /// What becomes of GitLab's files: one of hephy's own, or one beside the repository's own and a line in that.
    func gitLab(
        _ ci: CIPlan, options: SetUpOptions, notes: inout [String]
    ) throws(DeliveryError) -> [FileChange] {
        let path = GitLabPipeline.path
        guard let present = try Self.text(of: path, in: source.workTree) else {
            return [FileChange(path: path, kind: .created, text: try rendered(ci, as: .main))]
        }
        if Self.hasMark(present) {
            if options.isForced {
                return [FileChange(path: path, kind: .replaced, text: try rendered(ci, as: .main))]
            }
            guard RenderedFile(present) != nil else {
                return [FileChange(path: path, kind: .kept(reason: "a pipeline of hephy's that was not rendered"))]
            }
            try noteDrift(of: present, at: path, from: ci, as: .main, options: options, notes: &notes)
            return [FileChange(path: path, kind: .unchanged)]
        }
        let main = GitLabMainFile(present)
        if main?.includesSharedFile == true {
            return [FileChange(path: path, kind: .kept(reason: "it includes hephy's shared pipeline already"))]
        }
        let form = Self.form(beside: main)
        return [
            try attached(ci, as: form, options: options, notes: &notes), including(main, notes: &notes),
        ]
    }

    /// The file that a `.gitlab-ci.yml` of the repository's own includes.
    private func attached(
        _ ci: CIPlan, as form: GitLabPipeline.Form, options: SetUpOptions, notes: inout [String]
    ) throws(DeliveryError) -> FileChange {
        let path = GitLabPipeline.attachedPath
        guard let present = try Self.text(of: path, in: source.workTree) else {
            return FileChange(path: path, kind: .created, text: try rendered(ci, as: form))
        }
        if options.isForced { return FileChange(path: path, kind: .replaced, text: try rendered(ci, as: form)) }
        guard RenderedFile(present) != nil else { throw .setUp(.foreignFile(path: path)) }
        try noteDrift(of: present, at: path, from: ci, as: form, options: options, notes: &notes)
        return FileChange(path: path, kind: .unchanged)
    }

    /// The line that includes it.
    private func including(_ main: GitLabMainFile?, notes: inout [String]) -> FileChange {
        let path = GitLabPipeline.path
        if main?.includesHephy == true { return FileChange(path: path, kind: .unchanged) }
        guard let text = main?.includingHephy() else {
            notes.append("add these two lines to '\(path)', or the second to the list that 'include:' has there:")
            notes.append("include:")
            notes.append("  - local: \(GitLabPipeline.attachedPath)")
            return FileChange(path: path, kind: .kept(reason: "hephy cannot add to it without changing what it says"))
        }
        return FileChange(path: path, kind: .edited, text: text)
    }

    private func noteDrift(
        of present: String, at path: String, from ci: CIPlan, as form: GitLabPipeline.Form, options: SetUpOptions,
        notes: inout [String]
    ) throws(DeliveryError) {
        var fresh = ci
        if options.component == nil { fresh.component = RenderedFile(present)?.component }
        if Drift(of: present, from: try rendered(fresh, as: form), configurationDigest: ci.configurationDigest) != .none
        {
            notes.append("'\(path)' is not what would be rendered now; hephy sync renders it again")
        }
    }

    func rendered(_ ci: CIPlan, as form: GitLabPipeline.Form) throws(DeliveryError) -> String {
        do throws(ScaffoldError) {
            return try GitLabPipeline.render(ci, as: form, from: sharedFiles)
        } catch {
            throw .setUp(.scaffold(error))
        }
    }

    // MARK: What is there

    /// Hephy's file of the work tree: `.gitlab-ci.yml` itself, or the one beside it.
    static func ownGitLabFile(in workTree: WorkTree) throws(DeliveryError) -> OwnFile? {
        if let text = try text(of: GitLabPipeline.path, in: workTree), hasMark(text) {
            return OwnFile(platform: .gitlab, path: GitLabPipeline.path, text: text)
        }
        guard let text = try text(of: GitLabPipeline.attachedPath, in: workTree), RenderedFile(text) != nil else {
            return nil
        }
        // Here the region has the rule that leaves pushes out.
        let isPushed = !text.contains(#"- if: $CI_PIPELINE_SOURCE == "push""#)
        return OwnFile(
            platform: .gitlab, path: GitLabPipeline.attachedPath, text: text, pushBranch: isPushed ? "main" : nil)
    }

    /// Whether the repository's own file, or none, is what GitLab reads beside hephy's.
    ///
    /// A file that is no YAML that hephy reads includes it where it names it.
    func isLeftOut() throws(DeliveryError) -> Bool {
        guard let text = try Self.text(of: GitLabPipeline.path, in: source.workTree) else { return true }
        return GitLabMainFile(text).map { !$0.includesHephy } ?? !text.contains(GitLabPipeline.attachedPath)
    }

    /// The form that a file of hephy's has.
    func gitLabForm(of own: OwnFile) throws(DeliveryError) -> GitLabPipeline.Form {
        if own.path == GitLabPipeline.path { return .main }
        return Self.form(
            beside: try Self.text(of: GitLabPipeline.path, in: source.workTree).flatMap(GitLabMainFile.init))
    }

    private static func form(beside main: GitLabMainFile?) -> GitLabPipeline.Form {
        .attached(stage: main?.stage ?? "build", inMergeRequests: main?.runsInMergeRequests ?? false)
    }

    /// Whether a text has the line that makes a pipeline hephy's.
    private static func hasMark(_ text: String) -> Bool {
        text.split { $0 == "\n" || $0 == "\r\n" }.contains { line in
            line.split(separator: " ").prefix(3) == ["#", "hephy:workflow", "1"]
        }
    }

    // MARK: Component

    /// What `--component` names on GitLab: the URL of a file, a component's address, or a copy of this project on the
    /// repository's own GitLab.
    func gitLabComponent(_ typed: String?, remote: SetUpRemote) throws(DeliveryError) -> String? {
        guard let typed else { return nil }
        let legal = typed.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f && !"\"'#{}[]\\".utf8.contains($0) }
        guard legal, !typed.hasPrefix("http://") else { throw .setUp(.notAComponent(typed)) }
        if typed.hasPrefix("https://") { return typed }
        let parts = typed.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard let ref = parts.last, !ref.isEmpty, !parts[0].isEmpty else { throw .setUp(.notAComponent(typed)) }
        let path = parts[0].split(separator: "/", omittingEmptySubsequences: false)
        // gitlab.example.com/group/project/name@1.2
        if parts.count == 2, path.count >= 4, path[0].contains(".") || path[0] == "$CI_SERVER_FQDN" { return typed }
        guard !typed.contains("$"), let url = remote.url, url.transport != .file, url.transport != .local else {
            throw .setUp(.notAComponent(typed))
        }
        let project: String
        if parts.count == 2 {
            guard path.count >= 2, path.last == "hephy-builder", !path.contains("") else {
                throw .setUp(.notAComponent(typed))
            }
            project = parts[0]
        } else {
            let own = url.path.split(separator: "/")
            guard own.count >= 2 else { throw .setUp(.notAComponent(typed)) }
            project = own.dropLast().joined(separator: "/") + "/hephy-builder"
        }
        let port = url.transport == .https ? url.port.map { ":\($0)" } ?? "" : ""
        return "https://\(url.host)\(port)/\(project)/-/raw/\(ref)/\(GitLabPipeline.sharedPath)"
    }
}
