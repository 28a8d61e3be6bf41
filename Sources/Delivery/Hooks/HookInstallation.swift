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

/// Installs hephy's hooks in a repository, takes them away, and tells of them.
package struct HookInstallation: Sendable {
    /// What a repository's hooks are to do.
    package enum Purpose: Hashable, Sendable {
        /// Each push is built here, once it has landed.
        case run
        /// Each push is built here, and lands where that is green.
        case gate
        /// Each push goes on to this repository, where its CI builds it.
        case mirror(RemoteURL)
        /// The configuration is checked before each push from here.
        case check
    }

    /// What has been done about the hooks of a repository.
    package struct Report: Hashable, Sendable {
        package var lines: [String] = []
    }

    static let upstreamKey = "hephy.hook.upstream"
    static let optionsKey = "receive.advertisePushOptions"

    let location: RepositoryLocation

    package init(_ location: RepositoryLocation) {
        self.location = location
    }

    /// The repository that `text` names, in any form of a remote's URL, `hephy::` before it or not.
    package static func upstream(_ text: String) throws(DeliveryError) -> RemoteURL {
        let inner = text.hasPrefix("hephy::") ? String(text.dropFirst("hephy::".count)) : text
        do { return try RemoteURL(inner) } catch { throw .helper(.url(error)) }
    }

    /// What `install` has to remember for `uninstall`.
    struct Memory: Codable {
        var configuration: KeptConfiguration?
        /// What the repository itself said of push options before, one entry for each line.
        var advertised: [String] = []
        var madeFolder = false
    }

    /// Installs the hooks for `purpose`; other hooks of hephy's for pushes to the repository go.
    ///
    /// - Returns: what has changed, in words.
    /// - Throws: `DeliveryError` when something stands against it; then nothing has changed.
    package func install(_ purpose: Purpose) async throws(DeliveryError) -> Report {
        let isClient = purpose == .check
        if !isClient, let workTree = location.workTree { throw .hook(.workTree(path: workTree)) }
        let site = try await HookSite(location, isClient: isClient)
        let wanted = Self.name(for: purpose)
        let script = try script(wanted)
        if case .mirror(let url) = purpose { try refuseItself(url) }
        var memory = Self.remembered(at: site)
        if !LocalFile.exists(site.folder) {
            try Self.filing { () throws(FileFault) in try LocalFile.makeFolder(site.folder, mode: 0o777) }
            memory.madeFolder = true
            try Self.remember(memory, at: site)
        }
        var report = Report()
        let isNew = try Self.doing { () throws(HookError) in try site.file(wanted).install(script) }
        if !isClient {
            for other in HookName.server where other != wanted && site.file(other).holder == .hephy {
                _ = try Self.doing { () throws(HookError) in try site.file(other).uninstall() }
                report.lines.append("\(other.rawValue): taken away")
            }
            try await configure(purpose, site, memory)
        }
        let beside = site.file(wanted).hasKept ? ", beside the one that was there" : ""
        report.lines.append(
            "\(wanted.rawValue): \(isNew ? "installed\(beside)" : "unchanged")   \(site.file(wanted).path)")
        return report
    }

    /// Takes hephy's hooks away and puts back what was there before.
    ///
    /// - Returns: what has changed, in words.
    /// - Throws: `DeliveryError` when it cannot be done.
    package func uninstall(isClient: Bool) async throws(DeliveryError) -> Report {
        let site = try await HookSite(location, isClient: isClient)
        var report = Report()
        for name in isClient ? [HookName.prePush] : HookName.server {
            let file = site.file(name)
            let hasKept = file.hasKept
            guard try Self.doing({ () throws(HookError) in try file.uninstall() }) else { continue }
            report.lines.append("\(name.rawValue): \(hasKept ? "as it was before" : "taken away")")
        }
        let memory = Self.remembered(at: site)
        if !isClient { try await unconfigure(site, memory) }
        if memory.madeFolder { rmdir(site.folder) }
        if HookName.allCases.allSatisfy({ site.file($0).holder != .hephy }) {
            unlink(Self.memoryPath(site))
            MirrorMemory(gitDirectory: location.gitDirectory).forget()
            rmdir("\(site.memory)/gate")
            rmdir(site.memory)
        }
        if report.lines.isEmpty { report.lines.append("no hook of hephy's is installed here") }
        return report
    }

    /// What hooks there are, what they do, and whether they can.
    package func report() async throws(DeliveryError) -> HooksReport {
        var report = HooksReport()
        var sites = [(try await HookSite(location, isClient: false, usesHooks: false), HookName.server)]
        sites.append((try await HookSite(location, isClient: true, usesHooks: false), [.prePush]))
        for (site, names) in sites {
            for name in names where site.file(name).holder == .hephy {
                report.hooks.append(hook(site.file(name), try await site.localConfiguration()))
            }
        }
        return report
    }

    private func hook(_ file: HookFile, _ config: GitConfig) -> HooksReport.Hook {
        let upstream = file.name == .postReceive ? config[Self.upstreamKey] : nil
        let left = upstream == nil ? [] : MirrorMemory(gitDirectory: location.gitDirectory).left
        let work: HooksReport.Work =
            switch file.name {
            case .preReceive: .gate
            case .prePush: .check
            case .postReceive: upstream == nil ? .build : .mirror
            }
        return HooksReport.Hook(
            name: file.name.rawValue, path: file.path, does: work, upstream: upstream,
            before: file.hasKept ? HookScript.keptName(file.name) : nil, missing: left.map(RefUpdate.shortName(of:)),
            problems: problems(of: file, config))
    }

    private func problems(of file: HookFile, _ config: GitConfig) -> [String] {
        var problems: [String] = []
        if !file.isExecutable { problems.append("'\(file.path)' is not executable, so git passes it over") }
        let text = String(decoding: (try? LocalFile.contents(of: file.path)) ?? [], as: UTF8.self)
        let line = text.split(separator: "\n").first { $0.hasPrefix("hephy='") } ?? ""
        let program = String(line.dropFirst("hephy='".count).dropLast()).replacing("'\\''", with: "'")
        if access(program, X_OK) != 0 {
            problems.append("'\(program)' is gone: install hephy, then 'hephy hook install'")
        }
        if file.name != .prePush, config["receive.advertisepushoptions"] != "true" {
            problems.append("-o hephy.* does not reach the hook: git config \(Self.optionsKey) true")
        }
        return problems
    }

    private static func name(for purpose: Purpose) -> HookName {
        switch purpose {
        case .run, .mirror: .postReceive
        case .gate: .preReceive
        case .check: .prePush
        }
    }

    private func script(_ name: HookName) throws(DeliveryError) -> HookScript {
        let environment = location.git.environment
        guard let program = InstalledProgram.path(environment: environment) else { throw .hook(.noProgram) }
        let share = environment["HEPHY_SHARE"] == nil ? nil : try ShareFolder(environment: environment).path
        return HookScript(name: name, program: program, share: share)
    }

    private func refuseItself(_ url: RemoteURL) throws(DeliveryError) {
        guard let directory = EmbeddedRepository.directory(of: url, environment: location.git.environment),
            let real = realpath(directory, nil)
        else { return }
        defer { free(real) }
        if String(cString: real) == location.gitDirectory { throw .hook(.upstreamIsItself(path: directory)) }
    }
}
