import HephyTestSupport
import Testing

/// `hephy sync` and what `hephy check` says of a rendered file.
@Suite(.serialized, .timeLimit(.minutes(1)))
struct SyncTests {
    private static let config = InitTests.config
    private static let workflow = InitTests.workflow

    private func ready(_ fixture: GitFixture) async throws -> TestRepository {
        let work = try await InitTests.project(fixture)
        try await fixture.run("hephy", "init", in: work.path).check()
        return work
    }

    @Test func aChangedConfigurationIsRenderedAgainAndOwnEditsStay() async throws {
        try await GitFixture.with { fixture in
            let work = try await ready(fixture)
            let edited =
                try fixture.read("work/\(Self.workflow)")
                .split(separator: "branches: [\"main\"]").joined(separator: "branches: [main, \"release/*\"]")
                + "  notify:\n    name: notify\n    needs: index\n    runs-on: ubuntu-latest\n    steps: []\n"
            try fixture.write(edited, to: "work/\(Self.workflow)")
            let unchanged = try await fixture.run("hephy", "sync", in: work.path).check()
            #expect(unchanged.output == "\(Self.workflow): unchanged\n")
            try fixture.write("build_backend: buildkit\nplatforms: [linux/s390x]\n", to: "work/\(Self.config)")
            let dry = try await fixture.run("hephy", "sync", "--dry-run", in: work.path).check()
            #expect(dry.output == "\(Self.workflow): would be written anew\n")
            #expect(try fixture.read("work/\(Self.workflow)") == edited)
            let ran = try await fixture.run("hephy", "sync", in: work.path).check()
            #expect(ran.output == "\(Self.workflow): written anew\n")
            let renewed = try fixture.read("work/\(Self.workflow)")
            #expect(renewed.contains("branches: [main, \"release/*\"]\n") && renewed.hasSuffix("    steps: []\n"))
            #expect(renewed.contains("name: build (linux/s390x)\n") && !renewed.contains("build (linux/amd64)"))
            #expect(renewed.contains("HEPHY_BACKEND: ${{ inputs.backend || 'buildkit' }}\n"))
            let again = try await fixture.run("hephy", "sync", in: work.path).check()
            #expect(again.output == "\(Self.workflow): unchanged\n")
        }
    }

    @Test func checkFailsWhereTheFileIsNotWhatWouldBeRendered() async throws {
        try await GitFixture.with { fixture in
            let work = try await ready(fixture)
            let good = try await fixture.run("hephy", "check", in: work.path).check()
            #expect(good.output == "\(Self.config) is valid\n\(Self.workflow) is up to date\n")
            try fixture.write("build_backend: buildkit\n", to: "work/\(Self.config)")
            let changed = try await fixture.run("hephy", "check", in: work.path)
            #expect(changed.status == 3)
            #expect(changed.said.first == "'\(Self.workflow)' was rendered from another '\(Self.config)'", "\(changed)")
            #expect(changed.said.last == "hint: hephy sync")
            try await fixture.run("hephy", "sync", in: work.path).check()
            try await fixture.run("hephy", "check", in: work.path).check()
            let text = try fixture.read("work/\(Self.workflow)")
            try fixture.write(
                text.split(separator: "name: plan\n").joined(separator: "name: plan!\n"), to: "work/\(Self.workflow)")
            let edited = try await fixture.run("hephy", "check", in: work.path)
            #expect(edited.status == 3)
            #expect(edited.said.first == "'\(Self.workflow)' is not what would be rendered now", "\(edited)")
        }
    }

    @Test func aCommitThatAsksForAnotherBackendIsDriftToo() async throws {
        try await GitFixture.with { fixture in
            let work = try await InitTests.project(fixture)
            try fixture.write("build_backend: auto\n", to: "work/\(Self.config)")
            try await fixture.run("hephy", "init", in: work.path).check()
            try await fixture.run("hephy", "check", in: work.path).check()
            try fixture.write("FROM scratch\nRUN --mount=type=cache,target=/c true\n", to: "work/Dockerfile")
            try await work.git("commit", "--quiet", "-am", "cache").check()
            #expect(try await fixture.run("hephy", "check", in: work.path).status == 3)
            try await fixture.run("hephy", "sync", in: work.path).check()
            let rendered = try fixture.read("work/\(Self.workflow)")
            #expect(rendered.contains("inputs.backend || 'auto'") && rendered.contains("HEPHY_DETECTED: buildkit\n"))
            try await fixture.run("hephy", "check", in: work.path).check()
        }
    }

    @Test func whereNothingWasRenderedThereIsNothingToRenew() async throws {
        try await GitFixture.with { fixture in
            let work = try await InitTests.project(fixture)
            let ran = try await fixture.run("hephy", "sync", in: work.path)
            #expect(ran.status == 3)
            #expect(ran.said == ["there is no '\(Self.workflow)' to render again", "hint: hephy init writes it"])
        }
    }

    @Test func aFileWithoutItsMarksIsNotTouched() async throws {
        try await GitFixture.with { fixture in
            let work = try await ready(fixture)
            let text = try fixture.read("work/\(Self.workflow)").split(separator: "# hephy:end").joined()
            try fixture.write(text, to: "work/\(Self.workflow)")
            let ran = try await fixture.run("hephy", "sync", in: work.path)
            #expect(ran.status == 3)
            #expect(ran.said.first?.contains("does not have the marks") == true, "\(ran)")
            #expect(try fixture.read("work/\(Self.workflow)") == text)
        }
    }

    @Test func aRenamedFileIsFoundByItsMark() async throws {
        try await GitFixture.with { fixture in
            let work = try await ready(fixture)
            try await work.git("mv", "-f", "a", "b").check()
            try await fixture.run("mv", "work/\(Self.workflow)", "work/.github/workflows/image.yaml").check()
            try fixture.write("build_backend: buildkit\n", to: "work/\(Self.config)")
            let ran = try await fixture.run("hephy", "sync", in: work.path).check()
            #expect(ran.output == ".github/workflows/image.yaml: written anew\n")
            let again = try await fixture.run("hephy", "init", in: work.path).check()
            #expect(again.output.contains(".github/workflows/image.yaml: unchanged\n"), "\(again)")
        }
    }
}
