import CGit2
import CLate

/// Reads objects through libgit2, in this process.
final class LibraryObjectReader: ObjectReader {
    private let repository: RepositoryHandle
    private let database: DatabaseHandle

    /// - Throws: `GitError.library` when libgit2 cannot serve the repository: SHA-256, an extension it does not know; or
    ///   when this machine has no libgit2 of the version that this program was built with.
    init(gitDirectory: String) throws(GitError) {
        guard late_has_git2() != 0 else { throw .library(code: -1, operation: "load libgit2", message: "") }
        _ = Self.initialised
        var repository: OpaquePointer?
        try Self.check("open '\(gitDirectory)'") { git_repository_open(&repository, gitDirectory) }
        guard let repository else { throw .library(code: -1, operation: "open '\(gitDirectory)'", message: "") }
        self.repository = RepositoryHandle(pointer: repository)
        var database: OpaquePointer?
        try Self.check("open the object database") { git_repository_odb(&database, repository) }
        guard let database else { throw .library(code: -1, operation: "open the object database", message: "") }
        self.database = DatabaseHandle(pointer: database)
    }

    /// Full ref names and `HEAD`; what else names an object is git's to say.
    func id(of revision: String) -> ObjectID? {
        if let id = ObjectID(revision) { return id }
        guard revision.hasPrefix("refs/") || revision == "HEAD" else { return nil }
        var oid = git_oid()
        guard git_reference_name_to_id(&oid, repository.pointer, revision) == 0 else { return nil }
        return withUnsafeBytes(of: oid.id) { ObjectID(bytes: $0) }
    }

    func object(_ id: ObjectID, limit: Int) throws -> RawObject? {
        guard id.byteCount == 20 else { return nil }
        var oid = git_oid()
        try Self.check("parse '\(id)'") { git_oid_fromstr(&oid, id.hex) }
        var size = 0
        var type = GIT_OBJECT_ANY
        let found = git_odb_read_header(&size, &type, database.pointer, &oid)
        if found == GIT_ENOTFOUND.rawValue { return nil }
        try Self.check("read '\(id)'") { found }
        guard size <= limit else { throw ObjectTooLarge(size: size) }
        var object: OpaquePointer?
        try Self.check("read '\(id)'") { git_odb_read(&object, database.pointer, &oid) }
        defer { git_odb_object_free(object) }
        guard let kind = Self.kind(type) else {
            throw GitError.unreadableObject(id: id.hex, reason: "an object of type \(type.rawValue)")
        }
        let bytes = UnsafeRawBufferPointer(start: git_odb_object_data(object), count: git_odb_object_size(object))
        return RawObject(kind: kind, bytes: Array(bytes))
    }

    private static func kind(_ type: git_object_t) -> RawObject.Kind? {
        switch type {
        case GIT_OBJECT_COMMIT: .commit
        case GIT_OBJECT_TREE: .tree
        case GIT_OBJECT_BLOB: .blob
        case GIT_OBJECT_TAG: .tag
        default: nil
        }
    }

    /// libgit2 is initialised once and never shut down.
    ///
    /// Who owns the repository has been judged already by the `git` that called the helper or found the repository,
    /// with the user's `safe.directory`, which libgit2 reads otherwise.
    private static let initialised: Int32 = {
        let count = git_libgit2_init()
        _ = hephy_git2_set_owner_validation(0)
        return count
    }()

    /// Runs `body` and turns a negative result into an error, with the thread's last message read at once.
    private static func check(_ operation: String, _ body: () -> Int32) throws(GitError) {
        let code = body()
        guard code < 0 else { return }
        let message = git_error_last().flatMap { $0.pointee.message }.map { String(cString: $0) } ?? ""
        throw .library(code: code, operation: operation, message: message)
    }

    private struct RepositoryHandle: ~Copyable {
        let pointer: OpaquePointer

        deinit { git_repository_free(pointer) }
    }

    private struct DatabaseHandle: ~Copyable {
        let pointer: OpaquePointer

        deinit { git_odb_free(pointer) }
    }
}
