/// What becomes of one file of a repository that is set up.
package struct FileChange: Sendable, Hashable {
    package enum Kind: Sendable, Hashable {
        case created
        case replaced
        /// Something is added to what is there, all of which stays.
        case edited
        /// It says what it should.
        case unchanged
        /// It is left as it is for this reason.
        case kept(reason: String)
    }

    package var path: String
    package var kind: Kind
    /// The whole text that is to be written; nil where nothing is.
    package var text: String?

    /// Whether the file is written.
    package var isWritten: Bool { text != nil }
}
