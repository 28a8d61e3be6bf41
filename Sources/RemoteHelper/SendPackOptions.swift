/// What git's `option` lines mean for `git send-pack` and for the connection (gitremote-helpers(7), "OPTIONS").
struct SendPackOptions: Sendable {
    private(set) var arguments: [String] = []
    /// The path of the service on the other side, where it is not the usual one.
    private(set) var servicePath: String?
    /// `-4` or `-6`.
    private(set) var family: String?
    private var values: [String: String] = [:]

    /// The names of the options that are understood.
    static let known: Set = [
        "atomic", "cas", "dry-run", "family", "force-if-includes", "object-format", "progress", "push-option",
        "pushcert", "servpath", "verbosity",
    ]

    /// - Parameter lines: the `option` lines in the order in which git sent them, without those of hephy's own.
    init(_ lines: [[UInt8]]) {
        for line in lines {
            let words = line.split(separator: UInt8(ascii: " "), maxSplits: 2)
            guard words.count == 3 else { continue }
            let value = QuotedText.unquoted(words[2]).map { String(decoding: $0, as: UTF8.self) } ?? ""
            switch String(decoding: words[1], as: UTF8.self) {
            case "cas": arguments.append("--force-with-lease=\(value)")
            case "push-option": arguments.append("--push-option=\(value)")
            case "servpath": servicePath = value
            case "family": family = ["ipv4": "-4", "ipv6": "-6"][value]
            case let name: values[name] = value
            }
        }
    }

    /// Everything behind `git`, but for the URL.
    ///
    /// Thin packs, as git's http helper asks for: no helper is told of `--no-thin` (transport-helper.c,
    /// `unsupported_options`).
    func sendPack() -> [String] {
        var words = ["send-pack", "--stateless-rpc", "--helper-status", "--thin"]
        if values["dry-run"] == "true" { words.append("--dry-run") }
        switch values["pushcert"] {
        case "true": words.append("--signed=yes")
        case "if-asked": words.append("--signed=if-asked")
        default: break
        }
        if values["atomic"] == "true" { words.append("--atomic") }
        let verbosity = Int(values["verbosity"] ?? "") ?? 1
        if verbosity == 0 { words.append("--quiet") } else if verbosity > 1 { words.append("--verbose") }
        words.append(values["progress"] == "true" ? "--progress" : "--no-progress")
        if values["force-if-includes"] == "true" { words.append("--force-if-includes") }
        return words + arguments + ["--stdin"]
    }
}
