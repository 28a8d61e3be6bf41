import ArgumentParser
import Delivery
import Git

struct Suggest: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print words that may stand where a shell asks for completion.", shouldDisplay: false)

    enum Kind: String, CaseIterable, ExpressibleByArgument {
        case remotes, runs, commits
    }

    @Argument var kind: Kind

    /// Says nothing where there is nothing to say: whoever types is not to be interrupted.
    func run() async throws {
        let git = GitProgram(environment: ChildEnvironment.own())
        guard let location = try? await RepositoryLocation(git) else { return }
        let suggestions = Suggestions(location)
        let words =
            switch kind {
            case .remotes: await suggestions.remotes()
            case .runs: suggestions.runs() + (await suggestions.branches())
            case .commits: await suggestions.branches()
            }
        for word in words { print(word) }
    }
}
