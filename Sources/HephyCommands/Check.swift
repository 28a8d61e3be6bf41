import ArgumentParser
import BuildPlan
import Delivery
import Git
import Scaffold

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

struct Check: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Validate .hephy/build-config.yaml, and the CI files that were rendered from it.",
        discussion: """
            Without COMMIT the files in the work tree are read, in a bare repository the configuration of HEAD. A \
            repository without a configuration is valid: everything is left to detection. CI files of hephy's are \
            compared with what `hephy sync` would write; those of a COMMIT are not looked at.

            Exit status: 0, or 3 with every problem at its place, or where a CI file has drifted.
            """)

    @Argument(help: "The commit whose file is read.", completion: .commits)
    var commit: String?

    func run() async throws {
        let site = try await CommandSite()
        let bytes: [UInt8]?
        if commit == nil, let workTree = site.location.workTree {
            try Self.refuseLinks(in: workTree)
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
            return try await checkDrift(at: site)
        }
        let parsed = BuildConfiguration.parse(bytes)
        for line in parsed.problems.flatMap(ProblemLines.lines) { print(line) }
        guard parsed.configuration != nil else { throw Ended(.configuration) }
        print("\(BuildConfiguration.path) is valid")
        try await checkDrift(at: site)
    }

    /// Compares the rendered CI files with what would be rendered now.
    ///
    /// - Throws: `Ended` where they differ, or that cannot be told, with its sentence printed.
    private func checkDrift(at site: CommandSite) async throws {
        guard commit == nil, let workTree = site.location.workTree, RepositorySetUp.hasRenderedFile(in: workTree) else {
            return
        }
        let found: [(path: String, drift: Drift)]
        do throws(DeliveryError) {
            found = try await RepositorySetUp(site.location).drift()
        } catch {
            throw SetUpReport.ended(error)
        }
        var ended: Ended?
        for file in found {
            if let report = FailureReport(file.drift, of: file.path) {
                ended = Ended(report.say())
            } else {
                print("\(file.path) is up to date")
            }
        }
        if let ended { throw ended }
    }

    /// A commit holds a link itself and not what it leads to, so the file behind one is never read.
    ///
    /// - Throws: `Ended` when the file or its folder is a symbolic link, with its sentence printed.
    private static func refuseLinks(in workTree: String) throws {
        var path = ""
        for name in BuildConfiguration.path.split(separator: "/") {
            path += path.isEmpty ? name : "/\(name)"
            let attributes = try? FileManager.default.attributesOfItem(atPath: "\(workTree)/\(path)")
            guard attributes?[.type] as? FileAttributeType == .typeSymbolicLink else { continue }
            StandardError.say("'\(path)' is a symbolic link, which a commit holds without the file behind it")
            throw Ended(.configuration)
        }
    }

    /// The file's bytes; nil where there is no file.
    ///
    /// - Throws: `Ended` when it is no readable file or too large, with its sentence printed.
    private static func file(at path: String) throws -> [UInt8]? {
        guard let attributes = try? FileManager.default.attributesOfItem(atPath: path) else { return nil }
        let error: SourceTreeError
        // Anything but a file, a pipe for instance, could keep the reader for ever.
        if attributes[.type] as? FileAttributeType != .typeRegular {
            error = .unreadable(path: BuildConfiguration.path, reason: "it is no file")
        } else if let data = try? Data(contentsOf: URL(filePath: path)) {
            if data.count <= BuildConfiguration.byteLimit { return Array(data) }
            error = .tooLarge(path: BuildConfiguration.path, limit: BuildConfiguration.byteLimit)
        } else {
            error = .unreadable(path: BuildConfiguration.path, reason: "it may not be read")
        }
        throw Ended(FailureReport(DeliveryError.tree(error)).say())
    }
}
