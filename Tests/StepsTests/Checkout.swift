import HephyTestSupport

/// The shells that steps are run by.
enum Shell: String, CaseIterable, Sendable {
    case sh, busybox, bash

    var command: [String] { self == .busybox ? ["busybox", "sh"] : [rawValue] }
}

/// What a step left behind.
struct StepResult: Sendable {
    var ran: GitFixture.Ran
    /// The last value of each `key=value`.
    var outputs: [String: String]
    var summary: String

    var status: Int32 { ran.status }
    /// Both streams: what stands in a run's log.
    var log: String { ran.output + ran.errors }
}

/// A clean checkout of one commit, in which steps run.
struct Checkout: Sendable {
    static let steps = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/") + "/share/steps"
    static let created = "2026-01-02T03:04:05Z"

    let fixture: GitFixture
    let repository: TestRepository
    let sha: String
    var variables: [String: String?] = [:]

    var shortSHA: String { String(sha.prefix(7)) }
    var commitTag: String { "sha-" + shortSHA }

    /// The OCI annotations of an image of this checkout.
    func annotations(image: String, version: String = "main") -> [String] {
        let key = "org.opencontainers.image"
        return [
            "\(key).created=\(Self.created)", "\(key).revision=\(sha)", "\(key).version=\(version)",
            "\(key).title=\(image.split(separator: "/").last ?? "")", "\(key).source=https://example.org/acme/api",
            "\(key).url=https://example.org/acme/api",
        ]
    }

    /// Makes a commit of these files and a checkout of it, for the time of `body`.
    static func with<Result>(
        _ files: [String: TreeEntry], _ body: (Checkout) async throws -> Result
    ) async throws -> Result {
        try await GitFixture.with { fixture in
            let repository = try await fixture.repository("app", [TestCommit(files)])
            return try await body(
                Checkout(fixture: fixture, repository: repository, sha: try await repository.commitID()))
        }
    }

    /// Runs one step as a run does, with nothing of the machine's own environment but PATH.
    func run(_ step: String, _ variables: [String: String?] = [:], shell: Shell = .sh) async throws -> StepResult {
        let name = fixture.uniqueName("outputs")
        var environment: [String: String?] = [
            "HEPHY_STEPS": Self.steps, "HEPHY_SHA": sha, "HEPHY_REF": "refs/heads/main",
            "HEPHY_DEFAULT_BRANCH": "main", "HEPHY_CREATED": Self.created,
            "HEPHY_SOURCE_URL": "https://example.org/acme/api",
            "PATH": machinePath, "HEPHY_OUTPUT": fixture.path(name), "HEPHY_SUMMARY": fixture.path(name + ".md"),
        ]
        for (key, value) in self.variables { environment[key] = value }
        for (key, value) in variables { environment[key] = value }
        let ran = try await fixture.run(
            shell.command + ["\(Self.steps)/\(step).sh"], in: repository.path, environment: environment,
            timeout: .seconds(120))
        var outputs: [String: String] = [:]
        for line in ((try? fixture.read(name)) ?? "").split(separator: "\n") {
            let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            outputs[String(parts[0])] = parts.count == 2 ? String(parts[1]) : nil
        }
        return StepResult(ran: ran, outputs: outputs, summary: (try? fixture.read(name + ".md")) ?? "")
    }

    /// PATH without the programs of this build, which no runner has.
    var machinePath: String {
        (fixture.environment["PATH"] ?? "").split(separator: ":").filter { $0 != GitFixture.builtPrograms[...] }
            .joined(separator: ":")
    }

    /// The same with a folder in front.
    func path(before folder: String) -> String { folder + ":" + machinePath }

    /// PATH with the stand-ins of the folder `bin` in front.
    var ownPrograms: [String: String?] { ["PATH": path(before: fixture.path("bin"))] }

    /// Puts a program into the folder `bin` that takes exactly one command line; with any other it ends with 97.
    ///
    /// `script` is what it then does; each call is noted. What is expected stands one argument a line.
    @discardableResult
    func standIn(
        for name: String, in folder: String = "bin", expecting arguments: [String], doing script: String = ""
    ) throws -> String {
        let expected = try fixture.write(
            arguments.map { $0 + "\n" }.joined(), to: "\(folder)/.\(name).expected")
        return try fixture.write(
            """
            #!/bin/sh
            printf '%s\\n' "$@" >>"\(expected).calls"
            printf '%s\\n' "$@" | diff -u "\(expected)" - >&2 || exit 97
            \(script)

            """, to: "\(folder)/\(name)", executable: true)
    }

    /// The calls of a stand-in, or "" when it was never called.
    func calls(of name: String, in folder: String = "bin") -> String {
        (try? fixture.read("\(folder)/.\(name).expected.calls")) ?? ""
    }
}
