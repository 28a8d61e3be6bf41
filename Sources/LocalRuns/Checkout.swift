import Forge

/// A clean checkout of one commit, which shares the objects of the bare repository.
struct Checkout {
    let request: LocalRequest
    /// Where it is made.
    let folder: String
    /// Where git looks for its configuration in place of the user's.
    let home: String
    let path: String?

    /// Makes the checkout; what git says goes to the log.
    ///
    /// Nothing of the user's own git configuration counts, so no filter runs and no line end is changed: the files are
    /// those of the commit. Submodules and the contents behind LFS pointers are not fetched, as `actions/checkout` does
    /// not by default either.
    ///
    /// - Throws: `LocalRunsError` when git fails or the run is interrupted.
    func make(log: JobLog, step: Int) async throws(LocalRunsError) {
        let config = "\(home)/gitconfig"
        do throws(FileFault) {
            try LocalFile.makeFolder(home)
            // Whoever owns the repository: git has let the push into it.
            let quoted = request.repository.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
            try LocalFile.replace(config, with: Array("[safe]\n\tdirectory = \"\(quoted)\"\n".utf8))
        } catch {
            throw .file(error)
        }
        LocalFile.remove(folder)
        try await git(
            ["clone", "--quiet", "--shared", "--no-checkout", "--template=", "--", request.repository, folder],
            in: home, log, step)
        try borrowObjects()
        try await git(["checkout", "--quiet", "--detach", request.sha], in: folder, log, step)
        if LocalFile.exists("\(folder)/.gitmodules") { log.say("submodules are not checked out", step: step) }
        let attributes = (try? LocalFile.contents(of: "\(folder)/.gitattributes")) ?? []
        if String(decoding: attributes, as: UTF8.self).contains("filter=lfs") {
            log.say("files of Git LFS are left as pointers", step: step)
        }
    }

    /// Lets the checkout see the objects of a push that the repository has not taken yet.
    private func borrowObjects() throws(LocalRunsError) {
        guard let objects = request.objects else { return }
        let path = "\(folder)/.git/objects/info/alternates"
        let known = (try? LocalFile.contents(of: path)) ?? []
        do throws(FileFault) {
            try LocalFile.replace(path, with: known + Array("\(objects)\n".utf8))
        } catch {
            throw .file(error)
        }
    }

    private func git(
        _ arguments: [String], in folder: String, _ log: JobLog, _ step: Int
    ) async throws(LocalRunsError) {
        let process = StepProcess(
            program: "git", arguments: arguments, folder: folder,
            environment: [
                "PATH": path ?? "/usr/local/bin:/usr/bin:/bin", "HOME": home, "LC_ALL": "C",
                "GIT_CONFIG_GLOBAL": "\(home)/gitconfig", "GIT_CONFIG_NOSYSTEM": "1", "GIT_TERMINAL_PROMPT": "0",
                // An empty repository does not tell a clone of its kind of objects (git 2.39).
                "GIT_DEFAULT_HASH": request.sha.utf8.count == 64 ? "sha256" : "sha1",
            ])
        let status = try await process.run(into: log, step: step)
        guard status == 0 else { throw .stepFailed(name: "git \(arguments[0])", status: status) }
    }
}
