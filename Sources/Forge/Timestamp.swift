/// Reads and writes the forms of time that forges put on the wire; seconds since 1970 inside.
package enum Timestamp {
    /// The second that an ISO 8601 text names, `2026-08-17T12:29:15Z`; it may have a fraction and an offset from UTC.
    package static func second(iso8601 text: String) -> Int64? {
        var text = text
        return text.withUTF8 { bytes in
            guard let (second, end) = dateAndTime(in: bytes) else { return nil }
            var index = end
            if index < bytes.count, bytes[index] == UInt8(ascii: ".") {
                index += 1
                while index < bytes.count, digit(bytes[index]) != nil { index += 1 }
            }
            return offset(in: bytes, at: index).map { second - $0 }
        }
    }

    /// The text of `second` in UTC, `2026-08-17T12:29:15Z`; years beyond 9999 and before 0 are cut off at these.
    package static func iso8601(_ second: Int64) -> String {
        let second = min(max(second, -62_167_219_200), 253_402_300_799)
        let days = Int((Double(second) / 86_400).rounded(.down))
        let ofDay = Int(second) - days * 86_400
        let (year, month, day) = civil(days: days)
        let clock = "\(padded(ofDay / 3600)):\(padded(ofDay / 60 % 60)):\(padded(ofDay % 60))"
        return "\(padded(year / 100))\(padded(year % 100))-\(padded(month))-\(padded(day))T\(clock)Z"
    }

    /// The second that a `Date` header names, `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110, IMF-fixdate).
    package static func second(httpDate text: String) -> Int64? {
        let parts = text.split(separator: " ")
        guard parts.count == 6, parts[5] == "GMT" || parts[5] == "UTC", let month = months.firstIndex(of: parts[2]),
            let day = number(parts[1], in: 1...31), let year = number(parts[3], in: 0...9999)
        else { return nil }
        let clock = parts[4].split(separator: ":", omittingEmptySubsequences: false)
        guard clock.count == 3, let hour = number(clock[0], in: 0...23), let minute = number(clock[1], in: 0...59),
            let second = number(clock[2], in: 0...60)
        else { return nil }
        let days = days(year: year, month: month + 1, day: day)
        return Int64(days) * 86_400 + Int64(hour * 3600 + minute * 60 + second)
    }

    /// The second that `yyyy-mm-ddThh:mm:ss` at the start of `bytes` names in UTC, and how many bytes that took.
    static func dateAndTime(in bytes: UnsafeBufferPointer<UInt8>) -> (second: Int64, end: Int)? {
        guard bytes.count >= 19, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"),
            bytes[10] == UInt8(ascii: "T") || bytes[10] == UInt8(ascii: " "), bytes[13] == UInt8(ascii: ":"),
            bytes[16] == UInt8(ascii: ":"), let century = pair(bytes, 0), let year = pair(bytes, 2),
            let month = pair(bytes, 5), let day = pair(bytes, 8), let hour = pair(bytes, 11),
            let minute = pair(bytes, 14), let second = pair(bytes, 17), (1...12).contains(month),
            (1...31).contains(day), hour < 24, minute < 60, second <= 60
        else { return nil }
        let days = days(year: century * 100 + year, month: month, day: day)
        return (Int64(days) * 86_400 + Int64(hour * 3600 + minute * 60 + second), 19)
    }

    private static let months: [Substring] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// Seconds east of UTC that the rest of `bytes` names: `Z`, `+hh:mm`, `-hhmm`, or nothing at all.
    private static func offset(in bytes: UnsafeBufferPointer<UInt8>, at index: Int) -> Int64? {
        let rest = bytes.count - index
        if rest == 0 || (rest == 1 && bytes[index] == UInt8(ascii: "Z")) { return 0 }
        let sign: Int64
        switch bytes[index] {
        case UInt8(ascii: "+"): sign = 1
        case UInt8(ascii: "-"): sign = -1
        default: return nil
        }
        let hasColon = rest == 6 && bytes[index + 3] == UInt8(ascii: ":")
        guard hasColon || rest == 5, let hours = pair(bytes, index + 1), let minutes = pair(bytes, bytes.count - 2),
            hours < 24, minutes < 60
        else { return nil }
        return sign * Int64(hours * 3600 + minutes * 60)
    }

    private static func digit(_ byte: UInt8) -> Int? {
        byte >= 0x30 && byte <= 0x39 ? Int(byte - 0x30) : nil
    }

    private static func pair(_ bytes: UnsafeBufferPointer<UInt8>, _ index: Int) -> Int? {
        guard let tens = digit(bytes[index]), let ones = digit(bytes[index + 1]) else { return nil }
        return tens * 10 + ones
    }

    private static func number(_ text: Substring, in range: ClosedRange<Int>) -> Int? {
        guard text.utf8.allSatisfy({ digit($0) != nil }), let value = Int(text), range.contains(value) else {
            return nil
        }
        return value
    }

    private static func padded(_ value: Int) -> String {
        value < 10 ? "0\(value)" : "\(value)"
    }

    /// Days from 1970-01-01 to a date of the Gregorian calendar, by counting years from March on.
    private static func days(year: Int, month: Int, day: Int) -> Int {
        let shifted = month <= 2 ? year - 1 : year
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    /// The inverse of ``days(year:month:day:)``.
    private static func civil(days: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }
}
