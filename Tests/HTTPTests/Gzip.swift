/// Compressed bodies made by hand.
enum Gzip {
    private static let header: [UInt8] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3]

    /// `hello hello hello`.
    static let threeHellos: [UInt8] =
        header + [
            0xcb, 0x48, 0xcd, 0xc9, 0xc9, 0x57, 0xc8, 0x40, 0x90, 0x00, 0x80, 0x88, 0xf9, 0xe5, 0x11, 0, 0, 0,
        ]

    /// The beginning of a stream that decodes to more than `count` zero bytes: one block of RFC 1951's fixed codes, a
    /// literal and then copies of 258 bytes in 13 bits each.
    static func bomb(of count: Int) -> [UInt8] {
        var writer = BitWriter(bytes: header)
        writer.write(0b0, bits: 1)
        writer.write(0b01, bits: 2)
        writer.writeCode(0b0011_0000, bits: 8)
        for _ in 0...(count / 258) {
            writer.writeCode(0b1100_0101, bits: 8)
            writer.writeCode(0, bits: 5)
        }
        return writer.bytes
    }

    private struct BitWriter {
        var bytes: [UInt8]
        private var used = 8

        init(bytes: [UInt8]) {
            self.bytes = bytes
        }

        mutating func write(_ value: Int, bits: Int) {
            for place in 0..<bits { append((value >> place) & 1) }
        }

        /// Huffman codes stand with their highest bit first.
        mutating func writeCode(_ value: Int, bits: Int) {
            for place in (0..<bits).reversed() { append((value >> place) & 1) }
        }

        private mutating func append(_ bit: Int) {
            if used == 8 {
                bytes.append(0)
                used = 0
            }
            bytes[bytes.count - 1] |= UInt8(bit << used)
            used += 1
        }
    }
}
