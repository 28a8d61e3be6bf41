import RemoteHelper

/// A ref that the server did not take, where its words tell what would mend it.
struct PushRejection {
    private let hint: String

    /// Nil where there is nothing to add to the server's own words.
    init?(_ rejected: RejectedUpdate, host: String) {
        // GitHub: "refusing to allow an OAuth App to create or update workflow `...` without `workflow` scope", and
        // with "a Personal Access Token" or "a GitHub App ... without `workflows` permission".
        guard rejected.reason.contains("refusing to allow"), rejected.reason.contains("workflow") else { return nil }
        hint = "the token may push, but not change workflow files: gh auth refresh -h \(host) -s workflow"
    }

    func say() {
        StandardError.say("hint: \(hint)")
    }
}
