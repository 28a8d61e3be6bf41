/// One pass over a line: visible bytes, and where between them colours changed or a carriage return stood.
struct TextScan {
    private enum Mark {
        case color([UInt8])
        case carriageReturn
    }

    /// Lines longer than this are looked at in part only, so that one line cannot take time or memory without end.
    private static let windowSize = 64 << 10
    private static let longestColor = 64
    private static let cutMark = Array(" [...]".utf8)
    private static let maskMark = Array("***".utf8)
    private static let replacement: [UInt8] = [0xef, 0xbf, 0xbd]
    private static let reset = Array("\u{1b}[0m".utf8)

    private let masks: [[UInt8]]
    private let keepsColor: Bool
    private let tab: UInt8
    private var visible: [UInt8] = []
    private var marks: [(offset: Int, mark: Mark)] = []
    private var isCut = false

    init(masks: [[UInt8]], keepsColor: Bool, tab: UInt8 = 0x09) {
        self.masks = masks
        self.keepsColor = keepsColor
        self.tab = tab
    }

    mutating func read(_ line: UnsafeBufferPointer<UInt8>) {
        let bytes = window(of: line)
        visible.reserveCapacity(bytes.count)
        var at = 0
        while at < bytes.count {
            let byte = bytes[at]
            if byte >= 0x80 {
                at = readScalar(bytes, at)
            } else if Self.isPrintable(byte) {
                var end = at + 1
                while end < bytes.count, Self.isPrintable(bytes[end]) { end += 1 }
                visible.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[at..<end]))
                at = end
            } else {
                at = readControl(bytes, at)
            }
        }
        if isCut, let longest = masks.first?.count {
            // The window may have ended inside a masked word.
            visible.removeLast(min(longest, visible.count))
        }
    }

    private static func isPrintable(_ byte: UInt8) -> Bool { byte &- 0x20 <= 0x5e }

    /// The part of an over-long line that a terminal would end up showing: what follows its last carriage return.
    private mutating func window(of line: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8> {
        guard line.count > Self.windowSize else { return line }
        let text = line[..<(line.lastIndex { $0 != 0x0d } ?? line.startIndex)]
        let shown = text.lastIndex(of: 0x0d) ?? 0
        let start = max(0, shown - Self.windowSize / 2)
        let end = min(line.count, start + Self.windowSize)
        isCut = end < line.count
        return UnsafeBufferPointer(rebasing: line[start..<end])
    }

    // MARK: - Reading

    private mutating func readControl(_ bytes: UnsafeBufferPointer<UInt8>, _ at: Int) -> Int {
        switch bytes[at] {
        case 0x09:
            visible.append(tab)
        case 0x0a, 0x0b, 0x0c:
            visible.append(0x20)
        case 0x0d:
            marks.append((visible.count, .carriageReturn))
        case 0x1b:
            return readEscape(bytes, at)
        default:
            break
        }
        return at + 1
    }

    /// ECMA-48: ESC, intermediate bytes, a final byte; CSI and the string controls by their own rules.
    private mutating func readEscape(_ bytes: UnsafeBufferPointer<UInt8>, _ start: Int) -> Int {
        var at = start + 1
        guard at < bytes.count else { return at }
        switch bytes[at] {
        case UInt8(ascii: "["):
            return readControlSequence(bytes, parameters: at + 1)
        case UInt8(ascii: "]"), UInt8(ascii: "P"), UInt8(ascii: "X"), UInt8(ascii: "^"), UInt8(ascii: "_"):
            return skipControlString(bytes, at + 1)
        default:
            while at < bytes.count, (0x20...0x2f).contains(bytes[at]) { at += 1 }
            if at < bytes.count, (0x30...0x7e).contains(bytes[at]) { at += 1 }
            return at
        }
    }

    private mutating func readControlSequence(_ bytes: UnsafeBufferPointer<UInt8>, parameters: Int) -> Int {
        var at = parameters
        while at < bytes.count, (0x30...0x3f).contains(bytes[at]) { at += 1 }
        let parametersEnd = at
        while at < bytes.count, (0x20...0x2f).contains(bytes[at]) { at += 1 }
        guard at < bytes.count, (0x40...0x7e).contains(bytes[at]) else { return at }
        if keepsColor, bytes[at] == UInt8(ascii: "m"), at == parametersEnd, at - parameters <= Self.longestColor {
            let values = bytes[parameters..<at]
            // Digits, `;` and `:` alone are colours; `<`, `=`, `>`, `?` make it a private sequence.
            if values.allSatisfy({ $0 <= UInt8(ascii: ";") }) {
                marks.append((visible.count, .color(Array(values))))
            }
        }
        return at + 1
    }

    /// OSC, DCS, SOS, PM and APC end with BEL, ST, CAN or SUB, with the next escape, or with the line.
    private func skipControlString(_ bytes: UnsafeBufferPointer<UInt8>, _ start: Int) -> Int {
        var at = start
        while at < bytes.count {
            switch bytes[at] {
            case 0x07, 0x18, 0x1a:
                return at + 1
            case 0x1b:
                return at
            case 0xc2 where at + 1 < bytes.count && bytes[at + 1] == 0x9c:
                return at + 2
            default:
                at += 1
            }
        }
        return at
    }

    private mutating func readScalar(_ bytes: UnsafeBufferPointer<UInt8>, _ at: Int) -> Int {
        guard let (scalar, length) = UTF8Scalar.decode(bytes, at) else {
            visible.append(contentsOf: Self.replacement)
            return at + 1
        }
        let next = at + length
        switch scalar {
        case 0x9b:
            return readControlSequence(bytes, parameters: next)
        case 0x90, 0x98, 0x9d, 0x9e, 0x9f:
            return skipControlString(bytes, next)
        case 0x85, 0x2028, 0x2029:
            visible.append(0x20)
        case _ where UTF8Scalar.isInvisible(scalar):
            break
        default:
            visible.append(contentsOf: bytes[at..<next])
        }
        return next
    }

    // MARK: - Writing

    func write(to buffer: inout [UInt8], limit: Int) {
        let masked = maskedRanges()
        var at = shownStart()
        var color = ColorState()
        var left = limit
        var nextMark = marks.firstIndex { $0.offset >= at } ?? marks.count
        var nextMask = masked.firstIndex { $0.upperBound > at } ?? masked.count
        while at <= visible.count {
            while nextMark < marks.count, marks[nextMark].offset <= at {
                if case .color(let values) = marks[nextMark].mark { color.change(values, in: &buffer) }
                nextMark += 1
            }
            guard at < visible.count else { break }
            guard left > 0, color.hasRoom else { return cut(&buffer, color) }
            if nextMask < masked.count, masked[nextMask].lowerBound <= at {
                buffer.append(contentsOf: Self.maskMark)
                left -= Self.maskMark.count
                at = masked[nextMask].upperBound
                nextMask += 1
                continue
            }
            var end = nextMask < masked.count ? masked[nextMask].lowerBound : visible.count
            if nextMark < marks.count { end = min(end, marks[nextMark].offset) }
            let taken = prefixEnd(from: at, to: end, limit: left)
            buffer.append(contentsOf: visible[at..<taken])
            if taken == at { return cut(&buffer, color) }
            left -= taken - at
            at = taken
        }
        if isCut { buffer.append(contentsOf: Self.cutMark) }
        if color.isOpen { buffer.append(contentsOf: Self.reset) }
    }

    private func cut(_ buffer: inout [UInt8], _ color: ColorState) {
        if color.isOpen { buffer.append(contentsOf: Self.reset) }
        buffer.append(contentsOf: Self.cutMark)
    }

    /// The end of a piece of at most `limit` bytes that does not split a character.
    private func prefixEnd(from start: Int, to end: Int, limit: Int) -> Int {
        guard end - start > limit else { return end }
        var cut = start + limit
        while cut > start, visible[cut] & 0xc0 == 0x80 { cut -= 1 }
        return cut
    }

    /// Where the text behind the last carriage return begins that has text behind it.
    private func shownStart() -> Int {
        for (offset, mark) in marks.reversed() {
            if case .carriageReturn = mark, offset < visible.count { return offset }
        }
        return 0
    }

    private func maskedRanges() -> [Range<Int>] {
        guard !masks.isEmpty else { return [] }
        return visible.withUnsafeBufferPointer { bytes in
            var ranges: [Range<Int>] = []
            var next = masks.map { ByteSearch.first($0, in: bytes, from: 0) }
            while let (mask, start) = next.indices.compactMap({ i in next[i].map { (i, $0) } })
                .min(by: { ($0.1, $0.0) < ($1.1, $1.0) })
            {
                let end = start + masks[mask].count
                ranges.append(start..<end)
                for i in next.indices {
                    if let at = next[i], at < end { next[i] = ByteSearch.first(masks[i], in: bytes, from: end) }
                }
            }
            return ranges
        }
    }
}

/// Which colours are on, and how much room a line's colours have taken.
private struct ColorState {
    private(set) var isOpen = false
    private var written = 0

    var hasRoom: Bool { written < 4096 }

    mutating func change(_ values: [UInt8], in buffer: inout [UInt8]) {
        guard hasRoom else { return }
        isOpen = !values.allSatisfy { $0 == UInt8(ascii: "0") || $0 == UInt8(ascii: ";") }
        buffer.append(0x1b)
        buffer.append(UInt8(ascii: "["))
        buffer.append(contentsOf: values)
        buffer.append(UInt8(ascii: "m"))
        written += values.count + 3
    }
}
