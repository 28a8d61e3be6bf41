/// Makes text from outside safe to print on a person's terminal.
///
/// What comes out holds printable text, tabs and, where colours are kept, well-formed colour sequences (SGR) that are
/// reset at the end of the line. Every other control sequence (CSI, OSC, DCS, APC, SOS, PM, in their 7-bit and 8-bit
/// forms), every other control character, text-direction controls and invisible format characters are dropped. Of a
/// line that was overwritten with carriage returns the last state is kept, as a terminal would show it. Masked words
/// come out as `***`, also where they were split by something that is dropped.
package struct LogSanitizer: Sendable {
    package let keepsColor: Bool
    /// Bytes of visible text after which a line is cut.
    package let lineLimit: Int
    private let masks: [[UInt8]]

    /// Of `masks`, words shorter than four bytes are not masked: they would mangle every line.
    package init(keepsColor: Bool, masks: [String] = [], lineLimit: Int = 8192) {
        self.keepsColor = keepsColor
        self.lineLimit = lineLimit
        self.masks = masks.map { Array($0.utf8) }.filter { $0.count >= 4 }.sorted { $0.count > $1.count }
    }

    /// Appends the safe form of one line, without a line feed.
    package func append(_ text: String, to buffer: inout [UInt8]) {
        let done: Void? = text.utf8.withContiguousStorageIfAvailable { append($0, to: &buffer) }
        if done == nil {
            Array(text.utf8).withUnsafeBufferPointer { append($0, to: &buffer) }
        }
    }

    /// Appends the safe form of one line of bytes, without a line feed; what is not UTF-8 comes out as U+FFFD.
    package func append(_ bytes: UnsafeBufferPointer<UInt8>, to buffer: inout [UInt8]) {
        if bytes.count <= lineLimit, Self.isPlain(bytes), !holdsMask(bytes) {
            buffer.append(contentsOf: bytes)
            return
        }
        var scan = TextScan(masks: masks, keepsColor: keepsColor)
        scan.read(bytes)
        scan.write(to: &buffer, limit: lineLimit)
    }

    /// The safe form of a name, title or message: one line, no colours, tabs as spaces, cut after `limit` bytes.
    package func line(_ text: String, limit: Int = 400) -> String {
        var scan = TextScan(masks: masks, keepsColor: false, tab: UInt8(ascii: " "))
        Array(text.utf8).withUnsafeBufferPointer { scan.read($0) }
        var buffer: [UInt8] = []
        scan.write(to: &buffer, limit: limit)
        return String(decoding: buffer, as: UTF8.self)
    }

    /// Whether all bytes are printable ASCII or tabs.
    ///
    /// Written without an early exit so that it is vectorised.
    private static func isPlain(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        var odd: UInt8 = 0
        for byte in bytes {
            odd |= (byte &- 0x20 > 0x5e && byte != 0x09) ? 1 : 0
        }
        return odd == 0
    }

    private func holdsMask(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        masks.contains { ByteSearch.first($0, in: bytes, from: 0) != nil }
    }
}
