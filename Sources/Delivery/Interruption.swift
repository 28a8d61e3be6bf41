import Dispatch

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// What happens on Ctrl-C while a run is followed: the last words are printed and the process ends, with no request.
///
/// One key press reaches the helper twice, from the terminal and from git, which dies of it; only the first counts.
final class Interruption {
    private let source: any DispatchSourceSignal

    /// From now on SIGINT prints `lastWords` to standard error and ends the process with 130.
    init(lastWords: String) {
        // The default action would end the process before the source sees the signal.
        signal(SIGINT, SIG_IGN)
        source = DispatchSource.makeSignalSource(signal: SIGINT, queue: DispatchQueue(label: "hephy.interruption"))
        source.setEventHandler {
            StandardError.write(lastWords)
            _exit(ExitStatus.detached.rawValue)
        }
        source.resume()
    }

    deinit {
        source.cancel()
        signal(SIGINT, SIG_DFL)
    }
}
