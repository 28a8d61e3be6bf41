/// How the text of one kind of setting is read.
struct SettingParser<Value: Hashable & Sendable> {
    /// The values in words, for messages.
    var allowed: String
    /// What an option without `=` means, or nil where it means nothing.
    var bare: String?
    /// The value, or nil when the text is none.
    var parse: (String) -> Value?
    /// What a wrong text probably stands for.
    var suggestion: (String) -> String? = { _ in nil }
}

extension SettingParser where Value: RawRepresentable<String> & CaseIterable {
    static var choice: SettingParser {
        let names = Value.allCases.map(\.rawValue)
        return SettingParser(
            allowed: "one of \(names.joined(separator: ", "))", parse: { Value(rawValue: $0) },
            suggestion: { Suggestion.nearest(to: $0, among: names) })
    }
}

extension SettingParser<Bool> {
    /// Git's words for true and false, in any case.
    static var boolean: SettingParser {
        SettingParser(allowed: "true or false", bare: "true") { text in
            switch text.lowercased() {
            case "true", "yes", "on", "1": true
            case "false", "no", "off", "0": false
            default: nil
            }
        }
    }
}

extension SettingParser<Backend?> {
    static var backend: SettingParser {
        let names = ["auto"] + Backend.allCases.map(\.rawValue)
        return SettingParser(
            allowed: "one of \(names.joined(separator: ", "))",
            parse: { text in
                if text == "auto" { return .some(nil) }
                return Backend(rawValue: text).map { .some($0) }
            },
            suggestion: { Suggestion.nearest(to: $0, among: names) })
    }
}

extension SettingParser<[Platform]> {
    /// Names divided by commas or spaces.
    static var platforms: SettingParser {
        SettingParser(
            allowed: "platforms such as linux/amd64,linux/arm64 or wasi/wasm",
            parse: { text in
                var platforms: [Platform] = []
                for name in names(in: text) {
                    guard let platform = Platform(name) else { return nil }
                    if !platforms.contains(platform) { platforms.append(platform) }
                }
                return platforms.isEmpty ? nil : platforms
            },
            suggestion: { text in
                let unknown = names(in: text).first { Platform($0) == nil }
                return unknown.flatMap { Platform.suggestion(for: String($0)) }
            })
    }

    private static func names(in text: String) -> [Substring] {
        text.split { $0 == "," || $0 == " " }
    }
}

extension SettingParser<Duration?> {
    /// The longest time that can be asked for: a year, far from any overflow.
    private static var limit: Int { 365 * 24 * 3600 }

    /// Seconds, or numbers with `h`, `m` and `s` in this order; `none` for no limit.
    static var timeout: SettingParser {
        SettingParser(allowed: "a time such as 90, 90s, 15m or 1h30m, or none") { text in
            if text == "none" { return .some(nil) }
            guard let seconds = seconds(in: text), seconds > 0 else { return nil }
            return .some(.seconds(seconds))
        }
    }

    private static func seconds(in text: String) -> Int? {
        var units: [(letter: Character, seconds: Int)] = [("h", 3600), ("m", 60), ("s", 1)]
        var total = 0
        var rest = text[...]
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            guard let number = Int(digits), number <= limit else { return nil }
            rest.removeFirst(digits.count)
            if rest.isEmpty {
                // Only a number that stands alone means seconds without saying so.
                guard units.count == 3 else { return nil }
                return number
            }
            let letter = rest.removeFirst()
            guard let place = units.firstIndex(where: { $0.letter == letter }) else { return nil }
            total += number * units[place].seconds
            guard total <= limit else { return nil }
            units.removeFirst(place + 1)
        }
        return text.isEmpty ? nil : total
    }
}
