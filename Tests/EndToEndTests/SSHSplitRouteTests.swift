import HephyTestSupport
import Synchronization
import Testing

/// A remote that the user's own rules lead over http in one direction and over ssh in the other: each command does what it
/// does without hephy, by as many connections to either.
@Suite(.serialized, .timeLimit(.minutes(2)))
struct SSHSplitRouteTests {
    enum Split: String, Sendable, CaseIterable { case pushOverSSH, fetchOverSSH, bothOverSSH }

    enum Way: String, Sendable, CaseIterable { case prefix, vcs }

    static let cases = [
        ServiceCases.Case("clone", "clone URL copy", "-C copy log --format=%H", "clone --depth=1 URL shallow"),
        .init("fetch", "fetch forge", "fetch forge", "fetch --depth=1 URL old", "ls-remote URL"),
        .init("pull", "checkout -q -b behind main~1", "pull forge main"),
        .init("remote show", "remote show forge", "remote update"),
        .init("push", "push forge main topic", "push forge main", "push forge other:main", "push --atomic URL :old"),
        .init(
            "the path of a service", "fetch --upload-pack=no-such-service forge",
            "-c remote.forge.uploadpack=git-upload-pack-2 ls-remote forge", "clone -u no-such-service URL copy",
            "push --receive-pack=no-such-service forge main", "fetch forge"),
        .init("dry run", "push --dry-run forge main topic :old"),
        .init("from a clone", "clone URL copy", "-C copy commit -q --allow-empty -m more", "-C copy push origin main"),
        .init(
            "both", "push -o some=thing forge main", "fetch forge", "push --force-with-lease forge other:main",
            "pull --rebase forge main"),
    ]

    private func with(_ split: Split, _ way: Way, _ body: (RelaySides) async throws -> Void) async throws {
        try await GitFixture.with { fixture in
            let ssh = try await SSHServer(in: fixture)
            try await GitServer.with(in: fixture) { http in
                let overHTTP = (http.origins["http"] ?? "") + "/smart/"
                let overSSH = "ssh://forge.example" + fixture.path("served/")
                let rules = [
                    "insteadOf": split == .pushOverSSH ? overHTTP : overSSH,
                    "pushInsteadOf": split == .fetchOverSSH ? overHTTP : overSSH,
                ]
                let settings = rules.sorted { $0.key < $1.key }.map { key, base in
                    "[url \"\(base)\"]\n\t\(key) = https://code.example/\n"
                }
                var environment = ssh.environment
                environment["GIT_CONFIG_GLOBAL"] = try fixture.write(settings.joined(), to: "home/rules")
                var sides: [RelaySides.Side] = []
                for name in ["plain", "hephy"] {
                    let (work, bare) = try await RelaySides.repositories("served/" + name, in: fixture)
                    for key in ["http.receivepack", "receive.advertisePushOptions"] {
                        try await bare.git("config", key, "true").check()
                    }
                    let url = "https://code.example/\(name)/api.git"
                    let isPrefixed = name == "hephy" && way == .prefix
                    let given = isPrefixed ? "hephy::" + url : url
                    try await work.git("remote", "add", "forge", given).check()
                    if name == "hephy", way == .vcs {
                        try await work.git("config", "remote.forge.vcs", "hephy").check()
                    }
                    sides.append(
                        RelaySides.Side(
                            work: work, bare: bare, url: given, plainURL: url, environment: environment,
                            otherURLs: ["hephy::", ""].flatMap { prefix in
                                [overHTTP, overSSH].map { prefix + $0 + name + "/api.git" }
                            }))
                }
                let counted = Mutex(0)
                var both = RelaySides(plain: sides[0], relayed: sides[1])
                both.connections = {
                    let all = http.connections()
                    let new = counted.withLock { last in
                        defer { last = all }
                        return all - last
                    }
                    return [try ssh.connections(), new]
                }
                try await body(both)
            }
        }
    }

    @Test func ofTwoURLsForPushesTheSecondGetsWhatTheFirstRefuses() async throws {
        try await with(.bothOverSSH, .prefix) { sides in
            for side in [sides.plain, sides.relayed] {
                let prefix = side.url.hasPrefix("hephy::") ? "hephy::" : ""
                let overHTTP = try #require(side.otherURLs.first { $0.hasPrefix("http://") })
                try await side.work.fixture.run(
                    "git", "clone", "--quiet", "--bare", side.bare.path, side.bare.path.dropLast(4) + "-2.git"
                ).check()
                let second = overHTTP.dropLast(4) + "-2.git"
                try await side.work.fixture.run(
                    "git", "-C", side.bare.path.dropLast(4) + "-2.git", "config", "http.receivepack", "true"
                ).check()
                for url in [prefix + "ssh://forge.example" + side.bare.path, prefix + second] {
                    try await side.work.git("remote", "set-url", "--add", "--push", "forge", url).check()
                }
                try side.work.fixture.write(
                    "#!/bin/sh\necho shut >&2\nexit 1\n", to: side.bare.path + "/hooks/update", executable: true)
            }
            let refused = try await sides.run(["push", "forge", "main"])
            #expect(refused.status == 1)
            #expect(refused.errors.contains("remote: shut"))
            for side in [sides.plain, sides.relayed] {
                let second = try await side.work.fixture.run(
                    "git", "-C", side.bare.path.dropLast(4) + "-2.git", "rev-parse", "main")
                #expect(try await second.line == side.work.commitID("main"))
                try await side.work.fixture.run("rm", side.bare.path + "/hooks/update").check()
            }
            #expect(try await sides.run(["push", "forge", "main", "topic"]).status == 0)
            try await sides.expectSameState()
        }
    }

    struct Route: Sendable, CustomTestStringConvertible {
        var split: Split
        var way: Way
        var entry: ServiceCases.Case
        var testDescription: String { "\(entry.name), \(split), \(way)" }

        /// By vcs a URL on the command line does not reach hephy, and a clone has no remote yet.
        static let all = Split.allCases.flatMap { split in
            SSHSplitRouteTests.cases.flatMap { entry in
                var named = entry
                named.steps = entry.steps.map { $0.replacing("URL", with: "forge") }
                let prefixed = Route(split: split, way: .prefix, entry: entry)
                let isClone = entry.steps.contains { $0.contains("clone") }
                return isClone ? [prefixed] : [prefixed, Route(split: split, way: .vcs, entry: named)]
            }
        }
    }

    @Test(arguments: Route.all) func eachDirectionGoesItsWay(_ route: Route) async throws {
        try await with(route.split, route.way) { sides in
            for step in route.entry.steps { try await sides.run(step.split(separator: " ").map(String.init)) }
            try await sides.expectSameState()
        }
    }
}
