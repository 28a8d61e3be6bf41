/// The text of a hook that hephy installs: a small program of the shell, which runs the hook that was there before it
/// and then hephy.
///
/// It is all that a shell sees of a push: refs and objects go from git to hephy by standard input, options by the
/// environment.
struct HookScript: Sendable, Hashable {
    let name: HookName
    /// The program, by its absolute path.
    let program: String
    /// `HEPHY_SHARE` of whoever installs it: those who push have another environment.
    var share: String?
    /// How the hook that was there before is called.
    private(set) var keptCall = "\"$kept\""

    /// A hook with this line is one of hephy's.
    static let mark = "# hephy:hook 1"

    /// What a hook that was there before is called from then on.
    static func keptName(_ name: HookName) -> String { "\(name.rawValue).before-hephy" }

    var text: String {
        """
        #!/bin/sh
        \(Self.mark)
        # Written by 'hephy hook install'; 'hephy hook uninstall' takes it away and puts back what was here before.
        hephy=\(Self.quoted(program))
        kept=${0%/*}/\(Self.keptName(name))
        \(share.map { "HEPHY_SHARE=\(Self.quoted($0))\nexport HEPHY_SHARE\n" } ?? "")
        run() {
            if [ ! -x "$hephy" ]; then
                echo "hephy: '$hephy' is gone, \(loss): install hephy again, or remove this hook (\(name.rawValue))" >&2
                exit \(name == .preReceive ? 1 : 0)
            fi
        \(work)
        }

        if [ -f "$kept" ] && [ -x "$kept" ]; then
            input=$(cat; echo .)
            input=${input%.}
            printf '%s' "$input" 2>/dev/null | \(keptCall) "$@"\(name == .postReceive ? "" : " || exit")
            run <<END
        $input
        END
        fi
        run

        """
    }

    /// Takes note of the text of the hook that was there before.
    ///
    /// A script of the shell's that asks for its own name, for the files beside it or for the name of the hook, is read by
    /// its shell under the name that it had.
    mutating func run(_ kept: [UInt8]) {
        let text = String(decoding: kept, as: UTF8.self)
        guard let first = text.split(separator: "\n", maxSplits: 1).first, first.hasPrefix("#!"),
            text.contains("$0") || text.contains("${0"), !text.contains("BASH_SOURCE")
        else { return }
        let words = first.dropFirst(2).split(separator: " ").map(String.init)
        let isEnv = words.count == 2 && words[0].hasSuffix("/env")
        guard let shell = isEnv ? words[1] : words.first, words.count <= 2,
            ["sh", "bash", "dash", "ash"].contains(shell.split(separator: "/").last.map(String.init) ?? "")
        else { return }
        let script = Self.quoted("kept=$1; shift; . \"$kept\"")
        keptCall = (words.map(Self.quoted) + ["-c", script, "\"$0\"", "\"$kept\""]).joined(separator: " ")
    }

    private var loss: String {
        switch name {
        case .preReceive: "so nothing can be checked and no push is taken"
        case .postReceive: "so nothing is built"
        case .prePush: "so nothing is checked"
        }
    }

    private var work: String {
        switch name {
        case .preReceive, .postReceive: "    exec \"$hephy\" hook run \(name.rawValue)"
        case .prePush:
            """
                said=$("$hephy" check 2>&1 </dev/null) && exit 0
                status=$?
                printf '%s\\n' "$said" "hephy: nothing was pushed; 'git push --no-verify' pushes all the same" >&2
                exit "$status"
            """
        }
    }

    /// `text` as one word of the shell's.
    static func quoted(_ text: String) -> String {
        "'" + text.replacing("'", with: "'\\''") + "'"
    }
}
