import HephyTestSupport
import Testing

/// Few descriptors: enough after the limit was raised, or one sentence instead of a crash.
@Suite(.serialized, .timeLimit(.minutes(1)))
struct DescriptorTests {
    private static let sentence = "no more than 20 files may be open at once (ulimit -n), and hephy needs 32"

    @Test func aLowSoftLimitIsRaised() async throws {
        try await PushScene.with(plans: [.over("success")]) { scene in
            let ran = try await scene.fixture.run(
                "sh", "-c", "ulimit -S -n 16; git push hephy main", in: scene.work.path,
                environment: scene.environment)
            #expect(ran.status == 0, "\(ran)")
            #expect(ran.errors.contains("-----> Done in "), "\(ran)")
        }
    }

    @Test(arguments: ["git push hephy main", "hephy watch"])
    func aLowHardLimitIsSaid(_ command: String) async throws {
        try await PushScene.with { scene in
            let ran = try await scene.fixture.run(
                "sh", "-c", "ulimit -n 20; \(command)", in: scene.work.path, environment: scene.environment)
            #expect(ran.status == 128, "\(ran)")
            #expect(ran.said == [Self.sentence], "\(ran)")
            #expect(try scene.double.journal().isEmpty)
        }
    }

    @Test(arguments: ["2>&-", ">&-", "<&- >&- 2>&-"], [("success", Int32(0)), ("failure", 1)])
    func withoutStandardStreamsTheVerdictIsTheSame(_ closed: String, _ run: (String, Int32)) async throws {
        try await PushScene.with(plans: [.over(run.0)]) { scene in
            let ran = try await scene.fixture.run(
                "sh", "-c", "git push hephy main \(closed)", in: scene.work.path, environment: scene.environment)
            #expect(ran.status == run.1, "\(ran)")
            #expect(try await scene.remoteRefs() == ["refs/heads/main"])
        }
    }

    @Test func thirtyTwoDescriptorsAreEnough() async throws {
        try await PushScene.with(plans: [.over("success")]) { scene in
            let ran = try await scene.fixture.run(
                "sh", "-c", "ulimit -n 32; git push hephy main", in: scene.work.path, environment: scene.environment)
            #expect(ran.status == 0, "\(ran)")
            #expect(ran.errors.contains("-----> Done in "), "\(ran)")
        }
    }
}
