import CProcess
package import Subprocess

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

#if canImport(System)
    import System
#else
    import SystemPackage
#endif

/// The environment of a child process, in which a value that is this process's own travels as the bytes it is.
///
/// A path may be any bytes, Latin-1 for instance; a `String` of it holds replacements for what is not UTF-8.
package struct ChildEnvironment: Sendable {
    package let environment: Environment
    /// The folders of PATH, where Subprocess cannot be left to look: its own search misreads the last one when the
    /// environment is given as bytes (swift-subprocess 1.0).
    private let folders: [Substring]?

    /// - Parameter variables: the whole environment, by name.
    package init(_ variables: [String: String]) {
        let entries = variables.map { name, value in
            (name: name, value: value, own: Self.ownBytes(of: name, reading: value))
        }
        guard entries.contains(where: { $0.own != nil }) else {
            let pairs = variables.map { (Environment.Key(stringLiteral: $0.key), $0.value) }
            environment = .custom(Dictionary(uniqueKeysWithValues: pairs))
            folders = nil
            return
        }
        environment = .custom(entries.map { Array("\($0.name)=".utf8) + ($0.own ?? Array($0.value.utf8)) + [0] })
        folders = (variables["PATH"] ?? "").split(separator: ":").filter { $0.hasPrefix("/") }
    }

    /// The program `name`, to be looked for on the PATH of this environment.
    package func executable(_ name: String) -> Executable {
        for folder in folders ?? [] where access("\(folder)/\(name)", X_OK) == 0 {
            return .path(FilePath("\(folder)/\(name)"))
        }
        return .name(name)
    }

    /// This process's own variables, by name.
    ///
    /// What is not UTF-8 is replaced there, and given to children as it is.
    package static func own() -> [String: String] {
        var variables: [String: String] = [:]
        guard var entry = process_environment() else { return variables }
        while let text = entry.pointee {
            entry += 1
            // The first one of a name counts, as for getenv(3).
            guard let end = strchr(text, Int32(UInt8(ascii: "="))) else { continue }
            let name = String(decoding: UnsafeRawBufferPointer(start: text, count: end - text), as: UTF8.self)
            if variables[name] == nil { variables[name] = String(cString: end + 1) }
        }
        return variables
    }

    /// The environment as a new process is given it: `name=value`, each with a NUL at its end.
    package static func entries(_ variables: [String: String]) -> [[UInt8]] {
        variables.map { name, value in
            Array("\(name)=".utf8) + (ownBytes(of: name, reading: value) ?? Array(value.utf8)) + [0]
        }
    }

    /// This process's own value of the variable `name`, where that is `text` but for bytes that are not UTF-8.
    private static func ownBytes(of name: String, reading text: String) -> [UInt8]? {
        // Nothing but a replacement character can stand for such bytes.
        guard text.unicodeScalars.contains("\u{fffd}"), let own = getenv(name) else { return nil }
        let bytes = Array(UnsafeRawBufferPointer(start: own, count: strlen(own)))
        return String(decoding: bytes, as: UTF8.self) == text ? bytes : nil
    }
}
