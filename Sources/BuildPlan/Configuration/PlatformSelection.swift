/// The platforms that one backend builds for, out of those that were named.
package struct PlatformSelection: Hashable, Sendable {
    package struct Skipped: Hashable, Sendable {
        package var platform: Platform
        /// Why the backend has no use for it, such as "ko builds no Windows images".
        package var reason: String

        package init(platform: Platform, reason: String) {
            self.platform = platform
            self.reason = reason
        }
    }

    /// In the order they were named, each once; empty when platforms were named and the backend has no use for any.
    package var kept: [Platform] = []
    package var skipped: [Skipped] = []

    /// Chooses among `named`; with none named, linux/amd64 and linux/arm64, or wasi/wasm for Spin.
    ///
    /// A Spin application is the same for every platform, so for Spin wasi/wasm is kept whatever was named.
    package init(named: [Platform], for backend: Backend) {
        for platform in named where !kept.contains(platform) {
            if let reason = Self.refusal(of: platform, by: backend) {
                let isNew = !skipped.contains { $0.platform == platform }
                if isNew { skipped.append(Skipped(platform: platform, reason: reason)) }
            } else {
                kept.append(platform)
            }
        }
        if backend == .spin {
            kept = [.wasm]
        } else if named.isEmpty {
            kept = [.linuxAMD64, .linuxARM64]
        }
    }

    private static func refusal(of platform: Platform, by backend: Backend) -> String? {
        switch (backend, platform.os) {
        case (.spin, "wasi"): nil
        case (.spin, _): "a Spin application is built once, as wasi/wasm"
        case (_, "wasi"): "\(backend.rawValue) builds no WebAssembly images"
        case (.kaniko, "windows"), (.ko, "windows"): "\(backend.rawValue) builds no Windows images"
        default: nil
        }
    }
}
