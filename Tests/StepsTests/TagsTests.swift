import BuildPlan
import HephyTestSupport
import Testing

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A ref and the tags that its commit's image has.
struct TagCase: Sendable, CustomTestStringConvertible {
    var ref: String
    var additional = ""
    var tags: [String]

    var testDescription: String { additional.isEmpty ? ref : "\(ref) with \(additional)" }

    static let sha = "5d6e7f80aabbccddeeff00112233445566778899"

    static let all: [TagCase] = [
        TagCase(ref: "refs/heads/main", tags: ["main", "latest", "sha-5d6e7f8"]),
        TagCase(ref: "refs/heads/develop", tags: ["develop", "sha-5d6e7f8"]),
        TagCase(ref: "refs/heads/feature/My_Branch", tags: ["feature-My_Branch", "sha-5d6e7f8"]),
        TagCase(ref: "refs/heads/feature/a--b", tags: ["feature-a--b", "sha-5d6e7f8"]),
        TagCase(ref: "refs/heads/bücher/@{x}", tags: ["b-cher-x-", "sha-5d6e7f8"]),
        TagCase(ref: "refs/heads/-.-x", tags: ["x", "sha-5d6e7f8"]),
        TagCase(ref: "refs/heads/+++", tags: ["sha-5d6e7f8"]),
        TagCase(ref: "refs/heads/v1.2.3", tags: ["v1.2.3", "sha-5d6e7f8"]),
        TagCase(
            ref: "refs/heads/" + String(repeating: "a", count: 200),
            tags: [String(repeating: "a", count: 128), "sha-5d6e7f8"]),
        TagCase(ref: "refs/tags/v1.2.3", tags: ["1.2.3", "1.2", "1", "v1.2.3", "sha-5d6e7f8", "latest"]),
        TagCase(ref: "refs/tags/1.2.3", tags: ["1.2.3", "1.2", "1", "sha-5d6e7f8", "latest"]),
        TagCase(ref: "refs/tags/v1.2.3-rc.1", tags: ["1.2.3-rc.1", "v1.2.3-rc.1", "sha-5d6e7f8"]),
        TagCase(ref: "refs/tags/v0.1.0", tags: ["0.1.0", "0.1", "v0.1.0", "sha-5d6e7f8", "latest"]),
        TagCase(ref: "refs/tags/v0.0.0", tags: ["0.0.0", "0.0", "v0.0.0", "sha-5d6e7f8", "latest"]),
        TagCase(
            ref: "refs/tags/1.2.3+build", tags: ["1.2.3", "1.2", "1", "1.2.3-build", "sha-5d6e7f8", "latest"]),
        TagCase(
            ref: "refs/tags/v1.2.3-beta+exp.7", tags: ["1.2.3-beta", "v1.2.3-beta-exp.7", "sha-5d6e7f8"]),
        TagCase(ref: "refs/tags/2026.11.22", tags: ["2026.11.22", "2026.11", "2026", "sha-5d6e7f8", "latest"]),
        TagCase(ref: "refs/tags/2026.01.02", tags: ["2026.01.02", "sha-5d6e7f8"]),
        TagCase(ref: "refs/tags/2026-11-22", tags: ["2026-11-22", "sha-5d6e7f8"]),
        TagCase(ref: "refs/tags/release-7", tags: ["release-7", "sha-5d6e7f8"]),
        TagCase(ref: "refs/tags/v1.2", tags: ["v1.2", "sha-5d6e7f8"]),
        TagCase(ref: "refs/tags/v1.2.3.4", tags: ["v1.2.3.4", "sha-5d6e7f8"]),
        TagCase(ref: "refs/tags/V1.2.3", tags: ["V1.2.3", "sha-5d6e7f8"]),
        TagCase(ref: "refs/tags/v1.2.3-01", tags: ["v1.2.3-01", "sha-5d6e7f8"]),
        TagCase(ref: "refs/tags/api/v1.2.3", tags: ["api-v1.2.3", "sha-5d6e7f8"]),
        TagCase(ref: "refs/tags/main", tags: ["main", "sha-5d6e7f8"]),
        TagCase(ref: "refs/pull/12/merge", tags: ["pr-12", "sha-5d6e7f8"]),
        TagCase(ref: "refs/merge-requests/7/head", tags: ["pr-7", "sha-5d6e7f8"]),
        TagCase(ref: "refs/notes/commits", tags: ["sha-5d6e7f8"]),
        TagCase(ref: "", tags: ["sha-5d6e7f8"]),
        // The vision's own list.
        TagCase(
            ref: "refs/heads/main", additional: "latest,${GITHUB_REF_NAME}", tags: ["main", "latest", "sha-5d6e7f8"]),
        TagCase(
            ref: "refs/heads/topic/x", additional: "latest,${GITHUB_REF_NAME}",
            tags: ["topic-x", "latest", "sha-5d6e7f8"]),
        TagCase(
            ref: "refs/tags/v1.2.3", additional: "stable",
            tags: ["1.2.3", "1.2", "1", "v1.2.3", "stable", "sha-5d6e7f8", "latest"]),
        TagCase(
            ref: "refs/heads/main", additional: "  edge , ,run-${CI_PIPELINE_IID}\n\n nightly\t,edge",
            tags: ["main", "edge", "run-42", "nightly", "latest", "sha-5d6e7f8"]),
        TagCase(
            ref: "refs/heads/main", additional: "a b:c,*,.hidden",
            tags: ["main", "a-b-c", "hidden", "latest", "sha-5d6e7f8"]),
        // Where a variable has no value the whole entry is left out.
        TagCase(
            ref: "refs/heads/main", additional: "rel-${CI_COMMIT_TAG}", tags: ["main", "latest", "sha-5d6e7f8"]),
        TagCase(
            ref: "refs/tags/t", additional: "rel-${CI_COMMIT_TAG},b-${CI_COMMIT_BRANCH}",
            tags: ["t", "rel-t", "sha-5d6e7f8"]),
    ]
}

