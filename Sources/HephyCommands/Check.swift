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

    @Flag(help: "Print one JSON object.")
    var json = false

    func run() async throws {
        let site = try await CommandSite()
        let isOfCommit = commit != nil || site.location.workTree == nil
        let id = isOfCommit ? try await site.commit(commit ?? "HEAD") : nil
        let bytes = try await bytes(at: site, of: id)
        let problems = bytes.map { BuildConfiguration.parse($0).problems } ?? []
        var report = CheckReport(
            commit: id?.hex, isFound: bytes != nil, problems: problems.map(ProblemSummary.init))
        if !json {
            for line in problems.flatMap(ProblemLines.lines) { print(line) }
            if bytes == nil { print("no \(BuildConfiguration.path): everything is left to detection and defaults") }
            if bytes != nil, report.isValid { print("\(BuildConfiguration.path) is valid") }
        }
        let drifts = report.isValid ? try await drifts(at: site) : []
        report.files = drifts.map { CheckReport.File($0.path, $0.drift) }
        if json { print(report.json) }
        guard report.isValid else { throw Ended(.configuration) }
        var ended: Ended?
        for file in drifts {
            if let report = FailureReport(file.drift, of: file.path) {
                ended = Ended(report.say())
            } else if !json {
                print("\(file.path) is up to date")
            }
        }
        if let ended { throw ended }
    }

    /// The configuration's bytes, of the work tree where `id` is nil; nil where there is none.
    ///
    /// - Throws: `Ended` when it cannot be read, with its sentence printed.
    private func bytes(at site: CommandSite, of id: ObjectID?) async throws -> [UInt8]? {
        guard let id else {
            let workTree = site.location.workTree ?? "."
            try Self.refuseLinks(in: workTree)
            return try Self.file(at: "\(workTree)/\(BuildConfiguration.path)")
        }
        let read = try await site.reading(id) { tree in
            Result { () throws(SourceTreeError) in
                try tree.contents(of: BuildConfiguration.path, limit: BuildConfiguration.byteLimit + 1)
            }
        }
        switch read {
        case .success(let contents): return contents
        case .failure(let error): throw Ended(FailureReport(DeliveryError.tree(error)).say())
        }
    }

    /// How the rendered CI files of the work tree stand to what would be rendered now.
    ///
    /// - Throws: `Ended` where that cannot be told, with its sentence printed.
    private func drifts(at site: CommandSite) async throws -> [(path: String, drift: Drift)] {
        guard commit == nil, let workTree = site.location.workTree, RepositorySetUp.hasRenderedFile(in: workTree) else {
            return []
        }
        do throws(DeliveryError) {
            return try await RepositorySetUp(site.location).drift()
        } catch {
            throw SetUpReport.ended(error)
        }
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
