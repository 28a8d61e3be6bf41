#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// Which platforms' programs this machine can run, so that a Dockerfile's `RUN` works.
package enum MachinePlatforms {
    /// The machine's own platform, `linux/amd64`; containers are Linux on every machine.
    package static var own: String { "linux/\(architecture)" }

    /// Whether programs of `platform` run here, natively or by the kernel's binfmt_misc.
    package static func runs(_ platform: String) -> Bool {
        let parts = platform.split(separator: "/").map(String.init)
        guard parts.count >= 2, parts[0] == "linux" else { return false }
        if parts[1] == architecture || (parts[1] == "386" && architecture == "amd64") { return true }
        guard let emulator = emulators[parts[1]] else { return false }
        let path = "/proc/sys/fs/binfmt_misc/qemu-\(emulator)"
        return (try? LocalFile.contents(of: path)).map { String(decoding: $0, as: UTF8.self).hasPrefix("enabled") }
            ?? false
    }

    private static var architecture: String {
        var name = utsname()
        uname(&name)
        let machine = withUnsafePointer(to: &name.machine) { pointer in
            pointer.withMemoryRebound(to: CChar.self, capacity: 65) { String(cString: $0) }
        }
        switch machine {
        case "x86_64", "amd64": return "amd64"
        case "aarch64", "arm64": return "arm64"
        case "armv7l", "armv6l": return "arm"
        case "i386", "i686": return "386"
        default: return machine
        }
    }

    /// The emulators' names in binfmt_misc, by architecture.
    private static let emulators = [
        "amd64": "x86_64", "arm64": "aarch64", "arm": "arm", "386": "i386", "ppc64le": "ppc64le", "s390x": "s390x",
        "riscv64": "riscv64", "mips64le": "mips64el", "loong64": "loongarch64",
    ]
}
