import HTTP
import Testing

struct SecretTests {
    private static let text = "gh0-s3cret"

    private static func dumped(_ value: some Any) -> String {
        var text = ""
        dump(value, to: &text)
        return text
    }

    private static func shown(_ value: some Any) -> [String] {
        var printed = ""
        print(value, to: &printed)
        debugPrint(value, to: &printed)
        let children = Mirror(reflecting: value).children.map { "\($0.value)" }
        return [String(describing: value), String(reflecting: value), dumped(value), printed, "\(value)"] + children
    }

    @Test func nothingShowsTheText() throws {
        let secret = Secret(Self.text)
        let url = try #require(HTTPURL("https://h/"))
        let request = HTTPRequest(.get, url, authorization: ("Bearer", secret))
        struct Holder {
            var secret: Secret
            var list: [Secret?]
            var table: [String: Secret]
        }
        let holder = Holder(secret: secret, list: [secret, nil], table: ["token": secret])
        let texts =
            Self.shown(secret) + Self.shown(Optional(secret)) + Self.shown([secret]) + Self.shown(request)
            + Self.shown(holder) + Self.shown([secret: 1])
        for text in texts { #expect(!text.contains(Self.text)) }
        #expect("\(secret)" == "***")
        #expect(Self.dumped(holder).contains("***"))
    }

    @Test func theTextIsHandedOutOnRequestAlone() {
        #expect(Secret(Self.text).reveal { $0 } == Self.text)
        #expect(Secret(Self.text) == Secret(Self.text))
        #expect(Secret(Self.text) != Secret("other"))
    }
}
