/// What a Dockerfile asks of the program that builds it.
///
/// The scan errs towards BuildKit: kaniko builds several constructs without a word and wrong. It passes over `--exclude`
/// and `--parents` (files end up in the image, or in another place), accepts any `ADD --checksum`, and ignores
/// `RUN --network`, ssh mounts and mounts from a stage.
package struct DockerfileScan: Sendable, Hashable {
    /// A stage and what it is built from, variables expanded where the file gives them a value.
    package struct Stage: Sendable, Hashable {
        /// In lower case; nil for a stage without a name.
        package var name: String?
        package var base: String
        package var line: Int
    }

    /// The most bytes of a Dockerfile that is scanned; BuildKit itself refuses lines beyond 64 KiB.
    package static let byteLimit = 1 << 20

    /// The places that need BuildKit, in the order of the file, at most 100.
    package private(set) var needs: [BuildKitNeed] = []

    /// What BuildKit would do better, without being needed.
    package private(set) var hints: [BuildKitNeed] = []

    package private(set) var stages: [Stage] = []

    private static let needLimit = 100

    private let buildContexts: Set<String>
    private var shifts = 0
    private var variables = DockerfileVariables()

    /// Scans a file; `buildContexts` are the names declared as build contexts.
    package init(_ bytes: [UInt8], buildContexts: Set<String> = []) {
        self.buildContexts = Set(buildContexts.map { $0.lowercased() })
        var lines = DockerfileLines(bytes)
        note(lines.directives)
        while let line = lines.next(), needs.count < Self.needLimit {
            guard let instruction = DockerfileInstruction(line.text[...]) else { continue }
            note(instruction, at: line.number)
            if instruction.takesHeredocs, !skipHeredocs(of: line, instruction.name, in: &lines) { break }
        }
    }

    /// Passes over the bodies of a line's heredocs; false when the rest of the file cannot be told from a body.
    private mutating func skipHeredocs(
        of line: DockerfileLines.Line, _ instruction: String, in lines: inout DockerfileLines
    ) -> Bool {
        for heredoc in DockerfileHeredoc.all(in: line.text) {
            let isTerminated = lines.skipBody(of: heredoc)
            // `$((1 << 2))`: only with its terminator is a spaced word a heredoc. Each one costs a look at the whole
            // rest, so their number is bounded.
            if !isTerminated, heredoc.isSpaced, shifts < 16 {
                shifts += 1
                return true
            }
            let word = TreeText.printable(heredoc.terminator, limit: 24)
            let end = isTerminated ? "" : " that does not end"
            add(.heredoc, line.number, "\(instruction.uppercased()) with the heredoc '\(word)'\(end)")
            if !isTerminated { return false }
        }
        return true
    }

    private mutating func add(_ kind: BuildKitNeed.Kind, _ line: Int, _ detail: String) {
        guard needs.count < Self.needLimit else { return }
        needs.append(BuildKitNeed(kind: kind, line: line, detail: detail))
    }

    private mutating func note(_ directives: [DockerfileLines.Directive]) {
        for directive in directives where directive.name == "syntax" {
            let reference = directive.value.prefix { $0 != " " }
            guard directive.isSlashed || !Self.isReleasedFrontend(String(reference)) else { continue }
            add(.syntax, directive.line, "the frontend '\(TreeText.printable(String(reference), limit: 80))'")
        }
    }

    /// Whether a frontend is `docker/dockerfile` at a released version: `1`, `1.7`, `1.7.0`, `latest` or without a tag.
    private static func isReleasedFrontend(_ reference: String) -> Bool {
        var name = reference.lowercased()[...]
        if let digest = name.firstIndex(of: "@") { name = name[..<digest] }
        for registry in ["docker.io/", "index.docker.io/", "registry-1.docker.io/"] where name.hasPrefix(registry) {
            name = name.dropFirst(registry.count)
        }
        let parts = name.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.first == "docker/dockerfile" else { return false }
        guard parts.count == 2, parts[1] != "latest" else { return true }
        return !parts[1].isEmpty
            && parts[1].split(separator: ".", omittingEmptySubsequences: false)
                .allSatisfy { !$0.isEmpty && $0.utf8.allSatisfy(TextBytes.isDigit) }
    }

    private mutating func note(_ instruction: DockerfileInstruction, at line: Int) {
        switch instruction.name {
        case "from": noteStage(instruction, at: line)
        case "arg": variables.declare(instruction.arguments)
        case "run":
            for flag in instruction.flags {
                add(.runFlag, line, "RUN \(TreeText.printable(flag.name, limit: 24))")
            }
        case "copy", "add":
            noteFlags(instruction, at: line)
            if instruction.name == "add" { noteSources(instruction, at: line) }
        default: break
        }
    }

    private mutating func noteFlags(_ instruction: DockerfileInstruction, at line: Int) {
        let isAdd = instruction.name == "add"
        let keyword = instruction.name.uppercased()
        for flag in instruction.flags where flag.isOn {
            switch flag.name {
            case "--chown", "--chmod": break
            case "--unpack" where isAdd: break
            case "--link":
                guard hints.count < Self.needLimit else { break }
                hints.append(BuildKitNeed(kind: .link, line: line, detail: "\(keyword) --link"))
            case "--from" where !isAdd:
                noteContext(variables.expanded(flag.value ?? ""), at: line, in: "COPY --from")
            default: add(.copyFlag, line, "\(keyword) \(TreeText.printable(flag.name, limit: 24))")
            }
        }
    }

    private mutating func noteSources(_ instruction: DockerfileInstruction, at line: Int) {
        for word in instruction.words.dropLast() where Self.isGitURL(variables.expanded(word)) {
            add(.addGit, line, "ADD of the git repository '\(TreeText.printable(word, limit: 80))'")
        }
    }

    /// Whether BuildKit would clone `source`.
    ///
    /// That is `git://…`, `ssh://…`, `user@host:path`, and http or https with a path that ends in `.git`. A variable
    /// without a value that is followed by `.git` may be one.
    static func isGitURL(_ source: String) -> Bool {
        let address = source.prefix { $0 != "#" && $0 != "?" }.lowercased()
        if address.hasPrefix("git://") || address.hasPrefix("ssh://") { return true }
        if address.hasPrefix("http://") || address.hasPrefix("https://") || address.hasPrefix("$") {
            return address.hasSuffix(".git")
        }
        guard let colon = address.firstIndex(of: ":"), let at = address[..<colon].firstIndex(of: "@") else {
            return false
        }
        return at != address.startIndex && !address[..<colon].contains("/")
    }

    private mutating func noteStage(_ instruction: DockerfileInstruction, at line: Int) {
        let words = instruction.words
        guard let image = words.first else { return }
        let base = variables.expanded(image)
        for flag in instruction.flags where flag.name == "--platform" {
            if variables.expanded(flag.value ?? "").lowercased().hasPrefix("windows") {
                add(.windows, line, "FROM --platform=\(TreeText.printable(flag.value ?? "", limit: 40))")
            }
        }
        let lowered = base.lowercased()
        if ["mcr.microsoft.com/windows", "windowsservercore", "nanoserver"].contains(where: lowered.contains) {
            add(.windows, line, "the Windows image '\(TreeText.printable(base, limit: 80))'")
        }
        noteContext(base, at: line, in: "FROM")
        let name = words.count >= 3 && words[1].lowercased() == "as" ? words[2].lowercased() : nil
        stages.append(Stage(name: name, base: base, line: line))
    }

    private mutating func noteContext(_ name: String, at line: Int, in construct: String) {
        let lowered = name.lowercased()
        guard buildContexts.contains(lowered), !stages.contains(where: { $0.name == lowered }) else { return }
        if construct != "FROM", let index = Int(lowered), stages.indices.contains(index) { return }
        add(.namedContext, line, "\(construct) of the build context '\(TreeText.printable(name, limit: 60))'")
    }
}
