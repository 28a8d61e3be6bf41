import ArgumentParser
import BuildPlan
import Delivery
import Git

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

struct Check: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Validate .hephy/build-config.yaml.",
        discussion: """
            Without COMMIT the file in the work tree is read, in a bare repository that of HEAD. A repository without \
            the file is valid: everything is left to detection.

            Exit status: 0, or 3 with every problem at its place.
            """)

    @Argument(help: "The commit whose file is read.")
    var commit: String?

    func run() async throws {
        let site = try await CommandSite()
        let bytes: [UInt8]?
        if commit == nil, let workTree = site.location.workTree {
            bytes = try Self.file(at: "\(workTree)/\(BuildConfiguration.path)")
        } else {
            let id = try await site.commit(commit ?? "HEAD")
            let read = try await site.reading(id) { tree in
                Result { () throws(SourceTreeError) in
                    try tree.contents(of: BuildConfiguration.path, limit: BuildConfiguration.byteLimit + 1)
                }
            }
            switch read {
            case .success(let contents): bytes = contents
            case .failure(let error): throw Ended(FailureReport(DeliveryError.tree(error)).say())
            }
        }
        guard let bytes else {
            print("no \(BuildConfiguration.path): everything is left to detection and defaults")
            return
        }
        let parsed = BuildConfiguration.parse(bytes)
        for problem in parsed.problems { ProblemLines.lines(for: problem).forEach { print($0) } }
        guard parsed.configuration != nil else { throw Ended(.configuration) }
        print("\(BuildConfiguration.path) is valid")
    }

    /// The file's bytes, one more than are allowed at most; nil where there is no file.
    private static func file(at path: String) throws -> [UInt8]? {
        var isDirectory = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else { return nil }
        let size = (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int) ?? 0
        do {
            if isDirectory { throw CocoaError(.fileReadUnknown) }
            guard size <= BuildConfiguration.byteLimit else {
                throw Ended(
                    FailureReport(
                        DeliveryError.tree(
                            .tooLarge(path: BuildConfiguration.path, limit: BuildConfiguration.byteLimit))
                    ).say())
            }
            return Array(try Data(contentsOf: URL(filePath: path)))
        } catch let ended as Ended {
            throw ended
        } catch {
            let error = SourceTreeError.unreadable(path: BuildConfiguration.path, reason: "it is no readable file")
            throw Ended(FailureReport(DeliveryError.tree(error)).say())
        }
    }
}
