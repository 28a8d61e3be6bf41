package import YAML

/// Where the value of a setting comes from.
package enum SettingSource: Hashable, Sendable, CustomStringConvertible {
    /// `-o hephy.<key>`.
    case option(key: String)
    /// The environment variable of this name.
    case environment(String)
    /// A place in `.hephy/build-config.yaml` of the pushed commit.
    case configuration(Mark)
    /// The key of git's configuration.
    case gitConfig(String)
    case `default`

    /// Whether it was said for this push or this shell, and not for the project or for good.
    package var isOverride: Bool {
        switch self {
        case .option, .environment: true
        case .configuration, .gitConfig, .default: false
        }
    }

    package var description: String {
        switch self {
        case .option(let key): "-o hephy.\(key)"
        case .environment(let name): name
        case .configuration(let mark): "\(BuildConfiguration.path):\(mark.line):\(mark.column)"
        case .gitConfig(let key): "git config \(key)"
        case .default: "default"
        }
    }
}

/// A value with where it comes from.
package struct Setting<Value: Hashable & Sendable>: Hashable, Sendable {
    package var value: Value
    package var source: SettingSource

    package init(_ value: Value, from source: SettingSource) {
        self.value = value
        self.source = source
    }
}

/// The settings of one push, in two stages: what is the same for all its refs, and, from `forCommit(with:)`, what also
/// depends on the configuration in a ref's commit.
package struct PushSettings: Hashable, Sendable {
    package enum Key: String, CaseIterable, Sendable {
        case backend
        case platforms
        case trigger
        case follow
        case logs
        case timeout
        case deploy
    }

    package enum Trigger: String, CaseIterable, Sendable {
        /// Attach to the run that the push starts, else dispatch one.
        case auto
        case dispatch
        case attach
        case none
    }

    package enum Logs: String, CaseIterable, Sendable {
        case auto
        case all
        case failed
        case none
    }

    package var trigger: Setting<Trigger>
    package var follow: Setting<Bool>
    package var logs: Setting<Logs>
    /// How long a run is followed; nil is without limit.
    package var timeout: Setting<Duration?>

    private var backend: Layers<Backend?>
    private var platforms: Layers<[Platform]>
    private var deploy: Layers<Bool>

    /// What stands above the configuration of the commit, and what stands below it.
    private struct Layers<Value: Hashable & Sendable>: Hashable, Sendable {
        var override: Setting<Value>?
        var fallback: Setting<Value>
    }

    /// Reads the settings from everything but the commit, and checks all of them.
    ///
    /// - Parameters:
    ///   - options: Push options without their prefix `hephy.`, such as `trigger=none`; of the same key the last counts.
    ///   - environment: The variables of the process; `HEPHY_*` that name no setting are left alone, empty ones too.
    ///   - gitConfig: The value of a key such as `hephy.trigger`, as `git config --get-urlmatch` finds it for the
    ///     remote's URL, or nil.
    /// - Throws: `SettingError` for an unknown option and for a bad value in any of the three.
    package init(
        options: [String], environment: [String: String], gitConfig: (String) -> String?
    ) throws(SettingError) {
        let sources = try SettingSources(options: options, environment: environment, gitConfig: gitConfig)
        trigger = try sources.value(.trigger, SettingParser.choice) ?? Setting(.auto, from: .default)
        follow = try sources.value(.follow, SettingParser.boolean) ?? Setting(true, from: .default)
        logs = try sources.value(.logs, SettingParser.choice) ?? Setting(.auto, from: .default)
        timeout = try sources.value(.timeout, SettingParser.timeout) ?? Setting(nil, from: .default)
        backend = Layers(
            override: try sources.override(.backend, SettingParser.backend),
            fallback: try sources.configured(.backend, SettingParser.backend) ?? Setting(nil, from: .default))
        platforms = Layers(
            override: try sources.override(.platforms, SettingParser.platforms),
            fallback: try sources.configured(.platforms, SettingParser.platforms) ?? Setting([], from: .default))
        deploy = Layers(
            override: try sources.override(.deploy, SettingParser.boolean),
            fallback: try sources.configured(.deploy, SettingParser.boolean) ?? Setting(true, from: .default))
    }

    /// The settings for one commit, whose configuration file, where it has one, is `configuration`.
    package func forCommit(with configuration: BuildConfiguration?) -> CommitSettings {
        let platformsInFile = configuration?.platforms.first.map { first in
            Setting(configuration?.platforms.map(\.value) ?? [], from: .configuration(first.mark))
        }
        return CommitSettings(
            backend: backend.override
                ?? configuration?.backend.map { Setting($0.value, from: .configuration($0.mark)) } ?? backend.fallback,
            platforms: platforms.override ?? platformsInFile ?? platforms.fallback,
            deploy: deploy.override
                ?? configuration?.deploy.map { Setting($0.value != .nowhere, from: .configuration($0.mark)) }
                ?? deploy.fallback)
    }
}

/// The settings of one push that depend on the commit.
package struct CommitSettings: Hashable, Sendable {
    /// Nil is left to detection, also where somebody said `auto`: then the source says who.
    package var backend: Setting<Backend?>
    /// As named, or empty, which is left to the backend; `PlatformSelection` says what it makes of them.
    package var platforms: Setting<[Platform]>
    /// Whether to deploy where a target is set.
    package var deploy: Setting<Bool>
}
