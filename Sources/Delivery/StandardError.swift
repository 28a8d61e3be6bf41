import Forge
package import HTTP
import Synchronization

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// The only stream on which the helper speaks to people; standard output belongs to git's protocol.
package enum StandardError {
    /// The tokens in use, which nothing may print: a server can repeat what it was sent in any of its words.
    private static let mask = Mutex(SecretMask())

    /// From now on `secret` is masked in all that is written here.
    package static func hide(_ secret: Secret) {
        mask.withLock { $0.insert(secret) }
    }

    /// `text` with `***` for every token in use, and otherwise as it is.
    ///
    /// For what goes to a terminal on another way than ``write(_:)`` and ``say(_:)``.
    ///
    /// - Parameters:
    ///   - text: any text.
    ///   - isCut: whether the text may end within a token.
    /// - Returns: the masked text.
    package static func masked(_ text: String, isCut: Bool = false) -> String {
        mask.withLock(\.self).masked(text, isCut: isCut)
    }

    /// `line` without terminal controls, bidirectional and invisible characters, and masked; spaces stay as they are.
    package static func safe(_ line: some StringProtocol) -> String {
        masked(PlainText.visible(line))
    }

    /// Writes `text`, masked and otherwise raw, in as few calls as the system allows, so that lines of several
    /// processes do not mix.
    package static func write(_ text: String) {
        var rest = Array(masked(text).utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { bytes in
                #if canImport(Darwin)
                    Darwin.write(2, bytes.baseAddress, bytes.count)
                #else
                    Glibc.write(2, bytes.baseAddress, bytes.count)
                #endif
            }
            if count < 0 && errno != EINTR { return }
            rest = rest.dropFirst(max(count, 0))
        }
    }

    /// Writes `hephy: ` and the line, made ``safe(_:)``.
    package static func say(_ line: String) {
        write("hephy: \(safe(line))\n")
    }

    package static var isTerminal: Bool { isatty(2) == 1 }
}
