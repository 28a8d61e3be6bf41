import HephyTestSupport
import Testing

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Man pages and completions: they say what `--help` says, and the programs that read them are content.
@Suite(.timeLimit(.minutes(1)))
struct CompanionTests {
    /// A command as ArgumentParser hands it out.
    private struct Command: Decodable {
        struct Argument: Decodable {
            struct Name: Decodable {
                var kind: String
                var name: String
            }
            var names: [Name]?
            var abstract: String?
            var shouldDisplay: Bool
        }
        var commandName: String
        var superCommands: [String]?
        var abstract: String?
        var shouldDisplay: Bool
        var arguments: [Argument]?
        var subcommands: [Command]?

        var all: [Command] {
            shouldDisplay && commandName != "help" ? [self] + (subcommands ?? []).flatMap(\.all) : []
        }
    }

    /// The commands that help shows, and the folder with what was written.
    private static func written(_ fixture: GitFixture) async throws -> (commands: [Command], folder: String) {
        struct Dump: Decodable { var command: Command }
        let dump = try await fixture.run("hephy", "--experimental-dump-help").check().output
        let folder = fixture.path("share")
        try await fixture.run("hephy", "write-companions", folder).check()
        return (try JSONDecoder().decode(Dump.self, from: Data(dump.utf8)).command.all, folder)
    }

