import Git

/// What a receive-pack says before it is asked: its refs and what it can do (gitprotocol-pack(5), "Reference
/// Discovery"), in pkt-lines.
struct RefAdvertisement: Sendable {
    /// Everything as it came, the flush at its end included.
    private(set) var bytes: [UInt8] = []
    /// Refs that can be pushed to, in the server's order.
    private(set) var refs: [(name: [UInt8], id: [UInt8])] = []
    private(set) var objectFormat = "sha1"
    /// Whether it came to its end and nothing in it is an error; where not, git's own words fit it best.
    private(set) var isComplete = false
    /// What came behind the end.
    private(set) var rest: [UInt8] = []

    /// The most bytes that are kept; a million refs have about a tenth of it.
    private static let limit = 1 << 30

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
        if let end = payload.firstIndex(of: 0) {
            let capabilities = String(decoding: payload[payload.index(after: end)...], as: UTF8.self)
            let prefix = "object-format="
            if let named = capabilities.split(separator: " ").first(where: { $0.hasPrefix(prefix) }) {
                objectFormat = String(named.dropFirst(prefix.count))
            }
            line = payload[..<end]
        }
        guard let space = line.firstIndex(of: UInt8(ascii: " ")) else { return true }
        let name = line[line.index(after: space)...]
        // `.have`, `capabilities^{}`, `shallow` and `version` lines are for send-pack alone.
        guard Self.isRef(name), line[..<space].allSatisfy({ PercentEncoding.digit($0) != nil }) else { return true }
        refs.append((Array(name), Array(line[..<space])))
        return true
    }

    /// git-check-ref-format(1), as far as it matters for a line of the helper's protocol.
    private static func isRef(_ name: ArraySlice<UInt8>) -> Bool {
        name.starts(with: "refs/".utf8)
            && name.allSatisfy { $0 > 0x20 && $0 != 0x7f && !"~^:?*[\\".utf8.contains($0) }
            && !name.contains(sequence: "..") && !name.contains(sequence: "@{") && !name.contains(sequence: "//")
    }

    /// The answer to `list for-push`.
    func list(namingObjectFormat: Bool) -> [UInt8] {
        var answer: [UInt8] = []
        if namingObjectFormat { answer += Array(":object-format \(objectFormat)\n".utf8) }
        for ref in refs { answer += ref.id + [UInt8(ascii: " ")] + ref.name + [UInt8(ascii: "\n")] }
        return answer + [UInt8(ascii: "\n")]
    }
}

extension ArraySlice<UInt8> {
    fileprivate func contains(sequence: String) -> Bool {
        firstRange(of: Array(sequence.utf8)) != nil
    }
}
