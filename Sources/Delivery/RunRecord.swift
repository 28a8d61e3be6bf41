/// One line of `hephy/runs.jsonl` in the common git directory: a run that was followed from this repository.
///
/// The first line of a run is written when following begins, another with its verdict when it ends.
package struct RunRecord: Codable, Sendable, Hashable {
    /// Seconds since 1970.
    package var time: Int64
    /// The URL of the repository behind `hephy::`, without user information.
    package var remote: String
    /// The remote's name, where git had one.
    package var remoteName: String?
    package var product: String
    /// The forge's id of the run.
    package var run: String
    package var number: Int
    package var name: String
    package var ref: String
    package var sha: String
    package var url: String?
    /// Whether the workflow is one of ours, which decides how much of its log is shown.
    package var isOurs: Bool
    /// How it ended, as the exit status; nil while it is not known.
    package var status: Int32?

    package init(
        time: Int64, remote: String, remoteName: String?, product: String, run: String, number: Int, name: String,
        ref: String, sha: String, url: String?, isOurs: Bool, status: Int32? = nil
    ) {
        self.time = time
        self.remote = remote
        self.remoteName = remoteName
        self.product = product
        self.run = run
        self.number = number
        self.name = name
        self.ref = ref
        self.sha = sha
        self.url = url
        self.isOurs = isOurs
        self.status = status
    }
}