    /// The text of a page as a reader sees it, all white space as one blank.
    private static func shown(_ page: String, _ fixture: GitFixture) async throws -> String {
        let ran = try await fixture.run("groff", "-man", "-Tascii", "-P-cbou", "-rHY=0", "-rLL=1000n", page).check()
        return ran.output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    @Test func everyCommandAndOptionHasItsPlaceInTheManual() async throws {
        try await GitFixture.with { fixture in
            let (commands, folder) = try await Self.written(fixture)
            #expect(commands.count > 8)
            for command in commands {
                let name = ((command.superCommands ?? []) + [command.commandName]).joined(separator: "-")
                let text = try await Self.shown("\(folder)/man/man1/\(name).1", fixture)
                let abstract = try #require(command.abstract)
                #expect(text.contains(abstract.replacing("`", with: "")), "\(name): \(text)")
                for argument in command.arguments ?? [] where argument.shouldDisplay {
                    for option in argument.names ?? [] {
                        let typed = option.kind == "long" ? "--\(option.name)" : "-\(option.name)"
                        #expect(text.contains(typed), "\(name) \(typed)")
                    }
                    if let words = argument.abstract { #expect(text.contains(words.replacing("`", with: ""))) }
                }
                for sub in command.subcommands ?? [] where sub.shouldDisplay && sub.commandName != "help" {
                    #expect(text.contains("\(command.commandName) \(sub.commandName)"), "\(name)")
                }
            }
            let hidden = try await fixture.run("ls", "\(folder)/man/man1").check().output
            #expect(!hidden.contains("execute-run") && !hidden.contains("suggest"))
        }
    }

    @Test func readersOfManPagesHaveNothingToSayAgainstThem() async throws {
        try await GitFixture.with { fixture in
            let (_, folder) = try await Self.written(fixture)
            let script = """
                for page in "$1"/man/man1/*.1; do
                    groff -man -Tutf8 -ww -z "$page"
                    mandoc -T lint -W warning "$page" | grep -v 'missing date'
                    man --warnings -l "$page" >/dev/null
                done 2>&1
                """
            let ran = try await fixture.run("sh", "-c", script, "sh", folder)
            #expect(ran.output.isEmpty, "\(ran)")
        }
    }

    @Test func gitHelpFindsThePage() async throws {
        try await GitFixture.with { fixture in
            let (_, folder) = try await Self.written(fixture)
            try await fixture.run(
                "sh", "-c", "mkdir -p programs && ln -s \"$1/hephy\" programs/git-hephy", "sh", GitFixture.builtPrograms
            ).check()
            let path = fixture.path("programs") + ":" + (fixture.environment["PATH"] ?? "")
            let ran = try await fixture.run(
                ["git", "help", "--man", "hephy"],
                environment: ["MANPATH": "\(folder)/man", "MANPAGER": "cat", "PAGER": "cat", "PATH": path])
            #expect(ran.status == 0, "\(ran)")
            #expect(ran.output.contains("GIT-HEPHY(1)"), "\(ran)")
        }
    }

    // MARK: Completions

    /// A repository with a remote of hephy's, another, and a branch.
    private static func project(_ fixture: GitFixture) async throws -> TestRepository {
        let work = try await fixture.repository("work", [TestCommit(["a": "b"])])
        try await work.git("remote", "add", "forge", "hephy::local/app").check()
        try await work.git("remote", "add", "plain", "https://forge.example/a/b").check()
        try await work.git("branch", "topic").check()
        return work
    }

    /// Command lines, what stands behind them, and what is not offered.
    static let lines: [(words: [String], offered: [String], not: [String])] = [
        (["hephy", "do"], ["doctor"], ["watch"]),
        (["hephy", "watch", "--"], ["--remote", "--logs", "--timeout", "--quiet"], ["--force"]),
        (["hephy", "watch", "--logs", ""], ["auto", "all", "failed", "none"], []),
        (["hephy", "watch", "--remote", ""], ["forge"], ["plain"]),
        (["hephy", "detect", "t"], ["topic"], ["main"]),
    ]

    @Test func bashOffersWhatFits() async throws {
        try await GitFixture.with { fixture in
            let (_, folder) = try await Self.written(fixture)
            let work = try await Self.project(fixture)
            let script = """
                . "$1" || exit 9
                shift
                COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMP_LINE="$*" COMP_POINT=${#COMP_LINE} COMPREPLY=()
                _hephy hephy "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
                printf '%s\\n' "${COMPREPLY[@]}"
                """
            let file = "\(folder)/bash-completion/completions/hephy"
            for line in Self.lines {
                let ran = try await fixture.run(["bash", "-c", script, "bash", file] + line.words, in: work.path)
                    .check()
                Self.expect(ran, line)
            }
        }
    }

    @Test func gitsOwnCompletionInBashFindsHephys() async throws {
        try await GitFixture.with { fixture in
            let (_, folder) = try await Self.written(fixture)
            let work = try await Self.project(fixture)
            // As git's completion calls it, in `git -C . hephy ...`.
            let script = """
                . "$1" || exit 9
                shift
                try() {
                    local -a words=(git -C . "$@") COMPREPLY=()
                    local cword=$((${#words[@]} - 1))
                    local cur=${words[cword]} prev=${words[cword - 1]}
                    _git_hephy
                    printf '%s\\n' "${COMPREPLY[@]}"
                }
                try "$@"
                """
            let file = "\(folder)/bash-completion/completions/git-hephy"
            for line in Self.lines {
                let ran = try await fixture.run(["bash", "-c", script, "bash", file] + line.words, in: work.path)
                    .check()
                Self.expect(ran, line)
            }
        }
    }

    @Test func fishOffersWhatFits() async throws {
        try await GitFixture.with { fixture in
            let (_, folder) = try await Self.written(fixture)
            let work = try await Self.project(fixture)
            let file = "\(folder)/fish/vendor_completions.d/hephy.fish"
            for line in Self.lines {
                let ran = try await fixture.run(
                    ["fish", "--no-config", "-c", "source $argv[1]; complete -C\"$argv[2..-1]\"", file] + line.words,
                    in: work.path
                ).check()
                Self.expect(ran, line)
            }
        }
    }

    @Test func zshTakesTheFunctionAsItsOwn() async throws {
        try await GitFixture.with { fixture in
            let (_, folder) = try await Self.written(fixture)
            let script = """
                fpath=($1 $fpath)
                autoload -Uz compinit && compinit -u -D && print -r -- $_comps[hephy]
                autoload +X _hephy && print -r -- ${+functions[_hephy]}
                """
            let ran = try await fixture.run("zsh", "-f", "-c", script, "zsh", "\(folder)/zsh/site-functions").check()
            #expect(ran.output == "_hephy\n1\n", "\(ran)")
        }
    }

    private static func expect(
        _ ran: GitFixture.Ran, _ line: (words: [String], offered: [String], not: [String]),
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let words = Set(ran.output.split(separator: "\n").map { String($0.split(separator: "\t")[0]) })
        for word in line.offered {
            #expect(words.contains(word), "\(line.words) \(ran)", sourceLocation: sourceLocation)
        }
        for word in line.not {
            #expect(!words.contains(word), "\(line.words) \(ran)", sourceLocation: sourceLocation)
        }
        #expect(ran.errors.isEmpty, "\(ran)", sourceLocation: sourceLocation)
    }
}
