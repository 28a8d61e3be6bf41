/// What a `spin.toml` says of its own version.
///
/// Source: Spin's manifest loader. `spin_manifest_version` is the integer 2 or the string "1"; version 1 may write
/// `spin_version` instead.
enum SpinManifest: Sendable, Hashable {
    /// A manifest Spin takes; `version` is 1 or 2.
    case manifest(version: Int, key: String, line: Int)
    /// Not one, with the reason.
    case refused(reason: String, line: Int?)

    static let byteLimit = 1 << 20

    static func read(_ bytes: [UInt8]) -> SpinManifest {
        let keys: TOMLTopLevel
        do {
            keys = try TOMLTopLevel(bytes)
        } catch {
            return .refused(reason: "no TOML: \(error.fact)", line: error.line)
        }
        let found = keys.entries.filter { $0.key == "spin_manifest_version" || $0.key == "spin_version" }
        guard let entry = found.first else {
            return .refused(reason: "no spin_manifest_version before the first table", line: nil)
        }
        guard found.count == 1 else {
            return .refused(reason: "more than one of spin_manifest_version, spin_version", line: found[1].line)
        }
        switch entry.value {
        case .integer(2): return .manifest(version: 2, key: entry.key, line: entry.line)
        case .string("1"): return .manifest(version: 1, key: entry.key, line: entry.line)
        case .integer(let number):
            return .refused(reason: "\(entry.key) is \(number); Spin takes 2 or \"1\"", line: entry.line)
        case .string(let text):
            let shown = TreeText.printable(text, limit: 20)
            return .refused(reason: "\(entry.key) is the string \"\(shown)\"; Spin takes 2 or \"1\"", line: entry.line)
        case .other: return .refused(reason: "\(entry.key) is no integer; Spin takes 2 or \"1\"", line: entry.line)
        }
    }
}
