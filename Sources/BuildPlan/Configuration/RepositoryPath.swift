/// A path of the configuration, made one of `SourceTree`.
enum RepositoryPath {
    enum Fault: Error, Hashable {
        case empty
        case absolute
        case leavesRepository
        case isURL
        case looksLikeOption
    }

    /// The path without `.` and empty components; "" is the root of the repository.
    ///
    /// Every `..` is refused, also one that would stay inside: behind a symbolic link it need not.
    ///
    /// - Throws: `Fault` when the path is none of the repository, or could be read as an option by a program.
    static func normalized(_ text: String) throws(Fault) -> String {
        if text.isEmpty { throw .empty }
        if text.contains("://") { throw .isURL }
        if text.hasPrefix("/") { throw .absolute }
        let components = text.split(separator: "/").filter { $0 != "." }
        if components.contains("..") { throw .leavesRepository }
        if components.first?.hasPrefix("-") == true { throw .looksLikeOption }
        return components.joined(separator: "/")
    }
}
