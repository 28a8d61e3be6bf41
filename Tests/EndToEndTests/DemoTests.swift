import HephyTestSupport
import Testing

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// What `./install.sh --demo` does behind the installation, with a real builder.
@Suite(.timeLimit(.minutes(2)))
struct DemoTests {
    private static let script =
        GitFixture.share.split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" }
        + "/scripts/demo"

    /// The script with both streams in one, as on a terminal.
    static func run(
        _ scene: LocalScene, environment extra: [String: String?] = [:]
    ) async throws -> GitFixture.Ran {
        try await scene.fixture.run(
            ["sh", "-c", "exec \"$0\" 2>&1", script],
            environment: scene.environment.merging(extra) { _, own in own }, timeout: .seconds(110))
    }

    /// The id that the builder itself has for an image; empty without one.
    private static func digest(of image: String, _ scene: LocalScene) async throws -> String {
        let ran = try await scene.fixture.run(
            ["buildah", "images", "--no-trunc", "--quiet", image], environment: scene.environment)
        return ran.output.split(separator: "\n").first.map(String.init) ?? ""
    }

    /// Also where nobody has said how what is run is kept apart.
    @Test(arguments: ["chroot", nil]) func itBuildsASampleAppAndSaysWhatWasBuilt(_ isolation: String?) async throws {
        try await LocalScene.with(.buildah) { scene in
            let ran = try await Self.run(scene, environment: ["BUILDAH_ISOLATION": isolation])
            #expect(ran.status == 0, "\(ran)")
            let folder = scene.fixture.path("home/hephy-demo")
            let digest = try await Self.digest(of: "localhost/demo:latest", scene)
            #expect(digest.hasPrefix("sha256:") && digest.count == 71)
            var rest = ran.output[...]
            for part in [
                "demo: a sample app is in \(folder);", "$ git push hephy main\n", "To hephy::local/demo\n",
                "-----> Hephy Build #1 for ", "RUN [\"/bin/busybox\"", "-----> Done in ", "@\(digest)\n",
                "demo: built localhost/demo:latest\ndemo:       \(digest)\n", "hephy watch", "hephy init\n",
                "    rm -rf \(folder) ",
            ] {
                let range = try #require(rest.firstRange(of: part), "\(part) in \(ran)")
                rest = rest[range.upperBound...]
            }
            // What the image's own shell has added.
            let page = try await scene.contents(of: "www/index.html", in: "localhost/demo:latest")
            #expect(page.contains("<p>Built by a git push.</p>\n<p>At "), "\(page)")
            // The user's own set-up knows nothing of it.
            let author = try await scene.fixture.run(
                ["git", "config", "--show-scope", "user.email"], in: folder)
            #expect(author.output == "local\tdemo@hephy.invalid\n")
        }
    }

    @Test func aSecondOneStandsBesideTheFirstAndBothGoAsItSays() async throws {
        try await LocalScene.with(.buildah) { scene in
            try await Self.run(scene).check()
            let ran = try await Self.run(scene)
            #expect(ran.status == 0, "\(ran)")
            #expect(ran.output.contains("To hephy::local/demo-2\n"), "\(ran)")
            #expect(ran.output.contains("demo: built localhost/demo-2:latest\n"))
            let removal = ran.output.split(separator: "\n").drop { $0 != "Remove the demo:" }.dropFirst()
            #expect(removal.count == 2, "\(ran)")
            for line in removal {
                try await scene.fixture.run(["sh", "-c", String(line)], environment: scene.environment).check()
            }
            let left = try await scene.fixture.run(
                ["sh", "-c", "ls -d home/hephy-demo* home/.data/hephy/repositories/* home/.data/hephy/runs/*"],
                in: scene.fixture.scratch
            ).check().output.split(separator: "\n")
            #expect(left.count == 3 && left.allSatisfy { !$0.contains("demo-2") }, "\(left)")
            #expect(try await Self.digest(of: "localhost/demo-2:latest", scene).isEmpty)
            #expect(try await !Self.digest(of: "localhost/demo:latest", scene).isEmpty)
        }
    }

    @Test func aRedBuildFailsIt() async throws {
        try await LocalScene.with(.buildah) { scene in
            // It builds the tiny image that it is tried with; the image of a run has labels.
            try scene.fixture.write(
                "#!/bin/sh\ncase \"$*\" in *--label*) echo no more >&2; exit 3 ;; esac\nPATH=${PATH#*:} exec buildah \"$@\"\n",
                to: "programs/buildah", executable: true)
            let ran = try await Self.run(scene)
            #expect(ran.status == 1, "\(ran)")
            #expect(ran.output.contains("-----> Failed after "))
            #expect(ran.output.contains("demo: the push ended with 1; the app stays in "))
            #expect(!ran.output.contains("demo: built"))
        }
    }

    @Test func aPushThatLeavesNoImageFailsIt() async throws {
        try await LocalScene.with(.buildah) { scene in
            let ran = try await Self.run(scene, environment: ["HEPHY_TRIGGER": "none"])
            #expect(ran.status == 1, "\(ran)")
            #expect(ran.output.contains("demo: the push went well, but buildah has no localhost/demo:latest\n"))
        }
    }

    @Test func withoutABuilderThatWorksItSaysSoAndMakesNothing() async throws {
        try await LocalScene.with(.none) { scene in
            let ran = try await Self.run(scene)
            #expect(ran.status == 1, "\(ran)")
            #expect(ran.output.contains("demo: nothing here builds an image, see above; install docker, podman"))
            let made = try FileManager.default.contentsOfDirectory(atPath: scene.fixture.path("home"))
            #expect(made.allSatisfy { !$0.hasPrefix("hephy") }, "\(made)")
        }
    }
}
