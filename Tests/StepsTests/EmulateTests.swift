import HephyTestSupport
import Testing

/// How a runner learns to run the programs of another platform.
///
/// Each case has a view of its own of what the kernel knows; the package manager is a stand-in, since a kernel has but one
/// such list for the whole machine.
@Suite(.timeLimit(.minutes(2)))
struct EmulateTests {
    private static let known = "/proc/sys/fs/binfmt_misc"
    /// Starts a command where the kernel seems to know the formats of the folder `known`, and no others.
    private static let view = ["unshare", "--mount", "sh", "-c", "mount --bind \"$0\" \(known) && exec \"$@\""]

    private func run(
        _ platform: String, _ checkout: Checkout, shell: Shell = .sh, path: String? = nil
    ) async throws -> GitFixture.Ran {
        let known = checkout.fixture.path("known")
        try checkout.fixture.write("", to: "known/status")
        return try await checkout.fixture.run(
            Self.view + [known, "env", "PATH=\(path ?? checkout.path(before: checkout.fixture.path("bin")))"]
                + shell.command + ["\(Checkout.steps)/emulate.sh"], in: checkout.repository.path,
            environment: [
                "HEPHY_STEPS": Checkout.steps, "HEPHY_PLATFORM": platform, "HEPHY_SHA": checkout.sha,
            ])
    }

    /// A package manager that notes what it is asked, and then does `script`.
    private func standIn(_ name: String, _ checkout: Checkout, doing script: String = "") throws {
        try checkout.fixture.write(
            "#!/bin/sh\necho \"\(name) $*\" >>'\(checkout.fixture.path("asked"))'\n\(script)\n", to: "bin/\(name)",
            executable: true)
    }

    private func asked(_ checkout: Checkout) -> [String] {
        ((try? checkout.fixture.read("asked")) ?? "").split(separator: "\n").map(String.init)
    }

    private static let installing = [
        "apt-get -q update", "apt-get -q install -y --no-install-recommends qemu-user-static binfmt-support",
    ]

    @Test(arguments: [
        ("linux/arm64", "qemu-aarch64"), ("linux/arm/v7", "qemu-arm"), ("linux/386", "qemu-i386"),
        ("linux/s390x", "qemu-s390x"), ("linux/ppc64le", "qemu-ppc64le"), ("linux/riscv64", "qemu-riscv64"),
        ("linux/mips64le", "qemu-mips64el"), ("linux/loong64", "qemu-loongarch64"), ("linux/amd64", "qemu-x86_64"),
    ])
    func whereTheKernelKnowsThePlatformNothingIsInstalled(_ platform: String, _ name: String) async throws {
        try await Checkout.with(["a": "b"]) { checkout in
            try standIn("apt-get", checkout, doing: "exit 97")
            try checkout.fixture.write("", to: "known/\(name)")
            let ran = try await run(platform, checkout)
            #expect(ran.status == 0, "\(ran)")
            #expect(ran.output == "\(platform): emulated by \(name)\n")
            #expect(asked(checkout).isEmpty)
        }
    }

    @Test(arguments: Shell.allCases) func otherwiseQEMUIsInstalled(_ shell: Shell) async throws {
        try await Checkout.with(["a": "b"]) { checkout in
            let known = checkout.fixture.path("known/qemu-aarch64")
            try standIn("apt-get", checkout, doing: "[ \"$2\" = update ] || : >'\(known)'")
            let ran = try await run("linux/arm64", checkout, shell: shell)
            #expect(ran.status == 0, "\(ran)")
            #expect(ran.output.hasSuffix("linux/arm64: emulated by qemu-aarch64\n"))
            #expect(asked(checkout) == Self.installing)
        }
    }

    @Test func whatIsInstalledButNotSwitchedOnIsSwitchedOn() async throws {
        try await Checkout.with(["a": "b"]) { checkout in
            let known = checkout.fixture.path("known/qemu-arm")
            try standIn("apt-get", checkout)
            try standIn("update-binfmts", checkout, doing: ": >'\(known)'")
            let ran = try await run("linux/arm/v7", checkout)
            #expect(ran.status == 0, "\(ran)")
            #expect(asked(checkout) == Self.installing + ["update-binfmts --enable qemu-arm"])
        }
    }

    @Test func aRunnerThatCannotIsToldWhatToRegister() async throws {
        try await Checkout.with(["a": "b"]) { checkout in
            try standIn("apt-get", checkout, doing: "exit 100")
            let refused = try await run("linux/arm64", checkout)
            #expect(refused.status == 1)
            #expect(
                refused.errors
                    == "hephy: QEMU cannot be installed: register qemu-aarch64 with binfmt_misc on this runner\n")
            try standIn("apt-get", checkout)
            try standIn("update-binfmts", checkout, doing: "exit 1")
            let without = try await run("linux/arm64", checkout)
            #expect(without.status == 1)
            #expect(
                without.errors.contains("this runner lets nobody register qemu-aarch64 with binfmt_misc"), "\(without)")
            // A runner of another distribution.
            let links = "for name in mktemp rm date id sh; do ln -s \"$(command -v $name)\" ../few/$name; done"
            try checkout.fixture.write("", to: "few/place")
            try await checkout.fixture.run(["sh", "-c", links], in: checkout.repository.path).check()
            let other = try await run(
                "linux/arm64", checkout, path: checkout.fixture.path("few") + ":/nonexistent")
            #expect(
                other.errors.contains("programs for linux/arm64 cannot run here: register qemu-aarch64"), "\(other)")
        }
    }

    @Test func whatNothingEmulatesIsLeftToTheBuild() async throws {
        try await Checkout.with(["a": "b"]) { checkout in
            let ran = try await run("windows/amd64", checkout)
            #expect(ran.status == 0)
            #expect(ran.output == "windows/amd64: nothing emulates it here\n")
        }
    }
}
