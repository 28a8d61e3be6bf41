import Forge

/// A run that the forge was asked to start, with what it takes to find it.
struct StartedRun: Sendable {
    /// The workflow's file name; empty where a run on this machine has none.
    var fileName: String
    /// The workflow's name.
    var name: String
    /// What stands in the run's title; nil where the workflow does not put it there.
    var nonce: String?
    /// Whether the workflow checks out the commit that it is told.
    var takesSHA: Bool
    /// The forge's clock before the request, seconds since 1970.
    var serverTime: Int64?
    /// The run's id, where the forge told it.
    var runID: String?
    /// Where the forge did not tell it: the id of the newest run before, which that of this one exceeds.
    var afterRunID: String?
    /// What happened to the request, where nobody can say whether it arrived.
    var doubt: ForgeError?

    init(file: WorkflowFile, nonce: String?, takesSHA: Bool, serverTime: Int64?) {
        fileName = file.fileName
        name = file.name
        self.nonce = nonce
        self.takesSHA = takesSHA
        self.serverTime = serverTime
    }

    /// A run on this machine, whose id is known at once.
    init(here runID: String?) {
        fileName = ""
        name = "Hephy Build"
        takesSHA = true
        self.runID = runID
    }
}
