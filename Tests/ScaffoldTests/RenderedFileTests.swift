import Scaffold
import Testing

@Suite struct RenderedFileTests {
    private static let digest = String(repeating: "ab", count: 32)
    private static let own = """
        on:
          push:
            branches: [main, "release/*"]
          # hephy:begin
          workflow_dispatch:
        env:
          HEPHY_CONFIG_SHA256: \(digest)
        jobs:
          plan: {}
          # hephy:end
          mine: {}

        """

    @Test func whatStandsOutsideOfTheMarksStays() throws {
        let file = try #require(RenderedFile(Self.own))
        let fresh = try #require(RenderedFile("other:\n  # hephy:begin\nnew: region\n  # hephy:end\nrest: gone\n"))
        #expect(
            file.replacingRegion(with: fresh) == """
                on:
                  push:
                    branches: [main, "release/*"]
                  # hephy:begin
                new: region
                  # hephy:end
                  mine: {}

                """)
        #expect(file.replacingRegion(with: file) == Self.own)
    }

    @Test func aCheckoutWithCarriageReturnsKeepsThem() throws {
        let text = Self.own.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\r\n")
        let file = try #require(RenderedFile(text))
        #expect(file.replacingRegion(with: file) == text)
        #expect(file.configurationDigest == Self.digest)
        let fresh = try #require(RenderedFile("# hephy:begin\nnew: region\n# hephy:end\n"))
        let renewed = file.replacingRegion(with: fresh)
        #expect(renewed.utf8.count { $0 == 0x0a } == renewed.utf8.count { $0 == 0x0d })
    }

    @Test(arguments: [
        "", "name: x\n", "# hephy:begin\n", "# hephy:end\n# hephy:begin\n",
        "# hephy:begin\n# hephy:begin\n# hephy:end\n",
        "# hephy:begin\n# hephy:end\n# hephy:end\n", "x # hephy:begin\n# hephy:end\n", "#hephy:begin\n# hephy:end\n",
    ])
    func withoutBothMarksOnceThereIsNoRegion(_ text: String) {
        #expect(RenderedFile(text) == nil)
    }

    @Test func theRegionTellsWhatItCallsAndWhatItWasRenderedFrom() throws {
        let file = try #require(RenderedFile(Self.own))
        #expect(file.component == nil)
        #expect(file.configurationDigest == Self.digest)
        let thin = """
            # hephy:begin
                uses: acme/hephy-builder/.github/workflows/build.yml@v1
                  config_sha256: "none"
            # hephy:end
            """
        let caller = try #require(RenderedFile(thin))
        #expect(caller.component == "acme/hephy-builder/.github/workflows/build.yml@v1")
        #expect(caller.configurationDigest == "none")
    }

    @Test func driftTellsAChangedConfigurationFromOtherDifferences() {
        let other = Self.own.split(separator: "plan: {}").joined(separator: "plan: {a: b}")
        #expect(Drift(of: Self.own, from: Self.own, configurationDigest: Self.digest) == .none)
        let edited = Self.own.split(separator: "mine").joined(separator: "yours")
        #expect(Drift(of: edited, from: Self.own, configurationDigest: Self.digest) == .none)
        #expect(Drift(of: Self.own, from: other, configurationDigest: Self.digest) == .differs)
        #expect(Drift(of: Self.own, from: other, configurationDigest: "cd") == .configurationChanged)
        #expect(Drift(of: Self.own, from: other, configurationDigest: nil) == .configurationChanged)
        #expect(Drift(of: "name: x\n", from: other, configurationDigest: nil) == .noRegion)
    }

    @Test func aWorkflowIsStaleWhereItsConfigurationIsAnother() {
        let configuration = Array("build_backend: ko\n".utf8)
        let digest = CIPlan.digest(of: configuration)
        let file = Array("# hephy:begin\n  HEPHY_CONFIG_SHA256: \(digest)\n# hephy:end\n".utf8)
        let without = Array("# hephy:begin\n  HEPHY_CONFIG_SHA256: none\n# hephy:end\n".utf8)
        #expect(!Drift.isStale(workflow: file, configuration: configuration))
        #expect(Drift.isStale(workflow: file, configuration: configuration + [0x0a]))
        #expect(Drift.isStale(workflow: file, configuration: nil))
        #expect(!Drift.isStale(workflow: without, configuration: nil))
        #expect(Drift.isStale(workflow: without, configuration: []))
        #expect(!Drift.isStale(workflow: Array("# hephy:workflow 1\n".utf8), configuration: configuration))
        #expect(!Drift.isStale(workflow: [0xff, 0x00], configuration: configuration))
    }

    @Test(arguments: [
        (0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        (3, "@abc"), (55, "@55"), (56, "@56"), (64, "@64"), (1000, "@1000"),
    ])
    func theDigestIsSHA256(_ count: Int, _ expected: String) {
        let known = [
            "@abc": "9834876dcfb05cb167a5c24953eba58c4ac89b1adf57f28f2f9d09af107ee8f0",
            "@55": "9f4390f8d30c2dd92ec9f095b65e2b9ae9b0a925a5258e241c9f1e910f734318",
            "@56": "b35439a4ac6f0948b6d6f9e3c6af0f5f590ce20f1bde7090ef7970686ec6738a",
            "@64": "ffe054fe7ae0cb6dc65c3af9b61d5209f439851db43d0ba5997337df154668eb",
            "@1000": "41edece42d63e8d9bf515a9ba6932e1c20cbc9f5a5d134645adb5db1b9737ea3",
        ]
        let bytes = [UInt8](repeating: UInt8(ascii: "a"), count: count)
        #expect(CIPlan.digest(of: bytes) == known[expected] ?? expected)
    }
}
