import Credentials
import Forge
import HTTP
import Testing

struct CredentialTests {
    private static let git = HTTPOrigin(scheme: .https, host: "github.com")
    private static let api = HTTPOrigin(scheme: .https, host: "api.github.com")

    @Test func aTokenIsHandedOutForItsOriginsAlone() {
        let credential = Credential(secret: Secret("t0ken"), source: .gitCredential, allowed: [Self.git, Self.api])
        #expect(credential.secret(for: Self.git) == Secret("t0ken"))
        #expect(credential.secret(for: Self.api) == Secret("t0ken"))
        let others = [
            HTTPOrigin(scheme: .http, host: "github.com"), HTTPOrigin(scheme: .http, host: "github.com", port: 443),
            HTTPOrigin(scheme: .https, host: "github.com", port: 444), HTTPOrigin(scheme: .https, host: "evil.example"),
            HTTPOrigin(scheme: .https, host: "api.github.com.evil.example"),
            HTTPOrigin(scheme: .http, host: "127.0.0.1"),
        ]
        for origin in others { #expect(credential.secret(for: origin) == nil) }
    }

    @Test func plainHTTPIsForLoopbackAloneEvenWhereAllowed() {
        let loopback = HTTPOrigin(scheme: .http, host: "127.0.0.1", port: 3000)
        let elsewhere = HTTPOrigin(scheme: .http, host: "git.corp.example")
        let credential = Credential(secret: Secret("t0ken"), source: .gitCredential, allowed: [loopback, elsewhere])
        #expect(credential.secret(for: loopback) != nil)
        #expect(credential.secret(for: elsewhere) == nil)
    }

    @Test func nothingShowsTheToken() {
        let credential = Credential(secret: Secret("t0ken"), source: .environment("GH_TOKEN"), allowed: [Self.git])
        var dumped = ""
        dump(credential, to: &dumped)
        for text in [dumped, "\(credential)", String(reflecting: credential)] {
            #expect(!text.contains("t0ken"))
            #expect(text.contains("GH_TOKEN"))
        }
    }

    @Test(
        arguments: [
            (.environment("GH_TOKEN"), "GH_TOKEN"), (.gitCredential, "git credential fill"),
            (.program("gh"), "gh auth token"),
        ] as [(CredentialSource, String)])
    func aSourceNamesItself(source: CredentialSource, name: String) {
        #expect(source.description == name)
    }
}
