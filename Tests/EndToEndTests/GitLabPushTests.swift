import HephyTestSupport
import Testing

/// What a push to a GitLab tells its pipeline, and what it starts.
@Suite(.timeLimit(.minutes(1)))
struct GitLabPushTests {
    @Test func thePushItselfTellsItsPipelineWhatIsDetected() async throws {
        try await PipelineScene.play { scene in
            let pushed = try await scene.push()
            #expect(pushed.status == 0)
            #expect(pushed.git.status == 0)
            #expect(
                try scene.pushOptions == ["ci.input=backend=ko", "ci.input=platforms=linux/amd64,linux/arm64"])
            #expect(try scene.pipelines.map(\.event) == ["push"])
            #expect(try scene.pipelines.first?.inputs?["backend"] == "ko")
            #expect(try scene.requests("POST").isEmpty)
            #expect(pushed.text.contains("-----> ko for linux/amd64, linux/arm64"))
            #expect(pushed.text.contains("-----> Hephy Build #1500000101 for \(scene.tip.prefix(7))"))
            #expect(pushed.text.contains("-----> Done in "))
            #expect(try await scene.hasLanded())
        }
    }

    @Test func anOverrideMakesOnePipelineThroughTheAPI() async throws {
        try await PipelineScene.play { scene in
            let pushed = try await scene.push(options: ["platforms=linux/amd64"])
            #expect(pushed.status == 0)
            #expect(try scene.pushOptions == ["ci.skip"])
            let posts = try scene.requests("POST", "/pipeline")
            #expect(posts.count == 1)
            #expect(posts.first?.inputs?["platforms"] == "linux/amd64")
            #expect(posts.first?.inputs?["sha"] == scene.tip)
            #expect(try scene.pipelines.map(\.event).sorted { $0 ?? "" < $1 ?? "" } == ["api", "push"])
            #expect(pushed.text.contains("-----> Done in "))
        }
    }

    @Test func anOlderGitLabIsAttachedToAndTheReasonIsSaid() async throws {
        try await PipelineScene.play(change: { $0.server = .init(version: "17.10.3") }) { scene in
            let pushed = try await scene.push(options: ["platforms=linux/amd64"])
            #expect(pushed.status == 0)
            #expect(try scene.pushOptions.isEmpty)
            #expect(try scene.requests("POST").isEmpty)
            #expect(pushed.text.contains("GitLab 17.10.3 takes no inputs, 17.11 does"))
            #expect(pushed.text.contains("-----> Done in "))
        }
    }

    @Test func aPipelineThatIsNotOursIsFollowedAndTheReasonIsSaid() async throws {
        let files = RunFiles.go.merging([".gitlab-ci.yml": .text(PipelineScene.ours(marker: ""))]) { $1 }
        try await PipelineScene.play(files) { scene in
            let pushed = try await scene.push()
            #expect(pushed.status == 0)
            #expect(try scene.pushOptions.isEmpty)
            #expect(pushed.text.contains("'.gitlab-ci.yml' is not hephy's"))
            #expect(pushed.text.contains("-----> Done in "))
        }
    }

    @Test func inputsThatTheFileDoesNotDeclareAreNotSent() async throws {
        let files = RunFiles.go.merging([".gitlab-ci.yml": .text(PipelineScene.ours(inputs: ["backend"]))]) { $1 }
        try await PipelineScene.play(files) { scene in
            let pushed = try await scene.push()
            #expect(pushed.status == 0)
            #expect(try scene.pushOptions == ["ci.input=backend=ko"])
            #expect(pushed.text.contains("takes no input 'platforms'"))
        }
    }

    @Test(arguments: ["ci.skip", "ci.no_pipeline"])
    func whoAsksForNoPipelineGetsNone(option: String) async throws {
        try await PipelineScene.play { scene in
            let pushed = try await scene.push(["-o", option, "hephy", "main"])
            #expect(pushed.status == 0)
            #expect(pushed.git.status == 0)
            #expect(try scene.pushOptions == [option])
            #expect(pushed.text.contains("nothing to follow: the push says '\(option)'"))
        }
    }

    @Test func anInputOfTheUsersOwnIsNotReplaced() async throws {
        try await PipelineScene.play { scene in
            let pushed = try await scene.push(["-o", "ci.input=backend=kaniko", "hephy", "main"])
            #expect(pushed.status == 0)
            #expect(
                try scene.pushOptions == ["ci.input=backend=kaniko", "ci.input=platforms=linux/amd64,linux/arm64"])
        }
    }

    @Test func severalRefsAtOnceAreToldNothing() async throws {
        try await PipelineScene.play { scene in
            let pushed = try await scene.push(["hephy", "main", "main:other"])
            #expect(pushed.status == 0)
            #expect(try scene.pushOptions.isEmpty)
            #expect(pushed.text.contains("several refs at once"))
        }
    }

    @Test(arguments: ["", "/tools"]) func aGitLabIsRecognisedAndAskedOnlyOnce(prefix: String) async throws {
        try await PipelineScene.play(change: { $0.prefix = prefix }) { scene in
            let pushed = try await scene.push(isKnown: false)
            #expect(pushed.status == 0, "\(pushed.text)")
            #expect(try scene.pushOptions.first == "ci.input=backend=ko")
            #expect(try scene.requests().allSatisfy { $0.path?.hasPrefix("\(prefix)/api/v4/") == true })
            let kept = try await scene.work.git("config", "--get-regexp", "^hephy\\..*\\.forge$").check().line
            #expect(kept == "hephy.\(scene.double.site).forge gitlab")
        }
    }

    @Test func aGitLabBelowAPathWithNestedGroupsIsFound() async throws {
        try await PipelineScene.play(change: { $0.prefix = "/tools/gitlab" }) { scene in
            let pushed = try await scene.push()
            #expect(pushed.status == 0)
            #expect(try scene.requests().allSatisfy { $0.path?.hasPrefix("/tools/gitlab/api/v4/") == true })
            #expect(pushed.text.contains("\(scene.double.site)/acme/team/api/-/pipelines/"))
        }
    }

    @Test func aCommitThatSkipsItsPipelineIsNotWaitedFor() async throws {
        let files = RunFiles.go.merging([".gitlab-ci.yml": .text(PipelineScene.ours(marker: ""))]) { $1 }
        try await PipelineScene.play(files, message: "docs [skip ci]") { scene in
            let pushed = try await scene.push()
            #expect(pushed.status == 0)
            #expect(pushed.text.contains("the commit message says '[skip ci]'"))
        }
    }
}
