import ArgumentParser

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A command as `--help` shows it, in the form in which ArgumentParser hands it out.
struct CommandTree: Decodable {
    struct Argument: Decodable {
        struct Name: Decodable {
            var kind: String
            var name: String

            /// As it is typed.
            var typed: String { kind == "long" ? "--\(name)" : "-\(name)" }
        }

        var kind: String
        var names: [Name]?
        var valueName: String?
        var abstract: String?
        var discussion: String?
        var defaultValue: String?
        var isOptional: Bool
        var isRepeating: Bool
        var shouldDisplay: Bool

        var isPositional: Bool { kind == "positional" }
        var isFlag: Bool { kind == "flag" }
        /// The names, short ones first.
        var typedNames: [String] {
            let names = names ?? []
            return (names.filter { $0.kind != "long" } + names.filter { $0.kind == "long" }).map(\.typed)
        }
    }

    var commandName: String
    var superCommands: [String]?
    var abstract: String?
    var discussion: String?
    var shouldDisplay: Bool
    var arguments: [Argument]?
    var subcommands: [CommandTree]?

    /// The words that call it.
    var words: [String] { (superCommands ?? []) + [commandName] }

    /// The arguments that help shows.
    var shownArguments: [Argument] { (arguments ?? []).filter(\.shouldDisplay) }

    /// The commands below it that help shows, without ArgumentParser's own `help`.
    var shownSubcommands: [CommandTree] {
        (subcommands ?? []).filter { $0.shouldDisplay && $0.commandName != "help" }
    }

    /// The tree of `hephy`.
    ///
    /// - Throws: `DecodingError` where ArgumentParser has another form by now.
    static func hephy() throws -> CommandTree {
        struct Dump: Decodable { var command: CommandTree }
        return try JSONDecoder().decode(Dump.self, from: Data(HephyCommand._dumpHelp().utf8)).command
    }
}
