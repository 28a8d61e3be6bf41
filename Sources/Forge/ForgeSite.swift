/// Which product serves a repository, and where on its host.
package struct ForgeSite: Sendable, Hashable {
    package var product: ForgeProduct
    /// What stands before every path of the product on its host, as `/gitlab`; mostly empty.
    package var prefix: String

    package init(product: ForgeProduct, prefix: String = "") {
        self.product = product
        self.prefix = prefix
    }

    /// The repository's path without the prefix; nil where the path is not below it.
    package func repositoryPath(in path: String) -> String? {
        let path = path.hasPrefix("/") ? path : "/" + path
        guard !prefix.isEmpty else { return path }
        return path.hasPrefix(prefix + "/") ? String(path.dropFirst(prefix.count)) : nil
    }
}
