import ArgumentParser

/// The completion of one shell, and where that shell looks for it below `share`.
struct CompletionScript {
    var path: String
    var text: String

    static var all: [CompletionScript] {
        let bash = HephyCommand.completionScript(for: .bash) + "\n" + gitInBash
        return [
            CompletionScript(path: "bash-completion/completions/hephy", text: bash),
            // bash-completion looks here for what git's own completion asks for.
            CompletionScript(path: "bash-completion/completions/git-hephy", text: bash),
            CompletionScript(path: "zsh/site-functions/_hephy", text: HephyCommand.completionScript(for: .zsh) + "\n"),
            CompletionScript(
                path: "fish/vendor_completions.d/hephy.fish", text: HephyCommand.completionScript(for: .fish) + "\n"),
        ]
    }

    /// git's completion calls this for `git hephy`, with its words in `words` and `cword`.
    private static let gitInBash = """

        _git_hephy() {
            local -i first=1
            while [[ "${first}" -lt "${cword}" && "${words[first]}" != hephy ]]; do first+=1; done
            local -a COMP_WORDS=("${words[@]:first}")
            local -i COMP_CWORD=$((cword - first))
            _hephy hephy "${cur}" "${prev}"
        }

        """
}

extension CompletionKind {
    /// Remotes that go through hephy.
    static var remotes: CompletionKind { .shellCommand("hephy suggest remotes") }
    /// Runs that were followed from this repository, and branches.
    static var runsAndCommits: CompletionKind { .shellCommand("hephy suggest runs") }
    static var commits: CompletionKind { .shellCommand("hephy suggest commits") }
}
