/// Makes secrets unreadable in texts that people and logs get to see.
///
/// A secret is found in any case of its letters, percent-encoded, and inside Base64 with any user name before it, as
/// Basic authentication writes it (RFC 7617).
package struct SecretMask: Sendable {
    /// What is looked for in lower case.
    private var words: [[UInt8]] = []
    /// What is looked for in Base64, as far as it does not depend on what stands around the secret.
    private var encodedWords: [[UInt8]] = []

    /// Secrets of fewer bytes are not masked: they would mangle every line.
    private static let shortest = 4
    /// Fewer characters of Base64 would be found where they mean something else.
    private static let shortestEncoded = 8

    package init(_ secrets: [Secret] = []) {
        for secret in secrets { insert(secret) }
    }

    package var isEmpty: Bool { words.isEmpty }

    package mutating func insert(_ secret: Secret) {
        let bytes = secret.reveal { Array($0.utf8) }
        let word = bytes.map(Self.lowerCased)
        guard bytes.count >= Self.shortest, !words.contains(word) else { return }
        words.append(word)
        let escaped = Self.percentEncoded(word)
        if escaped != word { words.append(escaped) }
        encodedWords += (0..<3).map { Self.base64(of: bytes, after: $0) }.filter { $0.count >= Self.shortestEncoded }
    }

    /// The text with `***` for every secret.
    ///
    /// - Parameters:
    ///   - text: any text.
    ///   - isCut: whether the text may end within a secret, of which then the beginning is masked too.
    /// - Returns: the text itself where there is no secret in it.
    package func masked(_ text: String, isCut: Bool = false) -> String {
        guard !words.isEmpty else { return text }
        let bytes = Array(text.utf8)
        let lower = bytes.map(Self.lowerCased)
        var isSecret = [Bool](repeating: false, count: bytes.count)
        for word in words {
            for start in Self.places(of: word, in: lower) { Self.mark(start..<start + word.count, &isSecret) }
            if isCut { Self.mark(Self.beginning(of: word, endOf: lower), &isSecret) }
        }
        let plain = bytes.map(Self.usualBase64)
        for word in encodedWords {
            for start in Self.places(of: word, in: plain) {
                Self.mark(Self.base64Run(around: start..<start + word.count, in: plain), &isSecret)
            }
        }
        guard isSecret.contains(true) else { return text }
        var result: [UInt8] = []
        for (index, byte) in bytes.enumerated() {
            if !isSecret[index] {
                result.append(byte)
            } else if index == 0 || !isSecret[index - 1] {
                result += Array("***".utf8)
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    private static func mark(_ range: Range<Int>, _ isSecret: inout [Bool]) {
        for index in range { isSecret[index] = true }
    }

    private static func places(of word: [UInt8], in bytes: [UInt8]) -> [Int] {
        guard let first = word.first, bytes.count >= word.count else { return [] }
        return (0...bytes.count - word.count).filter { start in
            bytes[start] == first && bytes[start..<start + word.count].elementsEqual(word)
        }
    }

    /// Where `bytes` end with a beginning of `word`.
    private static func beginning(of word: [UInt8], endOf bytes: [UInt8]) -> Range<Int> {
        let longest = min(word.count - 1, bytes.count)
        guard longest >= shortest else { return 0..<0 }
        for count in (shortest...longest).reversed() where bytes.suffix(count).elementsEqual(word.prefix(count)) {
            return bytes.count - count..<bytes.count
        }
        return 0..<0
    }

    private static func base64Run(around range: Range<Int>, in bytes: [UInt8]) -> Range<Int> {
        var (start, end) = (range.lowerBound, range.upperBound)
        while start > 0, isBase64(bytes[start - 1]) { start -= 1 }
        while end < bytes.count, isBase64(bytes[end]) || bytes[end] == UInt8(ascii: "=") { end += 1 }
        return start..<end
    }

    private static func lowerCased(_ byte: UInt8) -> UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
    }

    private static func isBase64(_ byte: UInt8) -> Bool { alphabet.contains(byte) }

    /// A character of the alphabet for URLs (RFC 4648, section 5) as the one of the usual alphabet.
    private static func usualBase64(_ byte: UInt8) -> UInt8 {
        switch byte {
        case UInt8(ascii: "-"): UInt8(ascii: "+")
        case UInt8(ascii: "_"): UInt8(ascii: "/")
        default: byte
        }
    }

    private static func percentEncoded(_ word: [UInt8]) -> [UInt8] {
        word.flatMap { byte -> [UInt8] in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"),
                UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"):
                return [byte]
            default:
                let digits = Array("0123456789abcdef".utf8)
                return [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
    }

    /// The Base64 of `bytes` behind `count` unknown bytes and before unknown ones, without what these have a part in.
    private static func base64(of bytes: [UInt8], after count: Int) -> [UInt8] {
        let all = [UInt8](repeating: 0, count: count) + bytes
        var result: [UInt8] = []
        for start in stride(from: 0, to: all.count / 3 * 3, by: 3) {
            let group = Int(all[start]) << 16 | Int(all[start + 1]) << 8 | Int(all[start + 2])
            result += [18, 12, 6, 0].map { alphabet[group >> $0 & 63] }
        }
        return Array(result.dropFirst([0, 2, 3][count]))
    }

    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
}
