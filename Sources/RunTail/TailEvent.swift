package import Forge

/// Something that happened to a followed run, for programs that read along.
///
/// But for the text of log lines nothing here is safe to print yet.
package enum TailEvent: Sendable {
    /// The run, or a further attempt of it, is there; what comes is in the order in which it was seen.
    case queued(Run)
    /// A job began or ended.
    case job(Job, of: Run)
    /// A step ended.
    case step(Step, of: Job, in: Run)
    case log(Line)
    /// Nothing moves; `reason` says what is waited for and is safe to print, `url` is where somebody can act.
    case waiting(Run, reason: String, url: String?)
    /// The end of following.
    case verdict(RunResult, image: String?, deployed: String?)

    /// One line of a job's log.
    package struct Line: Sendable {
        package var run: Run
        package var job: Job
        /// The step's number, where the log tells.
        package var step: Int?
        package var kind: LogLine.Kind
        /// Seconds since 1970, where the line has a stamp.
        package var time: Double?
        /// Without control sequences, masked and cut where it is very long.
        package var text: String
    }
}
