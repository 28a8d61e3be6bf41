import RunTail
import Testing

@Suite struct ElapsedTests {
    @Test(arguments: [
        (0, "0s"), (3, "3s"), (59, "59s"), (60, "1m00s"), (72, "1m12s"), (3599, "59m59s"), (3600, "1h00m"),
        (3720, "1h02m"), (90_061, "25h01m"), (-5, "0s"),
    ])
    func spansReadAsPeopleWriteThem(_ seconds: Int64, _ text: String) {
        #expect(Elapsed(seconds: seconds).description == text)
    }

    @Test func timesFromOutsideCannotOverflow() {
        #expect(Elapsed(from: Int64.min, to: Int64.max)?.description == "0s")
        #expect(Elapsed(from: nil, to: 3) == nil)
        #expect(Elapsed(.milliseconds(1999)).description == "1s")
    }
}
