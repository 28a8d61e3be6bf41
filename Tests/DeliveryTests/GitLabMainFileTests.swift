import Delivery
import Testing

/// What is added to a `.gitlab-ci.yml` of somebody else's, to the byte.
@Suite struct GitLabMainFileTests {
    private static let jobs = "test:\n  script:\n    - make  # all of it\n"

    private static let cases: [(String, String)] = [
        // No `include` yet.
        (jobs, jobs + "\ninclude:\n  - local: .gitlab/hephy.yml\n"),
        ("# only a remark\n", "# only a remark\n\ninclude:\n  - local: .gitlab/hephy.yml\n"),
        ("test: {script: [make]}", "test: {script: [make]}\n\ninclude:\n  - local: .gitlab/hephy.yml\n"),
        ("test:\r\n  script: make\r\n", "test:\r\n  script: make\r\n\r\ninclude:\r\n  - local: .gitlab/hephy.yml\r\n"),
        (
            "test:\n  script: |+\n    make\n",
            "test:\n  script: |+\n    make\ninclude:\n  - local: .gitlab/hephy.yml\n"
        ),
        // A text.
        ("include: /a.yml  # ours\n\(jobs)", "include:\n  - local: .gitlab/hephy.yml\n  - /a.yml  # ours\n\(jobs)"),
        ("include: 'https://x/a.yml'\n", "include:\n  - local: .gitlab/hephy.yml\n  - 'https://x/a.yml'\n"),
        ("include:\n  /a.yml\n", "include:\n  - local: .gitlab/hephy.yml\n  - /a.yml\n"),
        // A list.
        (
            "# top\ninclude:\n  # first\n  - local: a.yml # one\n\n  -   b.yml\n\(jobs)",
            "# top\ninclude:\n  # first\n  - local: .gitlab/hephy.yml\n  - local: a.yml # one\n\n  -   b.yml\n\(jobs)"
        ),
        (
            "include:\n- project: a/b\n  file: [c.yml]\n\(jobs)",
            "include:\n- local: .gitlab/hephy.yml\n- project: a/b\n  file: [c.yml]\n\(jobs)"
        ),
        ("include: [a.yml, {local: b.yml}]\n", "include: [{local: .gitlab/hephy.yml}, a.yml, {local: b.yml}]\n"),
        ("include: []\n", "include: [{local: .gitlab/hephy.yml}]\n"),
        ("include:\n\(jobs)", "include:\n  - local: .gitlab/hephy.yml\n\(jobs)"),
        // A mapping.
        (
            "include:\n  local: a.yml\n  rules:\n    - if: $X # so\n\n# jobs\n\(jobs)",
            "include:\n- local: .gitlab/hephy.yml\n-\n  local: a.yml\n  rules:\n    - if: $X # so\n\n# jobs\n\(jobs)"
        ),
        ("include: {local: a.yml} # {b}\n", "include: [{local: .gitlab/hephy.yml}, {local: a.yml}] # {b}\n"),
        // A header of inputs, GitLab's own tags, merge keys.
        (
            "spec:\n  inputs:\n    x: {default: a}\n---\ninclude:\n  - a.yml\nb: {script: [\"$[[ inputs.x ]]\"]}\n",
            "spec:\n  inputs:\n    x: {default: a}\n---\ninclude:\n  - local: .gitlab/hephy.yml\n  - a.yml\n"
                + "b: {script: [\"$[[ inputs.x ]]\"]}\n"
        ),
        (
            ".a: &a {script: [make]}\nb:\n  <<: *a\n  rules: !reference [.a, rules]\n",
            ".a: &a {script: [make]}\nb:\n  <<: *a\n  rules: !reference [.a, rules]\n"
                + "\ninclude:\n  - local: .gitlab/hephy.yml\n"
        ),
    ]

    @Test(arguments: cases)
    func oneItemIsAddedAndEveryByteStays(_ before: String, _ after: String) throws {
        let file = try #require(GitLabMainFile(before))
        #expect(!file.includesHephy)
        #expect(file.includingHephy() == after)
        #expect(GitLabMainFile(after)?.includesHephy == true)
        // Taking away what was put in between leaves the file as it was.
        var rest = Array(before.utf8)[...]
        for byte in after.utf8 where rest.first == byte { rest.removeFirst() }
        #expect(rest.isEmpty)
    }

    @Test(arguments: [
        "include: &mine\n  - a.yml\ntest: {script: [make]}\n", "include: null\n", "test: {script: [make]}\n...\n",
    ])
    func whatCannotBeAddedToSafelyIsLeft(_ text: String) throws {
        #expect(try #require(GitLabMainFile(text)).includingHephy() == nil)
    }

    @Test(arguments: ["a: [", "- a\n", "a: 1\na: 2\n", "a: b\n---\nc: d\n", "\u{0}"])
    func whatIsNoPipelineIsNotRead(_ text: String) {
        #expect(GitLabMainFile(text) == nil)
    }

    @Test(arguments: [
        (jobs, "build"), ("stages: [test, build]\n", "build"), ("stages: [.pre, image, .post]\n", "image"),
        ("stages: [.pre]\n", "build"), ("stages: x\n", "build"),
    ])
    func theStageIsOneThatTheFileHas(_ text: String, _ stage: String) throws {
        #expect(try #require(GitLabMainFile(text)).stage == stage)
    }

    @Test(arguments: [
        (jobs, false),
        ("workflow: {rules: [{if: $CI_COMMIT_BRANCH}]}\n", false),
        ("workflow: {rules: [{if: '$CI_PIPELINE_SOURCE == \"merge_request_event\"'}]}\n", true),
        ("workflow: {rules: [{if: '$CI_PIPELINE_SOURCE == \"merge_request_event\"', when: never}]}\n", false),
        ("workflow: {rules: [{if: $CI_COMMIT_BRANCH && $CI_OPEN_MERGE_REQUESTS, when: never}]}\n", true),
    ])
    func pipelinesOfMergeRequestsAreSeen(_ text: String, _ isSo: Bool) throws {
        #expect(try #require(GitLabMainFile(text)).runsInMergeRequests == isSo)
    }
}
