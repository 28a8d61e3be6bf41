/// A setting of one push that cannot be used.
package enum SettingError: Error, Hashable, Sendable {
    /// `-o hephy.<key>` with a key that is none; `suggestion` is the one probably meant.
    case unknownOption(key: String, suggestion: String?)
    /// `-o hephy.<key>` without `=`, for a key that is not true or false.
    case missingValue(key: PushSettings.Key, allowed: String)
    /// `allowed` describes the values, such as "one of auto, dispatch, attach, none".
    case badValue(key: PushSettings.Key, value: String, source: SettingSource, allowed: String, suggestion: String?)

    /// The fact as a sentence: lower-case, without a full stop, safe to print.
    package var problem: String {
        switch self {
        case .unknownOption(let key, _):
            "unknown push option \(PrintableText.quoted("hephy." + key))"
        case .missingValue(let key, let allowed):
            "'-o hephy.\(key.rawValue)' has no value: it takes \(allowed)"
        case .badValue(_, let value, let source, let allowed, _):
            "'\(source)' is \(PrintableText.quoted(value)), not \(allowed)"
        }
    }

    package var suggestion: String? {
        switch self {
        case .unknownOption(_, let suggestion): suggestion.map { "hephy.\($0)" }
        case .missingValue: nil
        case .badValue(_, _, _, _, let suggestion): suggestion
        }
    }
}
