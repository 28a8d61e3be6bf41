import Git

/// `git send-pack --stateless-rpc` between git and the connection to a receive-pack.
///
/// It is given the refs and the server's advertisement. What it wants to tell the server comes in pkt-lines up to a
/// flush, and one more flush ends all; behind them stand its answers for git (remote-curl.c, `rpc_service`).
@MainActor
struct SendPack {
    let command: ServiceCommand
    let advertisement: RefAdvertisement
    let connection: ConnectedChild

    /// Sends `refspecs` and ends the connection.
    ///
    /// - Parameters:
    ///   - refspecs: what to push.
    ///   - answer: takes send-pack's answers, a line each.
    /// - Returns: the status of send-pack.
    /// - Throws: `RemoteHelperError.transportNotStarted`.
    func push(
        _ refspecs: [ArraySlice<UInt8>], answer: ([UInt8]) -> Void
    ) async throws(RemoteHelperError) -> Int32 {
        var head: [UInt8] = []
        for refspec in refspecs { head += PacketLine.packet(Array(refspec)) }
        head += PacketLine.flush
        let connection = connection
        let advertisement = advertisement
        return try await ConnectedChild.run(command, takesSignals: false) { [head] child in
            let input = child.takeInput()
            let output = connection.channel.input
            async let feeding: Void = BlockingThread.run {
                Self.feed([head, advertisement.bytes, advertisement.rest], from: output, to: input)
            }
            var requests = FramedRequests(from: child.channel.input, to: connection.channel.output)
            let isWhole = requests.forward()
            // Without anything to do the server waits for a word that says so.
            if !requests.hasForwarded { try? connection.channel.send(PacketLine.flush) }
            // As git does: a server that still reads, because it is broken, would wait for more, and we for its answer.
            connection.endRequests()
            let answers = isWhole ? requests.answers() : []
            for line in answers.split(separator: UInt8(ascii: "\n")) { answer(Array(line)) }
            await feeding
        }.status
    }

    /// Writes `head` and then all that the server says to send-pack, and closes the way there; what it no longer wants
    /// to hear is read all the same, so that the server can end.
    private nonisolated static func feed(_ head: [[UInt8]], from server: Int32, to client: Int32) {
        var isHeard = head.allSatisfy { ProtocolChannel.write($0[...], to: client) }
        while let piece = ProtocolChannel.read(server), !piece.isEmpty {
            if isHeard { isHeard = ProtocolChannel.write(piece[...], to: client) }
        }
        ProtocolChannel.close(client)
    }
}

/// The requests of a stateless send-pack on their way to a server that keeps its state: unwrapped, and the answers
/// behind them apart.
private struct FramedRequests {
    private let input: Int32
    private let output: Int32
    private var buffer: [UInt8] = []
    private var position = 0
    private(set) var hasForwarded = false
    private var isOutputOpen = true

    init(from input: Int32, to output: Int32) {
        self.input = input
        self.output = output
    }

    /// Forwards the requests up to the flush behind them.
    ///
    /// - Returns: false when the input ended before.
    mutating func forward() -> Bool {
        while let length = packetLength(), length >= 4 {
            position += 4
            guard forwardPayload(length - 4) else { return false }
        }
        guard fill(4), buffer[position..<position + 4].elementsEqual(PacketLine.flush) else { return false }
        position += 4
        return true
    }

    /// Reads until the input ends.
    ///
    /// - Returns: what came behind the requests, and behind the second flush that mostly ends the conversation.
    mutating func answers() -> ArraySlice<UInt8> {
        if hasForwarded, fill(4), buffer[position..<position + 4].elementsEqual(PacketLine.flush) { position += 4 }
        while read() {}
        return buffer[position...]
    }

    private mutating func packetLength() -> Int? {
        fill(4) ? PacketLine.length(buffer[position..<position + 4]) : nil
    }

    /// Hands `count` bytes on as they come; false when the input ended before.
    private mutating func forwardPayload(_ count: Int) -> Bool {
        var rest = count
        while rest > 0 {
            if position == buffer.count, !read() { return false }
            let end = min(position + rest, buffer.count)
            // A server that has gone is no reason to stop: send-pack tells best what has become of the push.
            if isOutputOpen { isOutputOpen = ProtocolChannel.write(buffer[position..<end], to: output) }
            hasForwarded = true
            rest -= end - position
            position = end
        }
        return true
    }

    /// Sees to it that `count` bytes can be looked at; false when the input ended before.
    private mutating func fill(_ count: Int) -> Bool {
        while buffer.count - position < count {
            guard read() else { return false }
        }
        return true
    }

    private mutating func read() -> Bool {
        guard let piece = ProtocolChannel.read(input, capacity: 1 << 18), !piece.isEmpty else { return false }
        if position == buffer.count {
            buffer = piece
        } else {
            buffer = Array(buffer[position...]) + piece
        }
        position = 0
        return true
    }
}
