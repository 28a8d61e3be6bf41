import Forge
import Git

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// A repository's configuration file that `git config` is about to change, with its bytes from before and after, so that
/// all can be as it was.
struct KeptConfiguration: Codable, Hashable, Sendable {
    /// Before the change.
    var before: Data
    /// Behind it.
    var after: Data

    /// Does `change` to the file.
    ///
    /// - Parameters:
    ///   - path: the configuration file.
    ///   - change: what `git config` is to do.
    /// - Returns: what was kept.
    /// - Throws: `DeliveryError` when the file cannot be read; whatever `change` throws.
    static func changing(
        _ path: String, _ change: () async throws(DeliveryError) -> Void
    ) async throws(DeliveryError) -> KeptConfiguration {
        let before = try contents(of: path)
        try await change()
        return KeptConfiguration(before: Data(before), after: Data(try contents(of: path)))
    }

    /// Whether the file is still as the change left it.
    func isUntouched(_ path: String) -> Bool {
        (try? LocalFile.contents(of: path)).map { $0 == Array(after) } ?? false
    }

    /// Puts the bytes from before back, by git's own rules for whoever writes the file: `config.lock` first.
    ///
    /// - Returns: false where the file is not as the change left it any more; then nothing is done.
    /// - Throws: `HookError.file` when it cannot be written, with `EEXIST` while somebody else writes it.
    func restore(_ path: String) throws(HookError) -> Bool {
        let target = Self.resolved(path)
        let lock = "\(target).lock"
        var status = stat()
        let mode = stat(target, &status) == 0 ? status.st_mode & 0o777 : 0o644
        let descriptor = open(lock, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw .file(FileFault(path: lock, code: errno)) }
        do throws(FileFault) {
            defer { close(descriptor) }
            guard isUntouched(target) else {
                unlink(lock)
                return false
            }
            fchmod(descriptor, mode)
            try LocalFile.write(Array(before), to: descriptor, path: lock)
            guard fsync(descriptor) == 0, rename(lock, target) == 0 else { throw FileFault(path: target, code: errno) }
        } catch {
            unlink(lock)
            throw .file(error)
        }
        return true
    }

    private static func contents(of path: String) throws(DeliveryError) -> [UInt8] {
        do { return try LocalFile.contents(of: path) } catch { throw .hook(.file(error)) }
    }

    private static func resolved(_ path: String) -> String {
        guard let real = realpath(path, nil) else { return path }
        defer { free(real) }
        return String(cString: real)
    }
}
