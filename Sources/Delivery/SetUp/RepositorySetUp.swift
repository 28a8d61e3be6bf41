package import BuildPlan
import Forge
package import Git
package import Scaffold

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Sets a repository up to be built: its configuration, the files of its CI, and the remote to push to.
package struct RepositorySetUp: Sendable {
    /// What is to be done; nothing of it is done yet.
    package struct Proposal: Sendable {
        package var plan: BuildPlan
        package var platform: CIPlatform
        package var files: [FileChange]
        package var remote: SetUpRemote
        /// The branch that is checked out.
        package var branch: String?
        /// What a person should know.
        package var notes: [String]
    }

    let source: ProjectSource
    let share: ShareFolder

    /// - Throws: `DeliveryError` where there is no work tree, or hephy's own files are missing.
    package init(_ location: RepositoryLocation) async throws(DeliveryError) {
        share = try ShareFolder(environment: location.git.environment)
        source = try await ProjectSource(location)
    }

    /// What `hephy init` does.
    ///
    /// - Throws: `DeliveryError` when the configuration is invalid, nothing is recognised, or something is in the way.
    package func initialProposal(_ options: SetUpOptions) async throws(DeliveryError) -> Proposal {
        let kept = options.isForced ? nil : source.configurationBytes
        let plan = try await source.plan(configuration: kept, backend: options.backend)
        if let wanted = options.backend, let configured = plan.configuration.backend?.value, wanted != configured {
            throw .setUp(.otherBackend(configured: configured.rawValue, wanted: wanted.rawValue))
        }
        let remote = await remote(for: plan.configuration)
        let platform = try await CIPlatformGuess.platform(
            asked: options.platform, configuration: plan.configuration, url: remote.url, workTree: source.workTree,
            git: source.location.git)
        var proposal = Proposal(
            plan: plan, platform: platform, files: [], remote: remote, branch: source.branch, notes: [])
        var bytes = kept
        if kept == nil {
            let text = draft(for: plan, on: platform, remote: remote, isChosen: options.backend != nil).text
            bytes = Array(text.utf8)
            let kind: FileChange.Kind = source.configurationBytes == nil ? .created : .replaced
            proposal.files.append(FileChange(path: BuildConfiguration.path, kind: kind, text: text))
        } else {
            proposal.files.append(FileChange(path: BuildConfiguration.path, kind: .unchanged))
        }
        switch platform {
        case .github, .gitea, .forgejo:
            let branch = options.trigger == .push ? await pushBranch() : nil
            var ci = ciPlan(for: plan, on: platform, configuration: bytes, remote: remote, branch: branch)
            ci.component = try component(options.component, on: platform, remote: remote)
            let hidden = Self.noteOfHiddenWorkflows(platform, in: source.workTree)
            proposal.notes += [hidden].compactMap(\.self)
            proposal.files.append(try github(ci, configuration: bytes, options: options, notes: &proposal.notes))
            proposal.notes += try notesOnEnterpriseServer(ci)
        case .gitlab:
            let branch = options.trigger == .push ? await pushBranch() : nil
            var ci = ciPlan(for: plan, on: platform, configuration: bytes, remote: remote, branch: branch)
            ci.component = try gitLabComponent(options.component, remote: remote)
            proposal.files += try gitLab(ci, options: options, notes: &proposal.notes)
        case .local: break
        }
        return proposal
    }

    /// What `hephy sync` does.
    ///
    /// - Throws: `DeliveryError` when the configuration is invalid, nothing is recognised, or there is nothing that was
    ///   rendered.
    package func renewal() async throws(DeliveryError) -> Proposal {
        let bytes = source.configurationBytes
        let plan = try await source.plan(configuration: bytes, backend: nil)
        let remote = await remote(for: plan.configuration)
        let found = try ownFiles()
        guard !found.isEmpty else {
            let isGitLab = await isOnGitLab(plan.configuration, remote: remote)
            throw .setUp(.nothingRendered(looked: isGitLab ? GitLabPipeline.path : GitHubWorkflow.path))
        }
        var changes: [FileChange] = []
        for own in found {
            guard let file = RenderedFile(own.text) else { throw .setUp(.noRegion(path: own.path)) }
            let text = try freshText(of: own, plan: plan, configuration: bytes, remote: remote)
            guard let fresh = RenderedFile(text) else { throw .setUp(.noRegion(path: own.path)) }
            let renewed = file.replacingRegion(with: fresh)
            changes.append(
                renewed == own.text
                    ? FileChange(path: own.path, kind: .unchanged)
                    : FileChange(path: own.path, kind: .replaced, text: renewed))
        }
        return Proposal(
            plan: plan, platform: found[0].platform, files: changes, remote: remote, branch: source.branch, notes: [])
    }

    /// How each rendered file stands to what would be rendered now; none where nothing was rendered.
    ///
    /// - Throws: `DeliveryError` as `renewal()` does.
    package func drift() async throws(DeliveryError) -> [(path: String, drift: Drift)] {
        let found = try ownFiles().filter { RenderedFile($0.text) != nil }
        guard !found.isEmpty else { return [] }
        let bytes = source.configurationBytes
        let plan = try await source.plan(configuration: bytes, backend: nil)
        let remote = await remote(for: plan.configuration)
        var drifts: [(path: String, drift: Drift)] = []
        for own in found {
            let text = try freshText(of: own, plan: plan, configuration: bytes, remote: remote)
            let drift = Drift(of: own.text, from: text, configurationDigest: bytes.map(CIPlan.digest(of:)))
            drifts.append((own.path, drift))
            if own.path == GitLabPipeline.attachedPath, try isLeftOut() {
                drifts.append((GitLabPipeline.path, .notIncluded))
            }
        }
        return drifts
    }

    /// What a rendered file would be now, in the form that it has.
    private func freshText(
        of own: OwnFile, plan: BuildPlan, configuration: [UInt8]?, remote: SetUpRemote
    ) throws(DeliveryError) -> String {
        var ci = ciPlan(
            for: plan, on: own.platform, configuration: configuration, remote: remote, branch: own.pushBranch)
        ci.component = RenderedFile(own.text)?.component
        return own.platform == .gitlab ? try rendered(ci, as: gitLabForm(of: own)) : try rendered(ci)
    }

    /// Writes the files and makes the remote.
    ///
    /// - Throws: `DeliveryError` at the first thing that cannot be done.
    package func carryOut(_ proposal: Proposal) async throws(DeliveryError) {
        try await carryOutFiles(of: proposal)
        try await proposal.remote.add(source.location.git)
    }

    /// Writes the files alone.
    ///
    /// - Throws: `DeliveryError` at the first that cannot be written.
    package func carryOutFiles(of proposal: Proposal) async throws(DeliveryError) {
        for file in proposal.files {
            if let text = file.text { try source.workTree.write(text, to: file.path) }
        }
    }

    // MARK: What is rendered

    private func remote(for configuration: BuildConfiguration) async -> SetUpRemote {
        await SetUpRemote(
            source.config, branch: source.branch, configuration: configuration, folder: source.workTree.root,
            git: source.location.git)
    }

    private func draft(
        for plan: BuildPlan, on platform: CIPlatform, remote: SetUpRemote, isChosen: Bool
    ) -> ConfigurationDraft {
        let repository = remote.url.flatMap { try? RepositoryPath($0.path) }
        var image: String?
        if let url = remote.url, let repository,
            case .name(let name)? = ImageName.standard(
                on: platform, host: Self.host(of: url, on: platform) ?? url.host, owner: repository.owner,
                repository: repository.name)
        {
            image = name.description
        }
        // Elsewhere the name of GitLab's registry is known inside a run alone.
        if platform == .gitlab, let url = remote.url, url.host == "gitlab.com" {
            image = "registry.gitlab.com/" + url.path.split(separator: "/").joined(separator: "/").lowercased()
            if image?.hasSuffix(".git") == true { image?.removeLast(4) }
        }
        return ConfigurationDraft(
            backend: plan.detection.backend ?? .buildkit,
            reason: isChosen ? "chosen when this file was written" : plan.detection.reason,
            platforms: plan.platforms?.kept ?? [], image: image)
    }

    func ciPlan(
        for plan: BuildPlan, on platform: CIPlatform, configuration bytes: [UInt8]?, remote: SetUpRemote,
        branch: String?
    ) -> CIPlan {
        let configuration = bytes.flatMap { BuildConfiguration.parse($0).configuration } ?? plan.configuration
        let repository = remote.url.flatMap { try? RepositoryPath($0.path) }
        var ci = CIPlan(
            backend: plan.detection.backend ?? .buildkit, platforms: plan.platforms?.kept ?? [],
            configuration: configuration, configurationDigest: bytes.map(CIPlan.digest(of:)),
            hasSpinManifest: plan.detection.spinManifest != nil,
            hasContainerSources: plan.detection.dockerfile != nil || plan.detection.koMain != nil,
            host: Self.host(of: remote.url, on: platform), repository: repository.map { ($0.owner, $0.name) },
            pushBranch: branch)
        ci.koMain = plan.detection.koMain
        ci.platform = platform
        ci.isPlain = remote.url?.transport == .http
        return ci
    }

    private func rendered(_ ci: CIPlan) throws(DeliveryError) -> String {
        do throws(ScaffoldError) {
            return try GitHubWorkflow.render(ci, from: sharedFiles)
        } catch {
            throw .setUp(.scaffold(error))
        }
    }

    /// What hephy was installed with.
    var sharedFiles: SharedFiles {
        SharedFiles { [share] path in
            (try? Data(contentsOf: URL(filePath: "\(share.path)/\(path)"))).map(Array.init)
        }
    }

    private func github(
        _ ci: CIPlan, configuration: [UInt8]?, options: SetUpOptions, notes: inout [String]
    ) throws(DeliveryError) -> FileChange {
        let text = try rendered(ci)
        let own = try Self.ownWorkflow(in: source.workTree, on: ci.platform)
        let path = own?.path ?? GitHubWorkflow.path(on: ci.platform)
        let present: String?
        if let own { present = own.text } else { present = try textOfWorkflow(at: path) }
        guard let present else {
            return FileChange(path: path, kind: .created, text: text)
        }
        if options.isForced { return FileChange(path: path, kind: .replaced, text: text) }
        guard own != nil else { throw .setUp(.foreignFile(path: path)) }
        guard let file = RenderedFile(present) else {
            return FileChange(path: path, kind: .kept(reason: "a workflow of hephy's that was not rendered"))
        }
        var fresh = ci
        if options.component == nil { fresh.component = file.component }
        if Drift(of: present, from: try rendered(fresh), configurationDigest: ci.configurationDigest) != .none {
            notes.append("'\(path)' is not what would be rendered now; hephy sync renders it again")
        }
        return FileChange(path: path, kind: .unchanged)
    }

    /// The branch whose pushes are built: the forge's default branch where that is known, else the one checked out.
    private func pushBranch() async -> String {
        let head = "refs/remotes/origin/"
        if let ran = try? await source.location.git.run(["symbolic-ref", "--quiet", "\(head)HEAD"]), ran.status == 0 {
            let name = String(decoding: ran.standardOutput.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
            if name.hasPrefix(head) { return String(name.dropFirst(head.count)) }
        }
        return source.branch ?? "main"
    }

    private func component(
        _ typed: String?, on platform: CIPlatform, remote: SetUpRemote
    ) throws(DeliveryError) -> String? {
        guard let typed else { return nil }
        guard platform == .github else { throw .setUp(.notAComponent(typed)) }
        let workflow = "hephy-builder/\(GitHubWorkflow.reusablePath)"
        let parts = typed.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let legal = typed.utf8.allSatisfy { byte in
            byte > 0x20 && byte < 0x7f && !"\"'#{}[]$\\".utf8.contains(byte)
        }
        guard legal, let ref = parts.last, !ref.isEmpty else { throw .setUp(.notAComponent(typed)) }
        if parts.count == 1 {
            guard let owner = remote.url.flatMap({ try? RepositoryPath($0.path) })?.owner else {
                throw .setUp(.notAComponent(typed))
            }
            return "\(owner)/\(workflow)@\(ref)"
        }
        let names = parts[0].split(separator: "/", omittingEmptySubsequences: false)
        guard names.count >= 2, names[1] == "hephy-builder", !names[0].isEmpty,
            names.count == 2 || parts[0].hasSuffix("/\(workflow)")
        else { throw .setUp(.notAComponent(typed)) }
        return "\(names[0])/\(workflow)@\(ref)"
    }

    // MARK: What is there

    /// A CI file of hephy's, rendered or typed in by hand.
    struct OwnFile {
        var platform: CIPlatform
        var path: String
        var text: String
        /// Any branch where pushes start the file's jobs; nil where only a dispatch does.
        var pushBranch: String?
    }

    /// Whether a work tree has a CI file that hephy rendered; also where hephy's own files are missing.
    package static func hasRenderedFile(in root: String) -> Bool {
        let files = try? ownFiles(in: WorkTree(root))
        return files?.contains { RenderedFile($0.text) != nil } ?? false
    }

    /// The CI files of hephy's in the work tree, at most one for each platform.
    private func ownFiles() throws(DeliveryError) -> [OwnFile] { try Self.ownFiles(in: source.workTree) }

    private static func ownFiles(in workTree: WorkTree) throws(DeliveryError) -> [OwnFile] {
        var found: [OwnFile] = []
        for platform in [CIPlatform.github, .gitea, .forgejo] {
            guard let own = try ownWorkflow(in: workTree, on: platform) else { continue }
            found.append(OwnFile(platform: platform, path: own.path, text: own.text))
        }
        return found + [try ownGitLabFile(in: workTree)].compactMap(\.self)
    }

    /// The first workflow of hephy's in the work tree, one that was rendered before others.
    private static func ownWorkflow(
        in workTree: WorkTree, on platform: CIPlatform
    ) throws(DeliveryError) -> (path: String, text: String)? {
        var found: (path: String, text: String)?
        for path in workTree.files(in: GitHubWorkflow.folder(on: platform)) where WorkflowFile.isWorkflow(path: path) {
            guard let text = try text(of: path, in: workTree) else { continue }
            guard WorkflowFile(path: path, bytes: Array(text.utf8)).isOurs else { continue }
            if RenderedFile(text) != nil { return (path, text) }
            found = found ?? (path, text)
        }
        return found
    }

    private func textOfWorkflow(at path: String) throws(DeliveryError) -> String? {
        try Self.text(of: path, in: source.workTree)
    }

    static func text(of path: String, in workTree: WorkTree) throws(DeliveryError) -> String? {
        try workTree.contents(of: path, limit: 1 << 20).map { String(decoding: $0, as: UTF8.self) }
    }
}
