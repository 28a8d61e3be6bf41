import ArgumentParser
import Delivery

struct Adopt: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Let a remote that is there go through hephy, so that a plain push to it does.",
        discussion: """
            After it 'git push origin main' pushes as before, then starts the CI and follows it. The remote keeps its \
            URL, over https and ssh, so that git-lfs, gh and editors work as before. --undo makes the repository's \
            configuration file what it was, byte for byte, as long as nobody else has changed it.

            Exit status: 0; 2 where there is no such remote, hephy cannot push to it, or the file was changed since.
            """)

    @Flag(help: "Take it back.")
    var undo = false

    @Argument(help: "The remote.")
    var remote = "origin"

    func run() async throws {
        let site = try await CommandSite()
        do throws(DeliveryError) {
            let adoption = try await Adoption(site.location)
            switch undo ? try adoption.undo(remote) : try await adoption.adopt(remote) {
            case .adopted(let url):
                print(StandardError.safe("\(remote): pushes to \(url) go through hephy from now on"))
            case .unchanged: print(StandardError.safe("\(remote): goes through hephy already"))
            case .undone: print(StandardError.safe("\(remote): as it was before"))
            }
        } catch {
            throw Ended(FailureReport(error).say())
        }
    }
}
