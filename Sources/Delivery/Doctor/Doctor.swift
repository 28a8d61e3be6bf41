package import Git

/// Looks at everything that a push through hephy needs, on this machine, in the repository and at its forges.
///
/// Nothing is pushed, started or stored but what a push would store too: which product a host turned out to be.
package struct Doctor: Sendable {
    /// A program on this machine that may build, for the embedded forge.
    package struct Builder: Sendable {
        package var name: String
        package var answers: Bool
        /// The only backend that it builds for; nil for one that builds images from a Dockerfile.
        package var backend: String?
        package var installation: String

        package init(name: String, answers: Bool, backend: String?, installation: String) {
            self.name = name
            self.answers = answers
            self.backend = backend
            self.installation = installation
        }
    }

    let git: GitProgram
    let builders: [Builder]

    /// How long one forge may take for all that it is asked.
    static let patience: Duration = .seconds(20)

    /// - Parameters:
    ///   - git: the user's git, as it is called here.
    ///   - builders: the programs that the embedded forge builds with, and whether they answer.
    package init(git: GitProgram, builders: [Builder]) {
        self.git = git
        self.builders = builders
    }

    /// Everything that was found, in the order in which a push needs it.
    package func findings() async -> [Finding] {
        let machine = MachineExamination(git: git)
        let programs = await machine.symptoms()
        guard programs.isGitUsable else { return programs.symptoms.map { Finding($0) } }
        let repository = await RepositoryExamination.find(git)
        var findings = programs.symptoms.map { Finding($0) } + repository.symptoms.map { Finding($0) }
        let config: GitConfig
        do {
            config = try await GitConfig.load(git)
        } catch {
            // What hinders git here has mostly been said of the repository already.
            let isSaid = findings.contains { $0.check == .repository && $0.level == .problem }
            return findings + (isSaid ? [] : [Finding(Symptom.OfRepository.gitFailed(error))])
        }
        var remotes: [ExaminedRemote] = []
        if let location = repository.location {
            remotes = ExaminedRemote.all(in: config)
            findings += await RepositoryExamination(location: location, config: config).findings(remotes: remotes)
            findings += await examine(remotes, at: location, config)
        }
        var examination = BuilderExamination(builders: builders, named: config["hephy.local.builder"])
        if let location = repository.location, remotes.contains(where: { $0.url?.runsHere == true }) {
            examination.isNeeded = true
            examination.backend = await RepositoryExamination.backend(at: location, config)
        }
        return findings + examination.symptoms().map { Finding($0) }
    }

    /// All remotes at once: each may have to wait for a network that is not there.
    private func examine(
        _ remotes: [ExaminedRemote], at location: RepositoryLocation, _ config: GitConfig
    ) async -> [Finding] {
        let suggested = await RepositoryExamination.suggestedProduct(at: location)
        return await withTaskGroup(of: (Int, [Symptom.OfRemote]).self) { group in
            for (index, remote) in remotes.enumerated() {
                group.addTask {
                    let examination = RemoteExamination(
                        remote: remote, location: location, config: config, suggested: suggested)
                    return (index, await examination.symptoms())
                }
            }
            var found: [Int: [Symptom.OfRemote]] = [:]
            for await (index, symptoms) in group { found[index] = symptoms }
            return remotes.indices.flatMap { index in
                (found[index] ?? []).map { Finding($0).about(remotes[index].name) }
            }
        }
    }
}

extension Collection<Finding> {
    /// What a doctor ends with: the status that fits the worst of the problems.
    package var status: ExitStatus { ExitStatus.combined(map(\.status)) }
}
