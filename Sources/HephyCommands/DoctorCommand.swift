import ArgumentParser
import Delivery
import Git
import LocalRuns

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Look at everything that a push needs, and say what mends it.",
        discussion: """
            Looks at git, at the helper as git finds it, at the repository's configuration and CI files, at each remote \
            that goes through hephy (its URL, its forge, and what your token may do there), at git-lfs, and at what \
            builds on this machine. Tokens are never shown. Nothing is pushed or started. Without a network it says so.

            Exit status: 0 when nothing is a problem, else the one that fits the worst of them: 2 a URL, 3 the \
            configuration or a CI file, 4 a token, 128 git or the helper.
            """)

    @Flag(help: "Print one JSON object.")
    var json = false

    func run() async throws {
        let git = GitProgram(environment: ChildEnvironment.own())
        let builders = await Builder.survey(environment: git.environment)
        let doctor = Doctor(
            git: git,
            builders: builders.map {
                .init(name: $0.name, answers: $0.answers, backend: $0.backend, installation: $0.installation)
            })
        let findings = await doctor.findings()
        let status = findings.status
        if json {
            print(DoctorReport(findings).json)
        } else {
            for line in findings.flatMap(\.lines) { print(line) }
        }
        if status != .succeeded { throw Ended(status) }
    }
}
