/// An object as it stands in the object database, without its header.
struct RawObject {
    enum Kind: String {
        case commit, tree, blob, tag
    }

    var kind: Kind
    var bytes: [UInt8]
}

/// Reads objects by id, from one place.
protocol ObjectReader: AnyObject {
    /// The object, or nil where this reader does not have it.
    ///
    /// - Throws: `ObjectTooLarge` before its bytes are held, when it has more than `limit` bytes; `GitError` when it
    ///   is there but broken.
    func object(_ id: ObjectID, limit: Int) throws -> RawObject?

    /// The id of the object that `revision` names, or nil where this reader cannot tell.
    func id(of revision: String) -> ObjectID?
}

struct ObjectTooLarge: Error {
    var size: Int
}
