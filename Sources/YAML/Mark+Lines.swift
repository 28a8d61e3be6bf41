extension Mark {
    /// The place right behind a piece of text that begins at 1:1, counted as libyaml counts.
    init(after bytes: some Collection<UInt8>) {
        self.init(line: 1, column: 1)
        var index = bytes.startIndex
        while index != bytes.endIndex {
            if let length = lineBreakLength(in: bytes, at: index) {
                line += 1
                column = 1
                index = bytes.index(index, offsetBy: length)
            } else {
                // Continuation bytes belong to the scalar before them.
                if bytes[index] & 0xC0 != 0x80 { column += 1 }
                index = bytes.index(after: index)
            }
        }
    }

    /// The line of `bytes` that this mark points into, without its line break; empty past the end.
    ///
    /// Invalid UTF-8 is repaired; everything else stands as in the text, control characters too.
    package func lineText(in bytes: [UInt8]) -> String {
        var current = 1
        var index = bytes.starts(with: byteOrderMark) ? byteOrderMark.count : 0
        var start = index
        while index < bytes.count {
            guard let length = lineBreakLength(in: bytes, at: index) else {
                index += 1
                continue
            }
            if current == line { break }
            current += 1
            index += length
            start = index
        }
        return current == line ? String(decoding: bytes[start..<index], as: UTF8.self) : ""
    }
}

let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

/// The length of the line break at `index`, or nil where there is none.
///
/// YAML 1.1 breaks lines, as libyaml does, also at U+0085, U+2028 and U+2029.
private func lineBreakLength<Bytes: Collection<UInt8>>(in bytes: Bytes, at index: Bytes.Index) -> Int? {
    func follows(_ rest: UInt8...) -> Bool { bytes[index...].dropFirst().starts(with: rest) }
    switch bytes[index] {
    case 0x0A: return 1
    case 0x0D: return follows(0x0A) ? 2 : 1
    case 0xC2: return follows(0x85) ? 2 : nil
    case 0xE2: return follows(0x80, 0xA8) || follows(0x80, 0xA9) ? 3 : nil
    default: return nil
    }
}
