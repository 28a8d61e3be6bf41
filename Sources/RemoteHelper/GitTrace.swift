import Git

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// What `GIT_TRACE` tells of the programs that are started here in place of git: one line each, as git writes it
/// (trace.c; run-command.c, `trace_run_command`).
enum GitTrace {
    /// Notes `command` where the user wants to know, before it is started.
    ///
    /// Shown is what git would show: the words of the command line and the protocol that is asked for, nothing else of
    /// the environment.
    static func note(_ command: ServiceCommand) {
        guard let (descriptor, isOurs) = descriptor(for: command.environment["GIT_TRACE"] ?? "") else { return }
        defer { if isOurs { close(descriptor) } }
        var words = command.words.map(pretty)
        if let version = command.environment["GIT_PROTOCOL"] { words.insert("GIT_PROTOCOL=" + pretty(version), at: 0) }
        _ = ProtocolChannel.write(Array((head() + words.joined(separator: " ") + "\n").utf8)[...], to: descriptor)
    }

    /// Where lines go: standard error, a descriptor that was open before this program, or the end of a file.
    ///
    /// - Returns: the descriptor, and whether it is to be closed; nil where nothing is to be traced.
    private static func descriptor(for value: String) -> (Int32, isOurs: Bool)? {
        switch value {
        case "1", "2": return (2, false)
        case _ where value.lowercased() == "true": return (2, false)
        case _ where value.hasPrefix("/"):
            let opened = open(value, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0o666)
            return opened < 0 ? nil : (opened, true)
        default: return TraceDescriptors.number(value).map { ($0, false) }
        }
    }

    /// `12:34:56.123456 git-remote-hephy         trace: run_command: `, to the column that git writes to.
    private static func head() -> String {
        var now = timeval()
        gettimeofday(&now, nil)
        var seconds = now.tv_sec
        var local = tm()
        localtime_r(&seconds, &local)
        let clock = [local.tm_hour, local.tm_min, local.tm_sec].map { digits(Int($0), 2) }.joined(separator: ":")
        let place = clock + "." + digits(Int(now.tv_usec), 6) + " git-remote-hephy "
        return place + String(repeating: " ", count: max(0, 40 - place.count)) + "trace: run_command: "
    }

    private static func digits(_ number: Int, _ count: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, count - text.count)) + text
    }

    private static func pretty(_ word: String) -> String { pretty(Array(word.utf8)) }

    /// A word as git shows it, in quotes where a shell would need them (quote.c, `sq_quote_buf_pretty`); what could harm a
    /// terminal or end the line is shown as `?`.
    private static func pretty(_ word: [UInt8]) -> String {
        let isPlain =
            !word.isEmpty
            && word.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
                    || "+,-./:=@_^".utf8.contains(byte)
            }
        let quoted = isPlain ? word : ServiceCommand.quoted(word)
        return String(decoding: quoted.map { $0 < 0x20 || $0 == 0x7f ? UInt8(ascii: "?") : $0 }, as: UTF8.self)
    }
}
