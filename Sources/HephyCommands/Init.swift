import ArgumentParser
import BuildPlan
import Delivery
import Git

struct Init: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Set this repository up: configuration, CI files and the remote hephy.",
        discussion: """
            Detects what builds the commit that is checked out (where there is no commit yet, the files of the work \
            tree), writes .hephy/build-config.yaml and the files of the CI that the remote's host runs, and adds the \
            remote 'hephy'. What is there already stays as it is; a .gitlab-ci.yml of your own gets a line that includes \
            .gitlab/hephy.yml, and where that cannot be done without changing what it says, the line is printed.

            Exit status: 0; 2 for a CI that no files can be rendered for; 3 when no backend was recognised, the \
            configuration is invalid, or a file is in the way.
            """)

    @Flag(help: "Write files anew that are there already, your own changes in them included.")
    var force = false

    @Flag(name: .customLong("dry-run"), help: "Say what would be done, and do nothing.")
    var isDryRun = false

    @Option(
        help: ArgumentHelp("The CI: github, gitlab, gitea, forgejo or local.", valueName: "ci"),
        completion: .list(CIPlatform.allCases.map(\.rawValue)))
    var platform: String?

    @Option(
        help: ArgumentHelp("What builds the image: kaniko, buildkit, ko or spin.", valueName: "backend"),
        completion: .list(Backend.allCases.map(\.rawValue)))
    var backend: String?

    @Option(
        help: ArgumentHelp("What starts a run: push, or dispatch for hephy alone.", valueName: "trigger"),
        completion: .list(SetUpOptions.Trigger.allCases.map(\.rawValue)))
    var trigger = SetUpOptions.Trigger.push.rawValue

    @Option(
        help: ArgumentHelp(
            """
            Call a shared workflow instead of writing the steps into the file: OWNER/hephy-builder@REF. On GitLab also \
            the https URL of a file that its include names, or a component, HOST/PROJECT/NAME@REF.
            """,
            valueName: "ref"))
    var component: String?

    @Flag(help: "Print one JSON object.")
    var json = false

    func validate() throws { _ = try options() }

    func run() async throws {
        let options = try options()
        let site = try await CommandSite()
        let proposal: RepositorySetUp.Proposal
        do throws(DeliveryError) {
            let setUp = try await RepositorySetUp(site.location)
            proposal = try await setUp.initialProposal(options)
            if !isDryRun { try await setUp.carryOut(proposal) }
        } catch {
            throw SetUpReport.ended(error)
        }
        let report = SetUpReport(proposal: proposal, isDryRun: isDryRun)
        for line in report.warnings { StandardError.write(line + "\n") }
        if json {
            print(SetUpReport.Initialised(content: report.content(isInitial: true)).json)
        } else {
            for line in report.lines { print(line) }
        }
    }

    private func options() throws -> SetUpOptions {
        SetUpOptions(
            backend: try backend.map { try Self.value($0, of: Backend.self, option: "backend") },
            platform: try platform.map { try Self.value($0, of: CIPlatform.self, option: "platform") },
            trigger: try Self.value(trigger, of: SetUpOptions.Trigger.self, option: "trigger"),
            component: component, isForced: force)
    }

    private static func value<Value: RawRepresentable<String> & CaseIterable>(
        _ text: String, of type: Value.Type, option: String
    ) throws -> Value {
        if let value = Value(rawValue: text) { return value }
        let allowed = Value.allCases.map(\.rawValue).joined(separator: ", ")
        throw ValidationError("--\(option) takes one of: \(allowed)")
    }
}
