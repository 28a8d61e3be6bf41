extension HTTPURL {
    /// A URL below `origin` from parts that are not encoded yet; a slash inside a segment stays inside it.
    ///
    /// - Returns: nil where the origin's host or port cannot be one, or a segment is empty, `.` or `..`, which a server
    ///   would fold into another path whatever their encoding.
    package init?(origin: HTTPOrigin, path segments: [String], query: [(name: String, value: String)] = []) {
        guard segments.allSatisfy({ !["", ".", ".."].contains($0) }) else { return nil }
        var target = segments.isEmpty ? "/" : ""
        for segment in segments { target += "/" + Self.encoded(segment) }
        for (index, pair) in query.enumerated() {
            target += (index == 0 ? "?" : "&") + Self.encoded(pair.name) + "=" + Self.encoded(pair.value)
        }
        self.init(origin: origin, target: target)
    }

    /// `text` with every byte of its UTF-8 percent-encoded but the unreserved ones of RFC 3986 section 2.3.
    package static func encoded(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                bytes.append(byte)
            default:
                bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
