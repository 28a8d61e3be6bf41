package import Git

/// What the user asked of this push, as git's `option` lines say it (gitremote-helpers(7), "OPTIONS").
package struct PushOptions: Sendable, Hashable {
    /// 1 is usual, 0 is `-q`, 2 and more `-v`.
    package var verbosity = 1
    /// What git thinks of progress: nil where it did not say.
    package var progress: Bool?
    package var isDryRun = false
    package var isAtomic = false
    /// The values of `-o hephy.<key>[=<value>]`, without `hephy.`, in order.
    package var ownOptions: [String] = []
    /// All other push options; they went to the server as git sent them.
    package var otherOptions: [String] = []

    package init() {}
}

/// The refs of one push, before anything is sent.
package struct PushBatch: Sendable {
    package var updates: [RefUpdate]
    package var options: PushOptions
    /// What the remote had when the push began, by full ref name.
    package var remoteRefs: [String: ObjectID]
    package var target: RemoteTarget

    package init(
        updates: [RefUpdate], options: PushOptions, remoteRefs: [String: ObjectID], target: RemoteTarget
    ) {
        self.updates = updates
        self.options = options
        self.remoteRefs = remoteRefs
        self.target = target
    }
}

/// The remote that git named, behind `hephy::`.
package struct RemoteTarget: Sendable {
    /// The remote's name, or nil where git was given a URL.
    package var remoteName: String?
    /// The URL that the objects go to, after git's own rewriting.
    package var url: RemoteURL
    package var config: GitConfig

    package init(remoteName: String?, url: RemoteURL, config: GitConfig) {
        self.remoteName = remoteName
        self.url = url
        self.config = config
    }
}

/// What became of a push, as the server said it.
package struct PushOutcome: Sendable {
    /// The updates that the server took.
    package var landed: [RefUpdate]
    /// The updates that the server or git refused, each with the reason in the words of the answer.
    package var rejected: [RejectedUpdate]
    package var batch: PushBatch
}

/// An update that did not land.
package struct RejectedUpdate: Sendable, Hashable {
    package var update: RefUpdate
    package var reason: String
}

/// What a look at a push came to.
package struct PushVerdict: Sendable, Hashable {
    /// The refs that are not to be pushed.
    package var refusals: [Refusal]
    /// Push options that the server is given besides the user's; one with anything but visible ASCII is left out.
    package var pushOptions: [String]

    package init(refusals: [Refusal] = [], pushOptions: [String] = []) {
        self.refusals = refusals
        self.pushOptions = pushOptions
    }

    /// The options as git says them to a helper (gitremote-helpers(7), `option push-option`); none of them needs quotes.
    var optionLines: [[UInt8]] {
        pushOptions.filter { option in
            !option.isEmpty && !option.hasPrefix("\"") && option.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f }
        }.map { Array("option push-option \($0)".utf8) }
    }
}

/// A ref that is not to be pushed.
///
/// `reason` is one line; git shows it behind `! [remote rejected]`.
package struct Refusal: Sendable, Hashable {
    package var destination: String
    package var reason: String

    package init(destination: String, reason: String) {
        self.destination = destination
        self.reason = reason
    }
}
