import Forge
import HephyTestSupport
import Synchronization
import Testing

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// The record of runs on this machine, and what a forge makes of it.
struct LocalForgeTests {
    private static let sha = String(repeating: "a", count: 40)

    /// A store in a scratch folder and a forge over it whose runner is a shell script.
    private struct Scene {
        let fixture: GitFixture
        let store: LocalStore
        var limits = LocalStore.Limits()
        var script = "exit 0"

        func forge() throws -> LocalForge {
            let program = try fixture.write("#!/bin/sh\n\(script)\n", to: "runner", executable: true)
            let runner = LocalForge.Runner(
                program: program, environment: ["PATH": "/usr/bin:/bin"], steps: "/steps", timeLimit: 60)
            return LocalForge(store: store, runner: runner, limits: limits)
        }

        func request(ref: String = "refs/heads/main", sha: String = LocalForgeTests.sha) -> LocalRequest {
            LocalRequest(repository: store.repository, ref: ref, sha: sha, inputs: [:], steps: "/", timeLimit: 60)
        }
    }

    private static func with(_ body: (Scene) async throws -> Void) async throws {
        try await GitFixture.with { fixture in
            let store = LocalStore(repository: fixture.path("app.git"), dataHome: fixture.path("data"))
            try await body(Scene(fixture: fixture, store: store))
        }
    }

    private static func dispatch(_ forge: LocalForge, ref: String = "refs/heads/main") throws -> String {
        let dispatch = Dispatch(workflow: "", ref: ref, inputs: ["sha": sha, "HEPHY_BACKEND": "ko"])
        guard case .accepted(let id) = try forge.dispatch(dispatch) else { return "" }
        return try #require(id)
    }

    @Test func aRunIsKnownAsSoonAsItIsDispatched() async throws {
        try await Self.with { scene in
            var scene = scene
            scene.script = "echo $$ >\"${0%/*}/pid.new\"; mv \"${0%/*}/pid.new\" \"${0%/*}/pid\"; exec sleep 60"
            let forge = try scene.forge()
            let id = try Self.dispatch(forge)
            let run = try forge.run(id)
            #expect(run.state == .queued)
            #expect(run.number == 1)
            #expect(run.headSHA == Self.sha)
            #expect(run.headBranch == "main")
            #expect(forge.runs(matching: RunQuery(headSHA: Self.sha)) == [run])
            #expect(forge.runs(matching: RunQuery(headSHA: "b")).isEmpty)
            #expect(try forge.jobs(of: run).isEmpty)
            let folder = try #require(scene.store.folder(of: id))
            #expect(try folder.record().request.inputs == ["HEPHY_BACKEND": "ko", "HEPHY_IMAGE": "localhost/app"])
            // The one program that keeps the run alive.
            while access(scene.fixture.path("pid"), F_OK) != 0 { await Task.yield() }
            let process = try #require(Int32(try scene.fixture.read("pid").filter(\.isNumber)))
            kill(process, SIGKILL)
            while try forge.run(id).state == .queued { await Task.yield() }
            let lost = try forge.run(id)
            #expect(lost.state == .completed(.stale))
            #expect(lost.remark == "lost: the program that executed it is gone")
        }
    }

