#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// The git that has started this helper.
package enum CallingGit {
    private static let original = ancestors()

    /// Notes which git that is: to be called before it can have gone.
    package static func remember() {
        _ = original
    }

    /// Returns when that git has gone, within about a second, or when the task is cancelled.
    ///
    /// The pipes do not tell: git closes them while it waits for the helper to follow a run.
    package static func hasGone() async {
        repeat {
            do { try await Task.sleep(nanoseconds: 1_000_000_000) } catch { return }
        } while !isGone
    }

    /// Whether it has gone.
    static var isGone: Bool { ancestors() != original }

    /// The parent and, where that is the `git remote-hephy` that git puts in between, its parent too: the one in between
    /// outlives a git that was killed.
    private static func ancestors() -> [pid_t] {
        let parent = getppid()
        #if os(Linux)
            let words = contents(of: "/proc/\(parent)/cmdline").split(separator: 0)
            guard words.contains(where: { $0.elementsEqual("remote-hephy".utf8) }),
                let grandparent = self.parent(of: parent)
            else { return [parent] }
            return [parent, grandparent]
        #else
            return [parent]
        #endif
    }

    #if os(Linux)
        /// `pid (name) state ppid ...`, proc(5); the name may hold anything.
        private static func parent(of process: pid_t) -> pid_t? {
            let text = contents(of: "/proc/\(process)/stat")
            guard let end = text.lastIndex(of: UInt8(ascii: ")")) else { return nil }
            let fields = text[end...].split(separator: UInt8(ascii: " "))
            return fields.count > 2 ? pid_t(String(decoding: fields[2], as: UTF8.self)) : nil
        }

        private static func contents(of path: String) -> [UInt8] {
            let descriptor = open(path, O_RDONLY | O_CLOEXEC)
            guard descriptor >= 0 else { return [] }
            defer { close(descriptor) }
            return ProtocolChannel.read(descriptor, capacity: 4096) ?? []
        }
    #endif
}
