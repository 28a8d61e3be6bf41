import ArgumentParser
import Delivery

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

struct WriteCompanions: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write the man pages and the completions of the shells.",
        discussion: "What ./install.sh puts below DIR/share: pages into man/man1, completions where each shell looks.",
        shouldDisplay: false)

    @Argument(help: "The folder to write into, made where it is not there.")
    var folder: String

    func run() async throws {
        var files = try Manual.pages().map { (path: "man/man1/\($0.file)", text: $0.text) }
        files += CompletionScript.all.map { (path: $0.path, text: $0.text) }
        for file in files {
            let path = "\(folder)/\(file.path)"
            let parent = path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
            do {
                try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
                try Data(file.text.utf8).write(to: URL(filePath: path), options: .atomic)
            } catch {
                let report = FailureReport(.setUp(.notWritten(path: path, reason: "\(error)")))
                throw Ended(report.say())
            }
            print(file.path)
        }
    }
}
