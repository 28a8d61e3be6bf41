/// What a Go file is built for.
struct GoTarget: Sendable, Hashable {
    var architecture: String
    var hasCgo: Bool

    /// What ko builds: Linux on both architectures, without cgo.
    static let ko = [GoTarget(architecture: "amd64", hasCgo: false), GoTarget(architecture: "arm64", hasCgo: false)]

    /// The same with cgo, which shows the files that ko leaves out.
    static let cgo = [GoTarget(architecture: "amd64", hasCgo: true), GoTarget(architecture: "arm64", hasCgo: true)]

    private static let systems: Set<String> = [
        "aix", "android", "darwin", "dragonfly", "freebsd", "hurd", "illumos", "ios", "js", "linux", "nacl", "netbsd",
        "openbsd", "plan9", "solaris", "wasip1", "windows", "zos",
    ]

    private static let architectures: Set<String> = [
        "386", "amd64", "amd64p32", "arm", "arm64", "arm64be", "armbe", "loong64", "mips", "mips64", "mips64le",
        "mips64p32", "mips64p32le", "mipsle", "ppc", "ppc64", "ppc64le", "riscv", "riscv64", "s390", "s390x", "sparc",
        "sparc64", "wasm",
    ]

    /// Whether a build tag is set; `go1.N` always is, as ko's toolchain is newer than what a module asks for.
    func sets(_ tag: String) -> Bool {
        switch tag {
        case "linux", "unix", "gc", architecture: true
        case "cgo": hasCgo
        case "amd64.v1": architecture == "amd64"
        case "arm64.v8.0": architecture == "arm64"
        default: tag.hasPrefix("go1.") && tag.dropFirst(4).utf8.allSatisfy(TextBytes.isDigit)
        }
    }

    /// Whether a file's name lets it be built: `x_linux.go`, `x_arm64.go` and `x_linux_arm64.go` are constraints.
    ///
    /// `name` ends in `.go`. What stands before the first underscore is never a constraint.
    func admits(fileNamed name: String) -> Bool {
        let stem = name.prefix { $0 != "." }
        var parts = stem.split(separator: "_", omittingEmptySubsequences: false).dropFirst()
        if parts.last == "test" { parts.removeLast() }
        guard let last = parts.popLast().map(String.init) else { return true }
        if Self.architectures.contains(last) {
            guard last == architecture else { return false }
            guard let system = parts.last.map(String.init), Self.systems.contains(system) else { return true }
            return system == "linux"
        }
        return !Self.systems.contains(last) || last == "linux"
    }
}
