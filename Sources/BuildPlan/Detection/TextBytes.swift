/// White space, letters and words, byte by byte.
enum TextBytes {
    static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }

    static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || (0x09...0x0D).contains(byte)
    }

    /// Drops leading white space, also what Unicode counts as such: a file pasted from a page begins lines with U+00A0.
    static func trimmingStart(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var line = line
        while let first = line.first {
            if isSpace(first) {
                line.removeFirst()
            } else if first == 0xC2, let second = line.dropFirst().first, second == 0x85 || second == 0xA0 {
                line.removeFirst(2)
            } else if isWideSpace(line.prefix(3)) {
                line.removeFirst(3)
            } else {
                break
            }
        }
        return line
    }

    static func trimming(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var line = trimmingStart(line)
        while let last = line.last, isSpace(last) { line.removeLast() }
        return line
    }

    /// Splits at white space.
    static func words(_ text: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
        text.split(whereSeparator: isSpace)
    }

    /// U+1680, U+2000–U+200A, U+2028, U+2029, U+202F, U+205F, U+3000.
    private static func isWideSpace(_ bytes: ArraySlice<UInt8>) -> Bool {
        guard bytes.count == 3 else { return false }
        let start = bytes.startIndex
        switch (bytes[start], bytes[start + 1], bytes[start + 2]) {
        case (0xE1, 0x9A, 0x80), (0xE2, 0x80, 0x80...0x8A), (0xE2, 0x80, 0xA8), (0xE2, 0x80, 0xA9), (0xE2, 0x80, 0xAF),
            (0xE2, 0x81, 0x9F), (0xE3, 0x80, 0x80):
            return true
        default: return false
        }
    }
}
