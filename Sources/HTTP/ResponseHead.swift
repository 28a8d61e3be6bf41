/// Collects status and header fields from the lines that libcurl hands over, interim answers and trailers among them.
struct ResponseHead {
    /// How many bytes all header lines of an exchange may have together.
    static let limit = 256 << 10

    /// The status of the answer so far, or 0 before the first line.
    private(set) var status = 0
    private(set) var fields: [(name: String, value: String)] = []
    private var size = 0
    private var isComplete = false

    /// Takes one line with its end; returns false when there is more than ``limit``.
    mutating func take(line bytes: UnsafeRawBufferPointer) -> Bool {
        guard bytes.count <= Self.limit - size else { return false }
        size += bytes.count
        let end = bytes.lastIndex { $0 != UInt8(ascii: "\r") && $0 != UInt8(ascii: "\n") }
        let line = bytes[..<(end.map { $0 + 1 } ?? bytes.startIndex)]
        if line.isEmpty {
            isComplete = true
        } else if isComplete ? (100..<200).contains(status) : status == 0 {
            // Only an interim answer is followed by another status line; later lines are trailers.
            begin(with: line)
        } else if !isComplete {
            add(line)
        }
        return true
    }

    /// Why a head that libcurl is content with is none of a whole answer, or nil.
    var flaw: String? {
        // libcurl takes a connection that ends within the header for the end of an empty body.
        guard isComplete, status >= 200 else { return "the answer ended within its header" }
        // libcurl reads such a body to the end of the connection, wherever that comes.
        let hasBadLength = fields.contains {
            $0.name.lowercased() == "content-length"
                && ($0.value.utf8.first == UInt8(ascii: "+") || Int64($0.value) == nil)
        }
        return hasBadLength ? "the answer has a malformed Content-Length" : nil
    }

    /// `HTTP/1.1 200 OK`, `HTTP/2 200`.
    private mutating func begin(with line: Slice<UnsafeRawBufferPointer>) {
        let words = line.split(separator: UInt8(ascii: " "), maxSplits: 2)
        guard words.count > 1, words[1].count == 3, let status = Int(String(decoding: words[1], as: UTF8.self)) else {
            return
        }
        self.status = status
        fields = []
        isComplete = false
    }

    private mutating func add(_ line: Slice<UnsafeRawBufferPointer>) {
        if let first = line.first, Self.isBlank(first) {
            // RFC 9112 section 5.2: an obsolete folded line goes on with the field before it.
            guard let last = fields.indices.last else { return }
            fields[last].value += " " + Self.text(line)
            return
        }
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { return }
        fields.append((Self.text(line[..<colon]), Self.text(line[line.index(after: colon)...])))
    }

    private static func text(_ bytes: Slice<UnsafeRawBufferPointer>) -> String {
        guard let first = bytes.firstIndex(where: { !isBlank($0) }), let last = bytes.lastIndex(where: { !isBlank($0) })
        else { return "" }
        return String(decoding: bytes[first...last], as: UTF8.self)
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
    }
}