@Suite(.timeLimit(.minutes(2)))
struct TagsTests {
    private func tags(
        _ ref: String, additional: String = "", sha: String = TagCase.sha, shell: Shell = .sh,
        environment: [String: String?] = [:]
    ) async throws -> GitFixture.Ran {
        try await GitFixture.with { fixture in
            var variables: [String: String?] = [
                "HEPHY_REF": ref, "HEPHY_SHA": sha, "HEPHY_DEFAULT_BRANCH": "main",
                "HEPHY_ADDITIONAL_TAGS": additional, "HEPHY_RUN_NUMBER": "42",
            ]
            variables.merge(environment) { $1 }
            return try await fixture.run(shell.command + [Checkout.steps + "/tags.sh"], environment: variables)
        }
    }

    @Test(arguments: TagCase.all, Shell.allCases)
    func aRefHasItsTagsHighestPriorityFirst(_ example: TagCase, shell: Shell) async throws {
        let ran = try await tags(example.ref, additional: example.additional, shell: shell).check()
        #expect(ran.output.split(separator: "\n").map(String.init) == example.tags)
    }

    /// What a forge sets itself is never read, so that the same commit has the same tags on every forge and here.
    @Test(arguments: TagCase.all.prefix(12))
    func theForgeThatRunsItChangesNothing(_ example: TagCase) async throws {
        let forges: [[String: String?]] = [
            [
                "GITHUB_ACTIONS": "true", "GITHUB_REF": "refs/heads/other", "GITHUB_REF_NAME": "other",
                "GITHUB_SHA": String(repeating: "f", count: 40), "GITHUB_RUN_NUMBER": "9",
            ],
            [
                "GITLAB_CI": "true", "CI_COMMIT_REF_NAME": "other", "CI_COMMIT_TAG": "v9.9.9",
                "CI_COMMIT_BRANCH": "other",
                "CI_COMMIT_SHA": String(repeating: "f", count: 40), "CI_PIPELINE_IID": "9",
            ],
        ]
        for forge in forges {
            let ran = try await tags(example.ref, additional: example.additional, environment: forge).check()
            #expect(ran.output.split(separator: "\n").map(String.init) == example.tags)
        }
    }

