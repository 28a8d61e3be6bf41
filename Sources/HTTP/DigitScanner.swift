/// Reads numbers and fixed characters from the bytes of a date; it never goes past the end.
struct DigitScanner<Bytes: Collection> where Bytes.Element == UInt8 {
    private let bytes: Bytes
    private var position: Bytes.Index

    init(_ bytes: Bytes) {
        self.bytes = bytes
        position = bytes.startIndex
    }

    var isAtEnd: Bool { position == bytes.endIndex }

    var next: UInt8? { isAtEnd ? nil : bytes[position] }

    /// Reads exactly `count` digits, of which there may be nine at most.
    mutating func number(digits count: Int) -> Int? {
        var value = 0
        for _ in 0..<count {
            guard let digit = digit() else { return nil }
            value = value * 10 + digit
        }
        return value
    }

    mutating func digit() -> Int? {
        guard let byte = next, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
        position = bytes.index(after: position)
        return Int(byte - UInt8(ascii: "0"))
    }

    /// Reads one of `characters` and returns it.
    mutating func one(of characters: StaticString) -> UInt8? {
        guard let byte = next, characters.withUTF8Buffer({ $0.contains(byte) }) else { return nil }
        position = bytes.index(after: position)
        return byte
    }

    mutating func skip(_ text: StaticString) -> Bool {
        text.withUTF8Buffer { wanted in
            for byte in wanted {
                guard next == byte else { return false }
                position = bytes.index(after: position)
            }
            return true
        }
    }

    /// Reads three letters and returns the place of the word they make in `words`, which stand three letters each.
    mutating func word(of words: StaticString) -> Int? {
        var letters: [UInt8] = []
        while letters.count < 3, let byte = next {
            letters.append(byte)
            position = bytes.index(after: position)
        }
        guard letters.count == 3 else { return nil }
        return words.withUTF8Buffer { buffer in
            stride(from: 0, to: buffer.count - 2, by: 3).first { buffer[$0..<($0 + 3)].elementsEqual(letters) }
        }.map { $0 / 3 }
    }
}
