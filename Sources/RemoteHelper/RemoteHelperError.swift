package import Git

/// Why a conversation with git did not end well.
package enum RemoteHelperError: Error, Sendable {
    /// The program was not called with a remote's name and its URL.
    case wrongArguments
    /// `GIT_PROTOCOL_FROM_USER=0`: git acts for something that is not the user, a submodule for instance.
    case notFromUser
    case url(RemoteURLError)
    /// The URL holds credentials, and the rule with this key of git's configuration has put them there.
    case urlByRule(RemoteURLError, rule: String)
    case git(GitError)
    /// The user's own policy forbids the transport behind `hephy::`.
    case transportNotAllowed(String)
    /// The URL is read, but this version has no way to push through this transport.
    case transportNotServed(RemoteURL)
    /// The environment names no folder for the repositories of the embedded forge.
    case noDataDirectory
    /// A fetch from a repository of the embedded forge that nobody has pushed to yet.
    case notPushedYet(RemoteURL)
    /// The user's ssh has no option for this, by what git knows of it.
    case sshCannot(String)
    /// A rule leads from http to this URL, and it stood where it could not be seen in time.
    case unforeseenRewriting(RemoteURL)
    /// The server lists more refs than anybody keeps.
    case advertisementTooLarge(limit: Int)
    /// Git or its http helper closed the conversation in the middle.
    case disconnected
    /// Git's http helper, or the program that connects, ended with this status; it has said why.
    case transportEnded(status: Int32)
    /// Git's http helper, or the program that connects, could not be started.
    case transportNotStarted(reason: String)
    /// Git sent a line that is not in the protocol.
    case malformedCommand(String)
}