    static let values: [TagVariable.Meaning: (branch: String?, tag: String?)] = [
        .refName: ("Feature-X_y", "v1.2.3-rc.1"), .refType: ("branch", "tag"), .refSlug: ("feature-x-y", "v1-2-3-rc-1"),
        .tag: (nil, "v1.2.3-rc.1"), .branch: ("Feature-X_y", nil), .sha: (TagCase.sha, TagCase.sha),
        .shortSHA: ("5d6e7f80", "5d6e7f80"), .runNumber: ("42", "42"),
    ]

    @Test(arguments: TagVariable.allCases)
    func eachVariableOfTheConfigurationHasItsMeaning(_ variable: TagVariable) async throws {
        let expected = try #require(Self.values[variable.meaning])
        for (ref, value) in [("refs/heads/Feature/X_y", expected.branch), ("refs/tags/v1.2.3-rc.1", expected.tag)] {
            let ran = try await tags(ref, additional: "x-${\(variable.rawValue)}-z").check()
            let found = ran.output.split(separator: "\n").first { $0.hasPrefix("x-") }.map(String.init)
            #expect(found == value.map { "x-\($0)-z" })
        }
    }

    @Test func theStepKnowsTheVariablesOfTheConfigurationAndNoOthers() throws {
        let text = try #require(FileManager.default.contents(atPath: Checkout.steps + "/tags.sh"))
        let lines = String(decoding: text, as: UTF8.self).split(separator: "\n")
        let start = try #require(lines.firstIndex { $0.hasPrefix("variable() {") })
        let names = lines[(start + 1)...].prefix { $0 != "}" }.filter { $0.contains(") ") }.flatMap { line in
            line.prefix { $0 != ")" }.split { $0 == " " || $0 == "|" }.map(String.init)
        }
        #expect(names.filter { $0 != "*" }.sorted() == TagVariable.allCases.map(\.rawValue).sorted())
    }

    @Test(arguments: [("ä", "-"), ("Ünder/Ж", "nder"), ("-a-", "a"), ("A/b.c", "a-b-c")])
    func theSlugIsGitLabs(_ branch: String, _ slug: String) async throws {
        let ran = try await tags("refs/heads/" + branch, additional: "x${CI_COMMIT_REF_SLUG}x").check()
        let found = ran.output.split(separator: "\n").first { $0.hasPrefix("x") && $0.hasSuffix("x") }
        // A slug without a letter or digit is empty, and its entry left out.
        #expect(found.map(String.init) == (slug == "-" ? nil : "x\(slug)x"))
    }

    @Test(arguments: [
        ("${NOPE}", "names the unknown variable 'NOPE'"), ("$GITHUB_SHA", "begins no '${NAME}'"),
        ("a${GITHUB_SHA", "begins no '${NAME}'"), ("${GITHUB_SHA:-x}", "names the unknown variable 'GITHUB_SHA:-x'"),
        ("${{ github.sha }}", "names the unknown variable"), ("`id`$(id)", "begins no '${NAME}'"),
    ])
    func anEntryThatNamesNoVariableFailsByName(_ entry: String, _ words: String) async throws {
        for shell in Shell.allCases {
            let ran = try await tags("refs/heads/main", additional: "latest,\(entry)", shell: shell)
            #expect(ran.status == 1)
            #expect(ran.output.isEmpty)
            #expect(ran.errors.contains(words))
        }
    }

    @Test(arguments: [
        "", "5d6e7f8", "40" + String(repeating: "g", count: 38), "0abc", String(repeating: "a", count: 41),
    ])
    func aCommitThatIsNoneFails(_ sha: String) async throws {
        let ran = try await tags("refs/heads/main", sha: sha)
        #expect(ran.status == 1)
        #expect(ran.errors.contains("HEPHY_SHA is no commit id"))
    }

    @Test func aSHA256CommitHasItsTag() async throws {
        let ran = try await tags("refs/heads/x", sha: String(repeating: "AB", count: 32)).check()
        #expect(ran.output == "x\nsha-abababa\n")
    }
}
