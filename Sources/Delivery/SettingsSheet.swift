import BuildPlan
import Git
import YAML

/// The list of settings that `hephy config` shows, while it is written.
struct SettingsSheet {
    let origins: ConfigOrigins
    /// What git's configuration says for the remote's URL, by key in lower case.
    let configured: [String: String]
    let config: GitConfig
    private(set) var entries: [ConfigReport.Entry] = []

    init(origins: ConfigOrigins, configured: [String: String], config: GitConfig) {
        self.origins = origins
        self.configured = configured
        self.config = config
    }

    // MARK: Of a push

    mutating func add(_ settings: PushSettings, _ plan: BuildPlan?) {
        let commit = plan?.settings ?? settings.forCommit(with: nil)
        if let backend = commit.backend.value {
            add("backend", backend.rawValue, commit.backend.source)
        } else if let plan {
            var entry = ConfigReport.Entry(
                "backend", plan.detection.backend?.rawValue ?? "none", from: .detection)
            entry.key = StandardError.safe(plan.detection.reason)
            entries.append(entry)
        } else {
            add("backend", "auto", commit.backend.source)
        }
        let kept = plan?.platforms?.kept ?? commit.platforms.value
        let platforms = kept.isEmpty ? "auto" : kept.map(\.description).joined(separator: ",")
        add("platforms", platforms, commit.platforms.source)
        add("trigger", settings.trigger.value.rawValue, settings.trigger.source)
        add("follow", "\(settings.follow.value)", settings.follow.source)
        add("logs", settings.logs.value.rawValue, settings.logs.source)
        let timeout = settings.timeout.value.map { "\($0.components.seconds)s" } ?? "none"
        add("timeout", timeout, settings.timeout.source)
        add("deploy", "\(commit.deploy.value)", commit.deploy.source)
    }

    private mutating func add(_ name: String, _ value: String, _ source: SettingSource) {
        switch source {
        case .option(let key), .environment(let key):
            var entry = ConfigReport.Entry(name, value, from: .environment)
            entry.key = key
            entries.append(entry)
        case .configuration(let mark): add(name, value, at: mark)
        case .gitConfig(let key):
            let name = String(key.dropFirst("hephy.".count))
            entries.append(inGitConfig(name, value, written: configured[key] ?? config[key] ?? ""))
        case .default: entries.append(ConfigReport.Entry(name, value, from: .default))
        }
    }

    private func inGitConfig(_ name: String, _ value: String, written: String) -> ConfigReport.Entry {
        var entry = ConfigReport.Entry(name, value, from: .gitConfig)
        let found = origins.place(of: name.lowercased(), in: "hephy", value: written)
        entry.key = StandardError.safe(found?.key ?? "hephy.\(name)")
        entry.scope = found?.place.scope
        entry.file = found?.place.file.map { StandardError.safe($0) }
        return entry
    }

    // MARK: Of the file

    private mutating func add(_ name: String, _ value: String, at mark: Mark) {
        var entry = ConfigReport.Entry(name, value, from: .file)
        entry.file = BuildConfiguration.path
        entry.line = mark.line
        entry.column = mark.column
        entries.append(entry)
    }

    private mutating func add<Value>(_ name: String, _ value: Marked<Value>?, _ text: (Value) -> String) {
        if let value { add(name, text(value.value), at: value.mark) }
    }

    /// What only the file can say; what it leaves out is left to the steps.
    mutating func add(_ file: BuildConfiguration) {
        add("ci_platform", file.ciPlatform, \.rawValue)
        add("upstream_repo", file.upstreamRepository, Self.masked(url:))
        add("image", file.image, \.description)
        add("context", file.context) { $0.isEmpty ? "." : $0 }
        add("dockerfile", file.dockerfile, \.self)
        add("kaniko.image", file.kaniko.image, \.self)
        add("ko.main", file.ko.main) { $0.isEmpty ? "." : $0 }
        add("spin.manifest", file.spin.manifest, \.self)
        for tag in file.additionalTags { add("additional_tags", tag.value.description, at: tag.mark) }
        add("cache", file.keepsCache) { "\($0)" }
        add("sbom", file.hasSBOM) { "\($0)" }
        add("provenance", file.hasProvenance) { "\($0)" }
        for argument in file.buildArguments {
            addOfFile("build_args.\(argument.name)", Self.isSecret(argument.name) ? "***" : argument.value)
        }
        if !file.defaultRunner.isEmpty { addOfFile("runners.default", file.defaultRunner.joined(separator: ",")) }
        for (platform, labels) in file.runners.sorted(by: { $0.key.description < $1.key.description }) {
            addOfFile("runners.\(platform)", labels.joined(separator: ","))
        }
        add("deploy.target", file.deploy) { target in
            switch target {
            case .nowhere: "none"
            case .kubernetes: "kubernetes"
            case .spinkube: "spinkube"
            case .hephyWorkflow: "hephy-workflow"
            }
        }
    }

    /// A value of the file whose line is not kept.
    private mutating func addOfFile(_ name: String, _ value: String) {
        var entry = ConfigReport.Entry(name, value, from: .file)
        entry.file = BuildConfiguration.path
        entries.append(entry)
    }

    // MARK: Of this machine

    private static let local: [(name: String, usual: String)] = [
        ("local.builder", "auto"), ("local.env", "none"), ("local.keepRuns", "50"), ("local.keepDays", "30"),
        ("local.timeLimit", "21600"),
    ]

    /// Variables for programs of hephy's, and whether their value is shown.
    private static let variables: [(name: String, isShown: Bool)] = [
        ("HEPHY_SHARE", true), ("HEPHY_REGISTRY", true), ("HEPHY_REGISTRY_USER", true),
        ("HEPHY_REGISTRY_PASSWORD", false), ("HEPHY_REGISTRY_INSECURE", true),
    ]

    mutating func addMachine(environment: [String: String]) {
        for key in ["forge", "forgepath"] {
            guard let value = configured["hephy.\(key)"] else { continue }
            entries.append(inGitConfig(key, value, written: value))
        }
        for (name, usual) in Self.local {
            let values = config.all("hephy.\(name.lowercased())")
            guard let last = values.last else {
                entries.append(ConfigReport.Entry(name, usual, from: .default))
                continue
            }
            let value = name == "local.env" ? values.joined(separator: ",") : last
            entries.append(inGitConfig(name, value, written: last))
        }
        for (name, isShown) in Self.variables {
            guard let value = environment[name], !value.isEmpty else { continue }
            var entry = ConfigReport.Entry(
                name.dropFirst("HEPHY_".count).lowercased(), isShown ? Self.masked(url: value) : "***",
                from: .environment)
            entry.key = name
            entries.append(entry)
        }
    }

    // MARK: Secrets

    private static func isSecret(_ name: String) -> Bool {
        let name = name.lowercased()
        return ["token", "passw", "secret", "key", "credential", "auth"].contains { name.contains($0) }
    }

    /// A URL without the password in it.
    private static func masked(url: String) -> String {
        guard let scheme = url.firstRange(of: "://") else { return url }
        let authority = url[scheme.upperBound...].prefix { $0 != "/" }
        guard let at = authority.lastIndex(of: "@"), let colon = authority[..<at].firstIndex(of: ":") else {
            return url
        }
        return url[...colon] + "***" + url[at...]
    }
}
