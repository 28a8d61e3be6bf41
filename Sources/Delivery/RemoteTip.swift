import Git

/// Where a remote's refs are, as git itself is told.
struct RemoteTip {
    let place: RemoteForge.Place
    let git: GitProgram

    /// The full name of the ref that a commit runs for: the one that is named, that of its last run, or the branch that is
    /// checked out.
    ///
    /// - Throws: `DeliveryError.noRefNamed` where none of them is there, `.git`.
    func ref(
        _ name: String?, of record: RunRecord?, for id: ObjectID, in location: RepositoryLocation
    ) async throws(DeliveryError) -> String {
        if let name {
            if name.hasPrefix("refs/") { return name }
            let found = try await refs(["refs/heads/\(name)", "refs/tags/\(name)"])
            guard let ref = found.first?.name else {
                throw .notPushed(commit: id.short, ref: name, place: place.name ?? place.url.text)
            }
            return ref
        }
        if let record { return record.ref }
        let branch: String?
        let config: GitConfig
        do {
            branch = try await location.branch("HEAD")
            config = try await GitConfig.load(git)
        } catch {
            throw .git(error)
        }
        guard let branch else { throw .noRefNamed(commit: id.short) }
        // What the branch is called there, where it follows another name.
        if let merge = config["branch.\(branch).merge"], config["branch.\(branch).remote"] == place.name,
            merge.hasPrefix("refs/heads/")
        {
            return merge
        }
        return "refs/heads/\(branch)"
    }

    /// What `ref` of the remote is at.
    ///
    /// - Parameters:
    ///   - ref: in full.
    ///   - id: a commit that has to be part of its history.
    ///   - isKnown: whether the commit was pushed for certain.
    /// - Returns: the commit; nil where nobody here can read it.
    /// - Throws: `DeliveryError.notPushed` where the commit is not part of it, `.git` when the remote does not answer.
    func tip(
        of ref: String, holding id: ObjectID, isKnown: Bool
    ) async throws(DeliveryError) -> ObjectID? {
        let missing = DeliveryError.notPushed(
            commit: id.short, ref: RefUpdate.shortName(of: ref), place: place.name ?? place.url.text)
        // An annotated tag is told twice, the second time as what it stands for.
        guard let tip = try await refs([ref, "\(ref)^{}"]).last?.id else { throw missing }
        if tip == id { return tip }
        let ancestry: GitProgram.Output
        do { ancestry = try await git.run(["merge-base", "--is-ancestor", id.hex, tip.hex]) } catch {
            throw .git(error)
        }
        switch ancestry.status {
        case 0: return tip
        // The remote has moved on to what is not here.
        case 128 where isKnown: return tip
        default: throw missing
        }
    }

    private func refs(_ names: [String]) async throws(DeliveryError) -> [(name: String, id: ObjectID)] {
        let url = EmbeddedRepository.directory(of: place.url, environment: git.environment) ?? place.url.text
        let output: GitProgram.Output
        do {
            output = try await git.run(["ls-remote", "--", url] + names, overriding: ["GIT_TERMINAL_PROMPT": "0"])
        } catch {
            throw .git(error)
        }
        guard output.status == 0 else {
            throw .git(
                .commandFailed(
                    arguments: ["ls-remote", url], status: output.status, message: output.standardError))
        }
        return output.standardOutput.split(separator: UInt8(ascii: "\n")).compactMap { line in
            let parts = line.split(separator: UInt8(ascii: "\t"), maxSplits: 1)
            guard parts.count == 2, let id = ObjectID(String(decoding: parts[0], as: UTF8.self)) else { return nil }
            return (String(decoding: parts[1], as: UTF8.self), id)
        }
    }
}
