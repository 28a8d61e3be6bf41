/// A moment as the forges' APIs and logs write it: `2026-08-17T12:29:15Z`.
package struct ISO8601Timestamp: Hashable, Comparable, Sendable {
    package var secondsSince1970: Int64
    /// 0 to 999,999,999.
    package var nanoseconds: Int32

    package init(secondsSince1970: Int64, nanoseconds: Int32 = 0) {
        self.secondsSince1970 = secondsSince1970
        self.nanoseconds = nanoseconds
    }

    /// Reads a date and time with an optional fraction of one to nine digits and `Z` or an offset, `+02:00` or `+0200`;
    /// nil for anything else.
    package init?(_ text: String) {
        self.init(utf8: text.utf8)
    }

    /// The same from bytes, for a log's lines.
    package init?(utf8 bytes: some Collection<UInt8>) {
        var scanner = DigitScanner(bytes)
        guard let year = scanner.number(digits: 4), scanner.skip("-"),
            let month = scanner.number(digits: 2), scanner.skip("-"),
            let day = scanner.number(digits: 2), scanner.one(of: "Tt ") != nil,
            let hour = scanner.number(digits: 2), scanner.skip(":"),
            let minute = scanner.number(digits: 2), scanner.skip(":"),
            let second = scanner.number(digits: 2),
            let local = CivilTime.seconds(
                year: year, month: month, day: day, hour: hour, minute: minute, second: second),
            let nanoseconds = Self.fraction(&scanner), let offset = Self.offset(&scanner), scanner.isAtEnd
        else { return nil }
        self.init(secondsSince1970: local - offset, nanoseconds: nanoseconds)
    }

    package static func < (left: Self, right: Self) -> Bool {
        (left.secondsSince1970, left.nanoseconds) < (right.secondsSince1970, right.nanoseconds)
    }

    private static func fraction(_ scanner: inout DigitScanner<some Collection<UInt8>>) -> Int32? {
        guard scanner.one(of: ".,") != nil else { return 0 }
        var value: Int32 = 0
        var count = 0
        while count < 9, let digit = scanner.digit() {
            value = value * 10 + Int32(digit)
            count += 1
        }
        guard count > 0 else { return nil }
        for _ in count..<9 { value *= 10 }
        return value
    }

    /// Seconds east of UTC.
    private static func offset(_ scanner: inout DigitScanner<some Collection<UInt8>>) -> Int64? {
        guard let sign = scanner.one(of: "Zz+-") else { return nil }
        guard sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") else { return 0 }
        guard let hours = scanner.number(digits: 2) else { return nil }
        _ = scanner.skip(":")
        guard let minutes = scanner.number(digits: 2), hours < 24, minutes < 60 else { return nil }
        let seconds = Int64(hours * 3600 + minutes * 60)
        return sign == UInt8(ascii: "-") ? -seconds : seconds
    }
}
