/// The texts of settings in the three places that need no commit.
struct SettingSources {
    private var options: [PushSettings.Key: Text] = [:]
    private var environment: [PushSettings.Key: Text] = [:]
    private var gitConfig: [PushSettings.Key: Text] = [:]

    /// A value as it was written; nil for an option without `=`.
    private struct Text {
        var value: String?
        var source: SettingSource
    }

    init(
        options: [String], environment: [String: String], gitConfig: (String) -> String?
    ) throws(SettingError) {
        for option in options {
            let parts = option.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = parts.first.map(String.init) ?? ""
            guard let key = PushSettings.Key(rawValue: name) else {
                let near = Suggestion.nearest(to: name, among: PushSettings.Key.allCases.map(\.rawValue))
                throw .unknownOption(key: name, suggestion: near)
            }
            self.options[key] = Text(value: parts.count == 2 ? String(parts[1]) : nil, source: .option(key: name))
        }
        for key in PushSettings.Key.allCases {
            let variable = "HEPHY_\(key.rawValue.uppercased())"
            if let value = environment[variable], !value.isEmpty {
                self.environment[key] = Text(value: value, source: .environment(variable))
            }
            let name = "hephy.\(key.rawValue)"
            if let value = gitConfig(name), !value.isEmpty {
                self.gitConfig[key] = Text(value: value, source: .gitConfig(name))
            }
        }
    }

    /// The value from the highest place that has one, or nil; the lower ones are checked too.
    func value<Value>(_ key: PushSettings.Key, _ parser: SettingParser<Value>) throws(SettingError) -> Setting<Value>? {
        let override = try override(key, parser)
        let configured = try configured(key, parser)
        return override ?? configured
    }

    /// The value from an option or the environment, or nil.
    func override<Value>(_ key: PushSettings.Key, _ parser: SettingParser<Value>) throws(SettingError) -> Setting<
        Value
    >? {
        let option = try parse(options[key], as: key, parser)
        let variable = try parse(environment[key], as: key, parser)
        return option ?? variable
    }

    /// The value from git's configuration, or nil.
    func configured<Value>(
        _ key: PushSettings.Key, _ parser: SettingParser<Value>
    ) throws(SettingError) -> Setting<Value>? {
        try parse(gitConfig[key], as: key, parser)
    }

    private func parse<Value>(
        _ text: Text?, as key: PushSettings.Key, _ parser: SettingParser<Value>
    ) throws(SettingError) -> Setting<Value>? {
        guard let text else { return nil }
        guard let written = text.value ?? parser.bare else { throw .missingValue(key: key, allowed: parser.allowed) }
        guard let value = parser.parse(written) else {
            throw .badValue(
                key: key, value: written, source: text.source, allowed: parser.allowed,
                suggestion: parser.suggestion(written))
        }
        return Setting(value, from: text.source)
    }
}
