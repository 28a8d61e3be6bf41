import Git

/// pkt-lines (gitprotocol-common(5)): four hexadecimal digits for the length, themselves included, then the payload.
enum PacketLine {
    static let flush = Array("0000".utf8)

    /// The length that a head says; nil where it is none.
    static func length(_ head: ArraySlice<UInt8>) -> Int? {
        var length = 0
        for byte in head {
            guard let digit = PercentEncoding.digit(byte) else { return nil }
            length = length << 4 | Int(digit)
        }
        return length
    }

    /// One packet that holds `payload`, of which there are at most 65516 bytes.
    static func packet(_ payload: [UInt8]) -> [UInt8] {
        let hexadecimal = String(payload.count + 4, radix: 16)
        return Array((String(repeating: "0", count: 4 - hexadecimal.count) + hexadecimal).utf8) + payload
    }
}
