import Forge
import Git

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// The repository's configuration as the hooks need it, and as it was before.
extension HookInstallation {
    /// Says in the repository's configuration what the hooks need.
    func configure(_ purpose: Purpose, _ site: HookSite, _ memory: Memory) async throws(DeliveryError) {
        let config = try await site.localConfiguration()
        let upstream: String? = if case .mirror(let url) = purpose { url.text } else { nil }
        let isRight = config["receive.advertisepushoptions"] == "true" && config[Self.upstreamKey] == upstream
        guard !isRight else { return }
        var memory = memory
        let isFirst = memory.configuration == nil
        if isFirst { memory.advertised = config.all("receive.advertisepushoptions") }
        let kept = try await KeptConfiguration.changing(site.configuration) { () throws(DeliveryError) in
            try await site.configure("--replace-all", Self.optionsKey, "true")
            if let upstream {
                try await site.configure("--replace-all", Self.upstreamKey, upstream)
            } else {
                try await site.configure("--unset-all", Self.upstreamKey)
            }
        }
        // Of several installations the first has seen how it was, unless somebody has changed the file in between.
        if let first = memory.configuration, first.after == kept.before {
            memory.configuration?.after = kept.after
        } else if isFirst {
            memory.configuration = kept
        }
        try Self.remember(memory, at: site)
    }

    /// Makes the configuration what it was: to the byte where nobody else has changed it, else setting by setting.
    func unconfigure(_ site: HookSite, _ memory: Memory) async throws(DeliveryError) {
        guard let kept = memory.configuration else { return }
        if try Self.doing({ () throws(HookError) in try kept.restore(site.configuration) }) { return }
        try await site.configure("--unset-all", Self.upstreamKey)
        try await site.configure("--unset-all", Self.optionsKey)
        for value in memory.advertised { try await site.configure("--add", Self.optionsKey, value) }
    }

    static func memoryPath(_ site: HookSite) -> String { "\(site.memory)/hooks.json" }

    static func remembered(at site: HookSite) -> Memory {
        guard let bytes = try? LocalFile.contents(of: memoryPath(site)) else { return Memory() }
        return (try? JSONDecoder().decode(Memory.self, from: Data(bytes))) ?? Memory()
    }

    static func remember(_ memory: Memory, at site: HookSite) throws(DeliveryError) {
        let data = (try? JSONEncoder().encode(memory)) ?? Data()
        try filing { () throws(FileFault) in
            try LocalFile.makeFolder(site.memory, mode: 0o777)
            try LocalFile.replace(memoryPath(site), with: Array(data))
        }
    }

    static func filing<Result>(_ work: () throws(FileFault) -> Result) throws(DeliveryError) -> Result {
        do { return try work() } catch { throw .hook(.file(error)) }
    }

    static func doing<Result>(_ work: () throws(HookError) -> Result) throws(DeliveryError) -> Result {
        do { return try work() } catch { throw .hook(error) }
    }
}
