/// What an image is built for, in the form of the OCI image specification.
package struct Platform: Hashable, Sendable, CustomStringConvertible {
    package let os: String
    package let architecture: String
    /// Nil where the architecture has one usual variant, which is the one meant: `linux/arm64` is `linux/arm64/v8`.
    package let variant: String?

    /// Reads `os/architecture[/variant]`, or a compiler's name for WebAssembly; nil for what no backend knows.
    package init?(_ text: some StringProtocol) {
        guard let platform = Self.known[String(text)] else { return nil }
        self = platform
    }

    private init(_ os: String, _ architecture: String, _ variant: String? = nil) {
        self.os = os
        self.architecture = architecture
        self.variant = variant
    }

    package static let linuxAMD64 = Platform("linux", "amd64")
    package static let linuxARM64 = Platform("linux", "arm64")
    package static let wasm = Platform("wasi", "wasm")

    package var description: String {
        variant.map { "\(os)/\(architecture)/\($0)" } ?? "\(os)/\(architecture)"
    }

    /// Every accepted spelling, sorted.
    package static let spellings = known.keys.sorted()

    /// Every accepted spelling with what it means.
    ///
    /// Variants as containerd normalises them: arm64 is v8, arm is v7, amd64 is v1. The `wasm32-*` names are compiler
    /// triples and no OCI platforms, but people write them.
    private static let known: [String: Platform] = {
        var known: [String: Platform] = [
            "linux/amd64/v1": linuxAMD64, "linux/arm64/v8": linuxARM64, "linux/arm": Platform("linux", "arm", "v7"),
            "wasi/wasm": wasm, "wasip1/wasm": wasm,
            "wasm32-wasi": wasm, "wasm32-wasip1": wasm, "wasm32-wasip2": wasm,
        ]
        let plain = [
            linuxAMD64, linuxARM64, Platform("linux", "amd64", "v2"), Platform("linux", "amd64", "v3"),
            Platform("linux", "amd64", "v4"), Platform("linux", "arm", "v5"), Platform("linux", "arm", "v6"),
            Platform("linux", "arm", "v7"), Platform("linux", "386"), Platform("linux", "loong64"),
            Platform("linux", "mips64le"), Platform("linux", "ppc64le"), Platform("linux", "riscv64"),
            Platform("linux", "s390x"), Platform("windows", "amd64"), Platform("windows", "arm64"),
        ]
        for platform in plain { known[platform.description] = platform }
        return known
    }()

    /// The accepted spelling that an unknown one probably stands for.
    static func suggestion(for text: String) -> String? {
        let usualNames = [
            "amd64": "amd64", "x86_64": "amd64", "x86-64": "amd64", "x64": "amd64", "arm64": "arm64",
            "aarch64": "arm64",
            "armv7": "arm/v7", "armhf": "arm/v7", "i386": "386", "x86": "386", "ppc64el": "ppc64le",
        ]
        let parts = text.lowercased().split(separator: "/", maxSplits: 1).map(String.init)
        if parts.count == 1, let name = usualNames[parts[0]] { return "linux/\(name)" }
        if parts.count == 2, let name = usualNames[parts[1]], Platform("\(parts[0])/\(name)") != nil {
            return "\(parts[0])/\(name)"
        }
        if text.lowercased() == "wasm" { return "wasi/wasm" }
        return Suggestion.nearest(to: text, among: spellings)
    }
}
