import Forge
package import Git
import RemoteHelper

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

/// Makes a remote that is there go through the remote helper, and takes that back.
///
/// Its URL stays as it is, for git-lfs, `gh` and editors; git starts the helper for `remote.<name>.vcs`.
package struct Adoption: Sendable {
    /// What came of it.
    package enum Outcome: Hashable, Sendable {
        case adopted(url: String)
        /// The remote goes through hephy already.
        case unchanged
        case undone
    }

    private let site: HookSite
    private let location: RepositoryLocation
    private var memoryPath: String { "\(site.memory)/adopted.json" }

    /// - Throws: `DeliveryError` when git does not tell where the repository's configuration is.
    package init(_ location: RepositoryLocation) async throws(DeliveryError) {
        self.location = location
        site = try await HookSite(location, isClient: true, usesHooks: false)
    }

    /// Lets the remote go through the helper.
    ///
    /// - Throws: `DeliveryError` when there is no such remote, or hephy cannot push to its URL.
    package func adopt(_ remote: String) async throws(DeliveryError) -> Outcome {
        let config: GitConfig
        do { config = try await GitConfig.load(site.git) } catch { throw .git(error) }
        let urls = config.all("remote.\(remote).url") + config.all("remote.\(remote).pushurl")
        guard let first = urls.first else { throw .adoption(.noRemote(remote)) }
        if let vcs = config["remote.\(remote).vcs"] {
            guard vcs == "hephy" else { throw .adoption(.otherHelper(remote: remote, helper: vcs)) }
            return .unchanged
        }
        if HephyRemote.all(in: config).contains(where: { $0.name == remote }) { return .unchanged }
        for url in urls { try Self.check(config.rewritten(url, for: .push, remote: remote)) }
        let kept = try await KeptConfiguration.changing(site.configuration) { () throws(DeliveryError) in
            try await site.configure("remote.\(remote).vcs", "hephy")
        }
        var memory = remembered()
        memory[remote] = kept
        do throws(DeliveryError) {
            try remember(memory)
        } catch {
            // What is not remembered could not be undone.
            _ = try? kept.restore(site.configuration)
            throw error
        }
        return .adopted(url: first)
    }

    /// Makes a change of hephy's own to the repository's configuration, over which no undoing is to stumble.
    static func accompanying(_ git: GitProgram, _ change: () async -> Void) async {
        guard let location = try? await RepositoryLocation(git), let adoption = try? await Adoption(location) else {
            return await change()
        }
        await adoption.accompany(change)
    }

    private func accompany(_ change: () async -> Void) async {
        var memory = remembered()
        let untouched = memory.filter { $0.value.isUntouched(site.configuration) }.keys
        await change()
        guard !untouched.isEmpty, let after = try? LocalFile.contents(of: site.configuration) else { return }
        for remote in untouched { memory[remote]?.after = Data(after) }
        try? remember(memory)
    }

    /// Makes the configuration what it was before, to the byte.
    ///
    /// - Throws: `DeliveryError` when hephy has not adopted the remote here, or the file was changed since.
    package func undo(_ remote: String) throws(DeliveryError) -> Outcome {
        var memory = remembered()
        guard let kept = memory[remote] else { throw .adoption(.notAdopted(remote)) }
        guard try HookInstallation.doing({ () throws(HookError) in try kept.restore(site.configuration) }) else {
            throw .adoption(.changedSince(remote: remote, path: site.configuration))
        }
        memory[remote] = nil
        try remember(memory)
        return .undone
    }

    /// A path that is not from the root would name something else from another folder.
    private static func check(_ url: String) throws(DeliveryError) {
        let beforeSlash = url.prefix { $0 != "/" }
        let isPath = !url.contains("://") && !beforeSlash.contains(":")
        if isPath, !url.hasPrefix("/") { throw .adoption(.relativePath(url)) }
        do { _ = try RemoteURL(url) } catch { throw .helper(.url(error)) }
    }

    private func remembered() -> [String: KeptConfiguration] {
        guard let bytes = try? LocalFile.contents(of: memoryPath) else { return [:] }
        return (try? JSONDecoder().decode([String: KeptConfiguration].self, from: Data(bytes))) ?? [:]
    }

    private func remember(_ memory: [String: KeptConfiguration]) throws(DeliveryError) {
        if memory.isEmpty {
            unlink(memoryPath)
            rmdir(site.memory)
            return
        }
        let data = (try? JSONEncoder().encode(memory)) ?? Data()
        try HookInstallation.filing { () throws(FileFault) in
            try LocalFile.makeFolder(site.memory, mode: 0o777)
            try LocalFile.replace(memoryPath, with: Array(data))
        }
    }
}

/// Why a remote was not made to go through hephy, or why that was not taken back.
package enum AdoptionError: Error, Hashable, Sendable {
    case noRemote(String)
    case otherHelper(remote: String, helper: String)
    case relativePath(String)
    case notAdopted(String)
    /// Somebody has changed the configuration file since.
    case changedSince(remote: String, path: String)
}
