#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// Passes bytes both ways, unread, from the moment a `stateless-connect` is agreed upon.
enum RawRelay {
    /// Returns when the transport has closed its output.
    ///
    /// - Parameters:
    ///   - git: the side that asks.
    ///   - transport: the side that answers.
    ///   - endRequests: closes the transport's input; called once git has said all it wants.
    /// - Throws: `RemoteHelperError.disconnected` when git went away first.
    @MainActor
    static func run(
        between git: ProtocolChannel, and transport: ProtocolChannel, endRequests: () -> Void
    ) throws(RemoteHelperError) {
        try transport.send(git.takeBuffered())
        try git.send(transport.takeBuffered())
        let route = Route(
            fromGit: git.input, toGit: git.output, fromTransport: transport.input, toTransport: transport.output)
        var end = pump(route, isGitOpen: true)
        if end == .gitFinished {
            endRequests()
            end = pump(route, isGitOpen: false)
        }
        guard end == .transportFinished else { throw .disconnected }
    }

    private struct Route: Sendable {
        var fromGit: Int32
        var toGit: Int32
        var fromTransport: Int32
        var toTransport: Int32
    }

    private enum End: Sendable {
        case gitFinished
        case transportFinished
        case broken
    }

    /// What a pipe holds, so that each read empties it.
    private static let capacity = 64 << 10

    private static func pump(_ route: Route, isGitOpen: Bool) -> End {
        withUnsafeTemporaryAllocation(byteCount: capacity, alignment: 4096) { space in
            while true {
                var polled = [
                    pollfd(fd: isGitOpen ? route.fromGit : -1, events: Int16(POLLIN), revents: 0),
                    pollfd(fd: route.fromTransport, events: Int16(POLLIN), revents: 0),
                ]
                if poll(&polled, 2, -1) < 0 {
                    if errno == EINTR { continue }
                    return .broken
                }
                if polled[1].revents != 0 {
                    guard let count = move(from: route.fromTransport, to: route.toGit, space) else { return .broken }
                    if count == 0 { return .transportFinished }
                }
                if polled[0].revents != 0 {
                    guard let count = move(from: route.fromGit, to: route.toTransport, space) else { return .broken }
                    if count == 0 { return .gitFinished }
                }
            }
        }
    }

    /// Passes on what one read gives.
    ///
    /// - Returns: how many bytes; 0 at the end of the source, nil when either side fails.
    private static func move(from source: Int32, to target: Int32, _ space: UnsafeMutableRawBufferPointer) -> Int? {
        guard let count = ProtocolChannel.read(source, into: space),
            ProtocolChannel.write(UnsafeRawBufferPointer(rebasing: space[..<count]), to: target)
        else { return nil }
        return count
    }
}
