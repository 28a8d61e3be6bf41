/// The date of a `Date`, `Last-Modified` or `Retry-After` field.
package enum HTTPDate {
    /// Seconds since 1970 of an IMF-fixdate, `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110 section 5.6.7); nil for anything
    /// else, the two obsolete forms among them.
    package static func secondsSince1970(_ text: String) -> Int64? {
        var scanner = DigitScanner(text.utf8)
        guard scanner.word(of: "MonTueWedThuFriSatSun") != nil, scanner.skip(", "),
            let day = scanner.number(digits: 2), scanner.skip(" "),
            let month = scanner.word(of: "JanFebMarAprMayJunJulAugSepOctNovDec"), scanner.skip(" "),
            let year = scanner.number(digits: 4), scanner.skip(" "),
            let hour = scanner.number(digits: 2), scanner.skip(":"),
            let minute = scanner.number(digits: 2), scanner.skip(":"),
            let second = scanner.number(digits: 2), scanner.skip(" GMT"), scanner.isAtEnd
        else { return nil }
        return CivilTime.seconds(
            year: year, month: month + 1, day: day, hour: hour, minute: minute, second: second)
    }
}
