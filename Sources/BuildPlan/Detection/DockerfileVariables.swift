/// The default values that `ARG` gives, as far as a name or an address is made of them.
struct DockerfileVariables: Sendable, Hashable {
    /// Bounds what a chain of `ARG A=$B$B` can grow to.
    private static let lengthLimit = 4096

    private var values: [String: String] = [:]

    /// Takes the arguments of an `ARG`: `NAME`, `NAME=value`, several of them.
    mutating func declare(_ arguments: ArraySlice<UInt8>) {
        for word in TextBytes.words(arguments) {
            let parts = word.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2 else { continue }
            let plain = parts[1].filter { $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "'") }
            let value = expanded(String(decoding: plain.prefix(Self.lengthLimit), as: UTF8.self))
            values[String(decoding: parts[0], as: UTF8.self)] = value
        }
    }

    /// Puts values in place of `$NAME`, `${NAME}` and `${NAME:-default}`; what has no value stays as written.
    func expanded(_ text: String) -> String {
        guard text.utf8.contains(UInt8(ascii: "$")) else { return text }
        let bytes = Array(text.utf8)
        var result: [UInt8] = []
        var index = 0
        while index < bytes.count, result.count < Self.lengthLimit {
            guard bytes[index] == UInt8(ascii: "$"), let (value, end) = reference(bytes, at: index + 1) else {
                result.append(bytes[index])
                index += 1
                continue
            }
            result += value
            index = end
        }
        return String(decoding: result.prefix(Self.lengthLimit), as: UTF8.self)
    }

    private func reference(_ bytes: [UInt8], at start: Int) -> ([UInt8], Int)? {
        let isBraced = start < bytes.count && bytes[start] == UInt8(ascii: "{")
        let begin = isBraced ? start + 1 : start
        var end = begin
        while end < bytes.count, Self.isNameByte(bytes[end]) { end += 1 }
        guard end > begin else { return nil }
        let value = values[String(decoding: bytes[begin..<end], as: UTF8.self)]
        guard isBraced else { return value.map { (Array($0.utf8), end) } }
        guard let close = bytes[end...].firstIndex(of: UInt8(ascii: "}")) else { return nil }
        let modifier = bytes[end..<close]
        if modifier.isEmpty { return value.map { (Array($0.utf8), close + 1) } }
        guard modifier.starts(with: ":-".utf8) || modifier.starts(with: "-".utf8) else { return nil }
        if let value, !value.isEmpty { return (Array(value.utf8), close + 1) }
        let fallback = modifier.drop { $0 == UInt8(ascii: ":") }.dropFirst()
        return (Array(fallback), close + 1)
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        TextBytes.isLetter(byte) || TextBytes.isDigit(byte) || byte == UInt8(ascii: "_")
    }
}