    @Test func theRunnerStartsWithNothingButItsLock() async throws {
        try await Self.with { scene in
            var scene = scene
            scene.script = """
                {
                    echo "$1 $2"
                    env | sort
                    for fd in 0 1 2 3 4 5 6 7 8 9; do [ ! -e /proc/$$/fd/$fd ] || echo "fd $fd"; done
                    ps -o sid= -p $$ | tr -d ' ' | grep -qx $$ && echo leader
                    grep -E '^Sig(Blk|Ign)' /proc/self/status
                } > "${0%/*}/seen.new"
                mv "${0%/*}/seen.new" "${0%/*}/seen"
                """
            let forge = try scene.forge()
            let id = try Self.dispatch(forge)
            let path = scene.fixture.path("seen")
            while access(path, F_OK) != 0 { await Task.yield() }
            let seen = try scene.fixture.read("seen").split(separator: "\n").map(String.init)
            #expect(seen.first == "execute-run \(scene.store.path)/\(id)")
            #expect(seen.filter { $0.hasPrefix("fd ") } == ["fd 0", "fd 1", "fd 2", "fd 3"])
            #expect(seen.contains("leader"))
            #expect(seen.contains("SigBlk:\t0000000000000000"))
            // Signals 32 and 33 are the C library's own.
            #expect(seen.contains { $0.hasPrefix("SigIgn:") && $0.hasSuffix("0000000") })
            #expect(
                seen.filter { $0.contains("=") }.allSatisfy {
                    $0.hasPrefix("P") || $0.hasPrefix("_=") || $0.hasPrefix("SHLVL")
                })
        }
    }

    @Test func aProgramThatCannotBeStartedLeavesNoRun() async throws {
        try await Self.with { scene in
            let runner = LocalForge.Runner(program: "/nowhere/hephy", environment: [:], steps: "/", timeLimit: 60)
            let forge = LocalForge(store: scene.store, runner: runner)
            #expect(throws: ForgeError.machine(FileFault(path: "/nowhere/hephy", code: ENOENT))) {
                try Self.dispatch(forge)
            }
            #expect(scene.store.folders.isEmpty)
        }
    }

    @Test func aLogIsReadWhileItIsWritten() async throws {
        try await Self.with { scene in
            let forge = try scene.forge()
            var (folder, record, lock) = try scene.store.create(scene.request())
            defer { LocalFile.unlock(lock) }
            var step = LocalRecord.Step(number: 1, name: "Plan")
            step.stage = .running
            record.stage = .running
            record.jobs = [LocalRecord.Job(name: "plan", steps: [step], startedAt: 1)]
            try folder.write(record)
            let run = try forge.run(record.id)
            #expect(run.state == .inProgress)
            let job = try forge.jobs(of: run)[0]
            let received = Mutex<[UInt8]>([])
            func read() throws -> LogAnswer {
                try forge.log(of: job, in: run, from: received.withLock { $0.count }) { piece in
                    received.withLock { $0 += piece }
                    return true
                }
            }
            #expect(try read() == .soFar)
            try LocalFile.replace(folder.log(ofJob: 0), with: Array("1 2026-01-01T00:00:00.500Z one\n".utf8))
            #expect(try read() == .soFar)
            try LocalFile.replace(
                folder.log(ofJob: 0),
                with: Array("1 2026-01-01T00:00:00.500Z one\n1 2026-01-01T00:00:01.000Z two\n".utf8))
            record.finish(.success, at: 2)
            try folder.write(record)
            #expect(try read() == .complete)
            var decoder = forge.logDecoder(for: job)
            let lines = received.withLock { decoder.lines(in: $0) } + decoder.finish()
            #expect(lines.map(\.text) == ["one", "two"])
            #expect(lines.map(\.step) == [1, 1])
            #expect(lines.map(\.time) == [1_767_225_600.5, 1_767_225_601])
        }
    }

    @Test func aNewerRunOfTheSameRefAndCommitAsksTheOlderToEnd() async throws {
        try await Self.with { scene in
            let first = try scene.store.create(scene.request())
            let other = try scene.store.create(scene.request(ref: "refs/tags/v1"))
            let second = try scene.store.create(scene.request())
            defer { for lock in [first.lock, other.lock, second.lock] { LocalFile.unlock(lock) } }
            #expect(first.folder.cancelReason == "a newer run of the same commit, #3, takes its place")
            #expect(other.folder.cancelReason == nil)
            #expect(second.folder.cancelReason == nil)
            #expect(second.record.number == 3)
        }
    }

    @Test func oldRunsArePrunedByNumberAndAge() async throws {
        try await Self.with { scene in
            let now = Int64(time(nil))
            var ids: [String] = []
            for age in [40, 3, 2, 1] as [Int64] {
                var (folder, record, lock) = try scene.store.create(scene.request())
                record.finish(.success, at: now - age * 86_400)
                try folder.write(record)
                LocalFile.unlock(lock)
                ids.append(record.id)
            }
            let going = try scene.store.create(scene.request())
            defer { LocalFile.unlock(going.lock) }
            scene.store.prune(to: LocalStore.Limits())
            #expect(scene.store.folders.map(\.id) == [going.record.id, ids[3], ids[2], ids[1]])
            var limits = LocalStore.Limits()
            limits.runs = 2
            scene.store.prune(to: limits)
            #expect(scene.store.folders.map(\.id) == [going.record.id, ids[3]])
            limits.runs = 1
            limits.days = 0
            scene.store.prune(to: limits)
            #expect(scene.store.folders.map(\.id) == [going.record.id])
            // The numbers go on.
            let next = try scene.store.create(scene.request(ref: "refs/heads/next"))
            LocalFile.unlock(next.lock)
            #expect(next.record.number == 6)
        }
    }

    @Test func numbersBeyondAllReasonAreNoTrouble() async throws {
        try await Self.with { scene in
            var (folder, record, lock) = try scene.store.create(scene.request())
            LocalFile.unlock(lock)
            record.number = .max
            record.finish(.success, at: .max)
            try folder.write(record)
            LocalFile.remove("\(scene.store.path)/last-number")
            var limits = LocalStore.Limits()
            limits.days = .max
            scene.store.prune(to: limits)
            #expect(scene.store.folders.map(\.id) == [record.id])
            let next = try scene.store.create(scene.request())
            LocalFile.unlock(next.lock)
            #expect(next.record.number == 1)
        }
    }

    @Test func runsOfTwoRepositoriesOfOneNameStayApart() throws {
        let one = LocalStore(repository: "/srv/a/app.git", dataHome: "/data")
        let two = LocalStore(repository: "/srv/b/app.git", dataHome: "/data")
        #expect(one.path != two.path)
        #expect(one.path.hasPrefix("/data/hephy/runs/app.git-"))
        #expect(one.folder(of: "../17") == nil)
        #expect(one.folder(of: "") == nil)
    }

    @Test func linesWithoutAStampAndLongOnesAreDecodedAllTheSame() throws {
        var decoder = LocalForge(
            store: LocalStore(repository: "/a", dataHome: "/b"),
            runner: .init(program: "", environment: [:], steps: "", timeLimit: 1)
        ).logDecoder(
            for: Job(
                id: "1-1", name: "", state: .queued, steps: [], labels: [], runnerName: nil, url: nil, startedAt: nil,
                completedAt: nil))
        #expect(
            decoder.lines(in: Array("no stamp\n2 2026-01-01T00:00:00.000Z \n".utf8)).map(\.text) == ["no stamp", ""])
        let long = decoder.lines(
            in: Array(("3 2026-01-01T00:00:00.000Z " + String(repeating: "x", count: 100_000)).utf8))
        #expect(long.count == 1)
        #expect(long.allSatisfy { $0.step == 3 })
        let whole = (long + decoder.finish()).map(\.text).joined()
        #expect(whole.utf8.count == 100_000)
    }
}
