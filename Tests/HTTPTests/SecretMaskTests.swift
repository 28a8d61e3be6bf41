import HTTP
import Testing

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

struct SecretMaskTests {
    private static let token = "gho_OwnerToken42"
    private let mask = SecretMask([Secret(token)])

    @Test(arguments: [
        ("no Bearer \(token)", "no Bearer ***"),
        ("\(token)\(token) and \(token)!", "*** and ***!"),
        ("https://\(token.lowercased()).example", "https://***.example"),
        ("é\(token)é", "é***é"),
        ("nothing of the kind", "nothing of the kind"),
        ("gho_Owner", "gho_Owner"),
        ("", ""),
    ])
    func aSecretIsMaskedWhereverItStands(text: String, masked: String) {
        #expect(mask.masked(text) == masked)
    }

    @Test(arguments: ["", "x", "me", "x-access-token", "somebody"], ["", "\n", ":more"])
    func aSecretIsMaskedInBase64WithAnyUser(user: String, end: String) {
        let basic = Data("\(user):\(Self.token)\(end)".utf8).base64EncodedString()
        #expect(mask.masked("Basic \(basic), no") == "Basic ***, no")
        let forURLs = basic.replacing("+", with: "-").replacing("/", with: "_")
        #expect(mask.masked(forURLs) == "***")
    }

    @Test(arguments: ["a+b/c=dé", "a%2Bb%2Fc%3Dd%C3%A9", "a%2bb%2fc%3dd%c3%a9"])
    func aSecretIsMaskedWhenPercentEncoded(text: String) {
        #expect(SecretMask([Secret("a+b/c=dé")]).masked("x=\(text)&") == "x=***&")
    }

    @Test func theBeginningOfASecretIsMaskedAtTheEndOfACutText() {
        #expect(mask.masked("no Bearer gho_Own", isCut: true) == "no Bearer ***")
        #expect(mask.masked("no Bearer gho", isCut: true) == "no Bearer gho")
        #expect(mask.masked("gho_Own is no token", isCut: true) == "gho_Own is no token")
    }

    @Test func everySecretOfSeveralIsMasked() {
        var mask = mask
        mask.insert(Secret("another"))
        mask.insert(Secret("another"))
        #expect(mask.masked("\(Self.token) another") == "*** ***")
    }

    @Test func whatIsTooShortForASecretStays() {
        #expect(SecretMask([Secret("abc"), Secret("")]).masked("abc") == "abc")
    }
}
