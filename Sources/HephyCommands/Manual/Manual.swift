import BuildPlan

/// The manual of hephy's programs: a page for each command, made of what `--help` says.
enum Manual {
    /// All pages, by the name of their file.
    ///
    /// - Throws: `DecodingError` where the tree of commands cannot be read.
    static func pages() throws -> [(file: String, text: String)] {
        let tree = try CommandTree.hephy()
        let pages = all(tree) + [helper(tree)]
        // `git help hephy` asks for a page of this name.
        let asked = page(tree, named: "git-hephy")
        return (pages + [asked]).map { (file: "\($0.name).1", text: $0.text) }
    }

    private static func all(_ command: CommandTree) -> [ManualPage] {
        [page(command, named: command.words.joined(separator: "-"))]
            + command.shownSubcommands.flatMap(all)
    }

    private static func page(_ command: CommandTree, named name: String) -> ManualPage {
        var page = ManualPage(name, summary: command.abstract ?? name)
        page.section("SYNOPSIS")
        page.raw(synopsis(command))
        let (description, status) = divided(command.discussion ?? "")
        page.section("DESCRIPTION")
        page.paragraphs(command.abstract ?? "")
        page.paragraphs(description)
        list(command.shownArguments, on: &page)
        if !command.shownSubcommands.isEmpty {
            page.section("COMMANDS")
            for sub in command.shownSubcommands {
                page.entry(ManualPage.bold(sub.words.joined(separator: " ")), sub.abstract ?? "")
            }
        }
        if let status {
            page.section("EXIT STATUS")
            page.paragraphs(status.prefix(1).uppercased() + status.dropFirst())
        }
        seeAlso(command, on: &page)
        return page
    }

    private static func synopsis(_ command: CommandTree) -> String {
        var parts = [ManualPage.bold(command.words.joined(separator: " "))]
        // What every command has is left to the list of options.
        for argument in command.shownArguments where !["version", "help"].contains(argument.valueName) {
            let value = ManualPage.italic(argument.valueName ?? "value")
            var text = argument.isPositional ? value : ManualPage.bold(argument.typedNames.last ?? "")
            if !argument.isPositional, !argument.isFlag { text += " \(value)" }
            if argument.isRepeating { text += "..." }
            parts.append(argument.isOptional ? "[\(text)]" : text)
        }
        if !command.shownSubcommands.isEmpty { parts.append("\(ManualPage.italic("command")) [...]") }
        return parts.joined(separator: " ")
    }

    private static func list(_ arguments: [CommandTree.Argument], on page: inout ManualPage) {
        guard !arguments.isEmpty else { return }
        page.section("OPTIONS")
        for argument in arguments {
            let value = ManualPage.italic(argument.valueName ?? "value")
            var head = argument.typedNames.map(ManualPage.bold).joined(separator: ", ")
            if argument.isPositional { head = value } else if !argument.isFlag { head += " \(value)" }
            let usual = argument.defaultValue.map { " (default: \($0))" } ?? ""
            let text = [(argument.abstract ?? "") + usual, argument.discussion].compactMap(\.self)
            page.entry(head, text.joined(separator: "\n\n"))
        }
    }

    /// What a discussion says, and its paragraph about the exit status.
    private static func divided(_ discussion: String) -> (description: String, status: String?) {
        let mark = "Exit status: "
        guard let start = discussion.firstRange(of: mark) else { return (discussion, nil) }
        return (String(discussion[..<start.lowerBound]), String(discussion[start.upperBound...]))
    }

    private static func seeAlso(_ command: CommandTree, on page: inout ManualPage) {
        let pages = ["hephy", "git-remote-hephy"] + command.shownSubcommands.map { $0.words.joined(separator: "-") }
        page.section("SEE ALSO")
        page.raw(
            (pages.filter { $0 != page.name } + ["git-push"]).map { "\(ManualPage.bold($0))(1)" }.joined(
                separator: ", "))
    }

    // MARK: The remote helper

    private static func helper(_ root: CommandTree) -> ManualPage {
        var page = ManualPage(
            "git-remote-hephy", summary: "Git's way to push to a forge and to follow what its CI makes of it.")
        page.section("SYNOPSIS")
        page.raw(
            "\(ManualPage.bold("git remote add")) \(ManualPage.italic("name")) \(ManualPage.bold("hephy::"))"
                + ManualPage.italic("URL"))
        page.raw(".br")
        page.raw(
            "\(ManualPage.bold("git push")) [\(ManualPage.bold("-o")) \(ManualPage.bold("hephy."))"
                + "\(ManualPage.italic("key"))=\(ManualPage.italic("value"))] \(ManualPage.italic("name"))"
                + " \(ManualPage.italic("branch"))")
        page.section("DESCRIPTION")
        page.paragraphs(
            """
            git starts this program for remotes whose URL begins with `hephy::` or `hephy://`, and for those whose \
            `remote.NAME.vcs` is hephy. It fetches and pushes as git does without it; after a push it follows the runs \
            that the forge's CI makes of the commit, and leaves with their verdict.

            `git remote-hephy --version` tells which one git finds.
            """)
        page.section("URLS")
        for (form, text) in forms { page.entry(ManualPage.bold(form), text) }
        page.section("PUSH OPTIONS")
        for key in PushSettings.Key.allCases { page.entry(ManualPage.bold("-o hephy.\(key.rawValue)="), key.help) }
        page.section("EXIT STATUS")
        page.paragraphs("git makes 1 of every status but 0; `hephy watch` leaves with the exact one.")
        seeAlso(root, on: &page)
        return page
    }

    private static let forms = [
        ("hephy::HOST/OWNER/REPOSITORY", "The repository at https://HOST/OWNER/REPOSITORY."),
        ("hephy::https://..., hephy://HOST/...", "The same, written out."),
        ("hephy::git@HOST:OWNER/REPOSITORY, hephy::ssh://...", "The same by ssh."),
        ("hephy::local/NAME", "A repository of this machine, which the first push makes and whose pushes build here."),
        ("hephy::/PATH, hephy::file:///PATH", "A repository that is there already, whose pushes build here."),
    ]
}

extension PushSettings.Key {
    /// What the setting is for.
    fileprivate var help: String {
        switch self {
        case .backend: "What builds: auto, kaniko, buildkit, ko or spin."
        case .platforms: "For which platforms, linux/amd64,linux/arm64 for instance."
        case .trigger:
            "How a run begins: auto attaches to the one that the push starts and else starts one; dispatch, attach, none."
        case .follow: "Whether the run is followed: true or false."
        case .logs: "How much of the logs is shown: auto, all, failed or none."
        case .timeout: "How long a run is followed, 15m for instance; the run goes on."
        case .deploy: "Whether the commit is deployed where a target is set: true or false."
        }
    }
}
