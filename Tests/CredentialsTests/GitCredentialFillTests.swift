import Credentials
import Forge
import HTTP
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

@Suite(.timeLimit(.minutes(1)))
struct GitCredentialFillTests {
    @Test func theHelperIsAskedOnceForReadingAlone() async throws {
        try await CredentialFixture.with { fixture in
            try fixture.helper("username=x\npassword=helper-token")
            let request = CredentialRequest.github("git.corp.example", port: 8443)
            let environment = [
                "GIT_CONFIG_COUNT": "3", "GIT_CONFIG_KEY_2": "credential.useHttpPath", "GIT_CONFIG_VALUE_2": "true",
            ]
            let credential = await fixture.credentials(environment).credential(for: request)
            #expect(credential?.source == .gitCredential)
            #expect(text(credential) == "helper-token")
            let log = fixture.logged()
            #expect(log.filter { $0.hasPrefix("helper ") } == ["helper get"])
            #expect(log.contains("protocol=https"))
            #expect(log.contains("host=git.corp.example:8443"))
            #expect(log.contains("path=owner/repo"))
            for line in ["GIT_TERMINAL_PROMPT=0", "GIT_ASKPASS=", "SSH_ASKPASS=", "GCM_INTERACTIVE=never"] {
                #expect(log.contains(line))
            }
        }
    }

    @Test func gitNeverAsksTheUser() async throws {
        try await CredentialFixture.with { fixture in
            try fixture.helper("username=x")
            try fixture.script("bin/gh", "echo asked >> \(fixture.log)\necho answer")
            let environment = [
                "GIT_ASKPASS": fixture.folder + "/bin/gh", "SSH_ASKPASS": fixture.folder + "/bin/gh",
                "GIT_CONFIG_COUNT": "3", "GIT_CONFIG_KEY_2": "core.askPass",
                "GIT_CONFIG_VALUE_2": fixture.folder + "/bin/gh",
                "DISPLAY": ":0",
            ]
            let credentials = fixture.credentials(environment)
            #expect(await credentials.credential(for: .github("github.com"), skipping: [.program("gh")]) == nil)
            #expect(!fixture.logged().contains("asked"))
            #expect(fixture.logged().contains("helper get"))
        }
    }

    @Test(arguments: [
        "host=evil.example\nusername=x\npassword=t", "protocol=http\nusername=x\npassword=t",
        "host=github.com:444\nusername=x\npassword=t", "username=x", "password=t", "username=x\npassword=",
        "username=x\npassword=two words", "username=x\npassword=t\u{1}", "quit=1",
    ])
    func anAnswerThatIsNotForThisServerIsRefused(answer: String) async throws {
        try await CredentialFixture.with { fixture in
            try fixture.helper(answer)
            #expect(await fixture.credentials().credential(for: .github("github.com")) == nil)
            #expect(fixture.logged().contains("helper get"))
        }
    }

    @Test(arguments: [
        "o/r\nhost=evil.example", "o/r\rx", "o/r\0", "o/r%0ahost=evil.example", "o/r%0D", "o/%00", "o/\u{85}r",
        "o/\u{7f}",
    ])
    func aPathThatWouldBecomeMoreAttributesIsNotAsked(path: String) async throws {
        try await CredentialFixture.with { fixture in
            try fixture.helper("username=x\npassword=helper-token")
            #expect(await fixture.credentials().credential(for: .github("github.com", path: path)) == nil)
            #expect(fixture.logged() == [])
        }
    }

    @Test(arguments: ["github.com\nhost=evil.example", "a b", "", "u@h", "-oProxyCommand=x"])
    func aHostThatIsNoneIsNotAsked(host: String) async throws {
        try await CredentialFixture.with { fixture in
            try fixture.helper("username=x\npassword=helper-token")
            try fixture.gh("program-token")
            let request = CredentialRequest.github(host, api: HTTPOrigin(scheme: .https, host: host))
            #expect(await fixture.credentials(["GH_TOKEN": "x", "GH_HOST": host]).credential(for: request) == nil)
            #expect(fixture.logged() == [])
        }
    }

    /// The helper holds one end of a pipe for as long as it lives, so that its end can be waited for.
    @Test func aHelperThatHangsIsGivenUpAndEnded() async throws {
        try await CredentialFixture.with { fixture in
            try fixture.gh("program-token")
            let pipe = fixture.folder + "/alive"
            try #require(mkfifo(pipe, 0o600) == 0)
            defer { unlink(pipe) }
            try fixture.script("helper", "exec 9> \(pipe)\nsleep 600")
            let reader = open(pipe, O_RDONLY | O_NONBLOCK)
            try #require(reader >= 0)
            defer { close(reader) }
            let credential = await fixture.credentials(timeLimit: .seconds(3)).credential(for: .github("github.com"))
            #expect(credential?.source == .program("gh"))
            #expect(text(credential) == "program-token")
            // Readable at its end once nobody holds the other side.
            var waited = pollfd(fd: reader, events: Int16(POLLIN), revents: 0)
            #expect(poll(&waited, 1, 30_000) == 1)
            #expect(waited.revents & Int16(POLLHUP) != 0)
        }
    }

    @Test func withoutGitThereIsNoToken() async throws {
        try await CredentialFixture.with { fixture in
            let credentials = fixture.credentials(["PATH": fixture.folder])
            #expect(await credentials.credential(for: .github("github.com")) == nil)
        }
    }
}
