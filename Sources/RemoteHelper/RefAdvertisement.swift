import Git

/// What a receive-pack says before it is asked: its refs and what it can do (gitprotocol-pack(5), "Reference
/// Discovery"), in pkt-lines.
struct RefAdvertisement: Sendable {
    /// Everything as it came, the flush at its end included.
    private(set) var bytes: [UInt8] = []
    /// Where in ``bytes`` the refs stand that can be pushed to, in the server's order.
    private var places: [(name: Range<Int>, id: Range<Int>)] = []
    private(set) var objectFormat = "sha1"
    private(set) var takesPushOptions = false
    /// Whether it came to its end and nothing in it is an error; where not, git's own words fit it best.
    private(set) var isComplete = false
    /// What came behind the end.
    private(set) var rest: [UInt8] = []

    /// The most bytes that are kept; a million refs have about a quarter of it.
    private static let limit = 1 << 28

    /// Refs that can be pushed to, in the server's order.
    var refs: some Sequence<(name: ArraySlice<UInt8>, id: ArraySlice<UInt8>)> {
        places.lazy.map { (name: bytes[$0.name], id: bytes[$0.id]) }
    }

    /// Reads from `descriptor` until the advertisement ends or breaks off.
    ///
    /// - Throws: `RemoteHelperError.advertisementTooLarge`.
    init(from descriptor: Int32) throws(RemoteHelperError) {
        var position = 0
        while !isComplete {
            guard bytes.count <= Self.limit else { throw .advertisementTooLarge(limit: Self.limit) }
            guard let piece = ProtocolChannel.read(descriptor), !piece.isEmpty else { return }
            bytes += piece
            guard readPackets(from: &position) else { return }
        }
        rest = Array(bytes[position...])
        bytes.removeLast(rest.count)
    }

    /// Reads the packets that are there in full; false at one that is wrong.
    private mutating func readPackets(from position: inout Int) -> Bool {
        while !isComplete, bytes.count >= position + 4 {
            guard let length = PacketLine.length(bytes[position..<position + 4]) else { return false }
            if length == 0 {
                position += 4
                isComplete = true
                return true
            }
            guard length >= 4 else { return false }
            guard bytes.count >= position + length else { return true }
            var payload = bytes[position + 4..<position + length]
            if payload.last == UInt8(ascii: "\n") { payload = payload.dropLast() }
            guard read(payload) else { return false }
            position += length
        }
        return true
    }

    /// `<id> SP <name>`, behind the first of them a NUL and the capabilities; false for an error.
    private mutating func read(_ payload: ArraySlice<UInt8>) -> Bool {
        if payload.starts(with: "ERR ".utf8) { return false }
        var line = payload
        if places.isEmpty, let end = payload.firstIndex(of: 0) {
            let capabilities = String(decoding: payload[payload.index(after: end)...], as: UTF8.self)
            let prefix = "object-format="
            takesPushOptions = takesPushOptions || capabilities.split(separator: " ").contains("push-options")
            if let named = capabilities.split(separator: " ").first(where: { $0.hasPrefix(prefix) }) {
                objectFormat = String(named.dropFirst(prefix.count))
            }
            line = payload[..<end]
        }
        guard let space = line.firstIndex(of: UInt8(ascii: " ")) else { return true }
        let name = line[line.index(after: space)...]
        // `.have`, `capabilities^{}`, `shallow` and `version` lines are for send-pack alone.
        guard Self.isRef(name), line[..<space].allSatisfy({ PercentEncoding.digit($0) != nil }) else { return true }
        places.append((name.indices, line[..<space].indices))
        return true
    }

    /// git-check-ref-format(1), as far as it matters for a line of the helper's protocol.
    private static func isRef(_ name: ArraySlice<UInt8>) -> Bool {
        guard name.starts(with: "refs/".utf8) else { return false }
        var previous: UInt8 = 0
        for byte in name {
            guard isLegal[Int(byte)] else { return false }
            switch byte {
            case UInt8(ascii: "."), UInt8(ascii: "/"): guard previous != byte else { return false }
            case UInt8(ascii: "{"): guard previous != UInt8(ascii: "@") else { return false }
            default: break
            }
            previous = byte
        }
        return true
    }

    private static let isLegal = (0...255).map { byte in
        byte > 0x20 && byte != 0x7f && !"~^:?*[\\".utf8.contains(UInt8(byte))
    }

    /// Gives `send` the answer to `list for-push`, in pieces.
    ///
    /// - Throws: what `send` throws.
    func list(
        namingObjectFormat: Bool, to send: ([UInt8]) throws(RemoteHelperError) -> Void
    ) throws(RemoteHelperError) {
        var piece: [UInt8] = []
        if namingObjectFormat { piece += Array(":object-format \(objectFormat)\n".utf8) }
        for ref in refs {
            piece += ref.id
            piece.append(UInt8(ascii: " "))
            piece += ref.name
            piece.append(UInt8(ascii: "\n"))
            if piece.count > 64 << 10 {
                try send(piece)
                piece.removeAll(keepingCapacity: true)
            }
        }
        try send(piece + [UInt8(ascii: "\n")])
    }
}
