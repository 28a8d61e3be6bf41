/// Single characters of UTF-8 text that may be malformed.
enum UTF8Scalar {
    /// The character that begins at `at` and its length in bytes; nil where the bytes are not UTF-8 (RFC 3629).
    static func decode(_ bytes: UnsafeBufferPointer<UInt8>, _ at: Int) -> (scalar: UInt32, length: Int)? {
        let lead = bytes[at]
        let length: Int
        var scalar: UInt32
        switch lead {
        case 0x00...0x7f: return (UInt32(lead), 1)
        case 0xc2...0xdf: (length, scalar) = (2, UInt32(lead & 0x1f))
        case 0xe0...0xef: (length, scalar) = (3, UInt32(lead & 0x0f))
        case 0xf0...0xf4: (length, scalar) = (4, UInt32(lead & 0x07))
        default: return nil
        }
        guard bytes.count - at >= length else { return nil }
        for byte in bytes[(at + 1)..<(at + length)] {
            guard byte & 0xc0 == 0x80 else { return nil }
            scalar = scalar << 6 | UInt32(byte & 0x3f)
        }
        switch (length, scalar) {
        case (3, ..<0x800), (4, ..<0x1_0000), (_, 0xd800...0xdfff), (_, 0x11_0000...): return nil
        default: return (scalar, length)
        }
    }

    /// Whether a character shows nothing or changes how others are shown: C1 controls, text-direction controls,
    /// zero-width and filler characters, variation selectors, tags.
    static func isInvisible(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0x80...0x9f, 0xad, 0x34f, 0x61c, 0x115f, 0x1160, 0x17b4, 0x17b5, 0x180b...0x180f: true
        case 0x200b...0x200f, 0x202a...0x202e, 0x2060...0x206f, 0x3164: true
        case 0xfe00...0xfe0f, 0xfeff, 0xffa0, 0xfff0...0xfffb: true
        case 0x1_bca0...0x1_bca3, 0x1_d173...0x1_d17a, 0xe_0000...0xe_0fff: true
        default: false
        }
    }
}
