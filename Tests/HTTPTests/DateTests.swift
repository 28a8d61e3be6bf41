import HTTP
import Testing

struct DateTests {
    @Test(
        arguments: [
            ("Thu, 01 Jan 1970 00:00:00 GMT", 0), ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777),
            ("Tue, 29 Feb 2000 23:59:60 GMT", 951_868_800), ("Sun, 22 Nov 2026 14:36:19 GMT", 1_795_358_179),
        ] as [(String, Int64)])
    func theDateOfAnAnswerIsRead(text: String, seconds: Int64) {
        #expect(HTTPDate.secondsSince1970(text) == seconds)
    }

    @Test(arguments: [
        "", "Sun", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 CET", "Sunday, 06-Nov-94 08:49:37 GMT",
        "Sun Nov  6 08:49:37 1994", "Sun, 31 Nov 1994 08:49:37 GMT", "Sun, 29 Feb 1900 00:00:00 GMT",
        "Sun, 06 Foo 1994 08:49:37 GMT", "Sun, 06 Nov 1994 24:00:00 GMT", "Sun, 06 Nov 1994 08:49:37 GMT ",
        "Sun, +6 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 GMT\0",
    ])
    func whatIsNoDateIsNone(text: String) {
        #expect(HTTPDate.secondsSince1970(text) == nil)
    }

    @Test(
        arguments: [
            ("1970-01-01T00:00:00Z", 0, 0), ("2026-08-17T12:29:15Z", 1_786_969_755, 0),
            ("2026-08-17T12:29:15.1234567Z", 1_786_969_755, 123_456_700),
            ("2026-08-17T12:29:15.1Z", 1_786_969_755, 100_000_000),
            ("2026-08-17T12:29:15.123456789+02:00", 1_786_962_555, 123_456_789),
            ("2026-08-17T12:29:15-0130", 1_786_975_155, 0), ("1969-12-31T23:59:59Z", -1, 0),
            ("0000-01-01T00:00:00Z", -62_167_219_200, 0), ("9999-12-31T23:59:59Z", 253_402_300_799, 0),
        ] as [(String, Int64, Int32)])
    func aTimestampIsRead(text: String, seconds: Int64, nanoseconds: Int32) {
        let wanted = ISO8601Timestamp(secondsSince1970: seconds, nanoseconds: nanoseconds)
        #expect(ISO8601Timestamp(text) == wanted)
        #expect(ISO8601Timestamp(utf8: Array(text.utf8)[...]) == wanted)
    }

    @Test(arguments: [
        "", "2026", "2026-08-17", "2026-08-17T12:29:15", "2026-08-17T12:29:15.Z", "2026-08-17T12:29:15.1234567890Z",
        "2026-13-17T12:29:15Z", "2026-02-29T12:29:15Z", "2026-08-17T12:60:15Z", "2026-08-17T12:29:15+24:00",
        "2026-08-17T12:29:15Zx", "-026-08-17T12:29:15Z", "２026-08-17T12:29:15Z", "2026-08-17T12:29:15+1",
    ])
    func whatIsNoTimestampIsNone(text: String) {
        #expect(ISO8601Timestamp(text) == nil)
    }

    @Test func timestampsAreOrderedByTime() throws {
        let earlier = try #require(ISO8601Timestamp("2026-08-17T12:29:15.1Z"))
        let later = try #require(ISO8601Timestamp("2026-08-17T14:29:15.2+02:00"))
        #expect(earlier < later)
        #expect(earlier < ISO8601Timestamp(secondsSince1970: 1_786_969_756))
    }
}
