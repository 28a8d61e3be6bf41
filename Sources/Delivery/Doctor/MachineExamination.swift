import Git

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// Looks at the programs: git, the helper as git itself finds it, and what hephy brings along.
struct MachineExamination {
    let git: GitProgram

    /// The oldest git whose helpers can do what this one needs.
    private static let oldest = [2, 30]

    func symptoms() async -> (symptoms: [Symptom.OfMachine], isGitUsable: Bool) {
        let output: GitProgram.Output
        do throws(GitError) {
            output = try await git.run(["--version"])
        } catch {
            let report = FailureReport(.git(error))
            return ([.gitMissing(reason: report.problem ?? "")], false)
        }
        let path = Self.place(of: "git", in: pathFolders) ?? "git"
        // `git version 2.39.5 (Apple Git-154)`
        let words = String(decoding: output.standardOutput, as: UTF8.self).split(whereSeparator: \.isWhitespace)
        guard output.status == 0, words.count > 2 else {
            return ([.gitMissing(reason: FailureReport.firstLine(output.standardError))], false)
        }
        let version = String(words[2])
        let isNew = Self.isAtLeast(version)
        var symptoms: [Symptom.OfMachine] = [
            isNew ? .git(version: version, path: path) : .gitTooOld(version: version, path: path)
        ]
        if let helper = await helper() { symptoms.append(helper) }
        do {
            symptoms.append(.share(path: try ShareFolder(environment: git.environment).path))
        } catch {
            if case .here(let lack) = error { symptoms.append(.lacking(lack)) }
        }
        return (symptoms, true)
    }

    /// The helper as git finds it: among git's own programs, then on PATH; nil where git itself fails before.
    private func helper() async -> Symptom.OfMachine? {
        let name = "git-remote-hephy"
        guard let output = try? await git.run(["remote-hephy", "--version"]) else { return .helperMissing(beside: nil) }
        let own = (try? await git.run(["--exec-path"])).map { Self.lines($0.standardOutput) }?.first
        guard let path = Self.place(of: name, in: [own].compactMap(\.self) + pathFolders) else {
            let beside = ShareFolder.programFolder.flatMap { access("\($0)/\(name)", X_OK) == 0 ? $0 : nil }
            return .helperMissing(beside: beside)
        }
        let words = Self.lines(output.standardOutput).first?.split(separator: " ") ?? []
        if output.status == 0, words.count == 2, words[0] == name {
            let version = String(words[1])
            return version == HephyVersion.text
                ? .helper(version: version, path: path) : .otherHelper(version: version, path: path)
        }
        // One from before the question takes it for git's call with too few words.
        if output.standardError.hasPrefix("hephy: ") { return .otherHelper(version: nil, path: path) }
        guard !output.standardError.hasPrefix("fatal: ") else { return nil }
        return .helperBroken(path: path, reason: FailureReport.firstLine(output.standardError))
    }

    private var pathFolders: [String] {
        (git.environment["PATH"] ?? "").split(separator: ":").filter { $0.hasPrefix("/") }.map(String.init)
    }

    private static func place(of name: String, in folders: [String]) -> String? {
        folders.map { "\($0)/\(name)" }.first { access($0, X_OK) == 0 }
    }

    private static func isAtLeast(_ version: String) -> Bool {
        let numbers = version.split(separator: ".").prefix(2).map { Int($0.prefix { $0.isNumber }) ?? 0 }
        return !numbers.lexicographicallyPrecedes(oldest)
    }

    private static func lines(_ bytes: [UInt8]) -> [String] {
        bytes.split(separator: UInt8(ascii: "\n")).map { String(decoding: $0, as: UTF8.self) }
    }
}
