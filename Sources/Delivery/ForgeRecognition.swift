import Forge
import Git
import HTTP

/// Finds out which product serves a host: by the host's name, the commit's configuration, the user's configuration,
/// else by asking without a credential; the answer is kept in the repository's configuration.
struct ForgeRecognition {
    let origin: HTTPOrigin
    /// The repository's path on the host.
    let path: String
    let git: GitProgram
    /// What `ci_platform` of the pushed commit names.
    var suggested: ForgeProduct?

    /// What told the product.
    enum Means: Sendable, Hashable {
        /// The host is one that everybody knows.
        case host
        /// `ci_platform` of the commit's configuration.
        case configuration
        /// `hephy.<url>.forge` of git's configuration.
        case gitConfig
        /// The host itself, asked just now.
        case question
    }

    struct Answer {
        var site: ForgeSite
        var means: Means
        /// The setting that keeps the answer, where the host was asked just now and people have not been told yet.
        var newSetting: String?
    }

    /// The product, or nil where the host is none that is known.
    ///
    /// - Throws: `DeliveryError.git` when the configuration cannot be read; `.forge` when the host did not answer, or
    ///   something else answered in its place.
    func answer() async throws(DeliveryError) -> Answer? {
        if let known = ForgeProduct(host: origin.host) { return Answer(site: ForgeSite(product: known), means: .host) }
        let settings: [String: String]
        do {
            settings = try await GitConfig.matching(url: "\(origin)\(rooted(path))", section: "hephy", git)
        } catch {
            throw .git(error)
        }
        let prefix = settings["hephy.forgepath"].map { $0 == "/" ? "" : rooted($0) }
        if let product = suggested ?? settings["hephy.forge"].flatMap({ ForgeProduct(rawValue: $0.lowercased()) }) {
            let site = ForgeSite(product: product, prefix: prefix ?? Self.prefix(of: product, in: path))
            return Answer(site: site, means: suggested == nil ? .gitConfig : .configuration)
        }
        // A word that names no product is an answer too: this host is not to be asked.
        guard settings["hephy.forge"] == nil else { return nil }
        let probe = ForgeProbe(origin: origin, path: rooted(path), transport: try await transport())
        guard let site = try await probe.site() else { return nil }
        return Answer(site: site, means: .question, newSetting: await keep(site))
    }

    private func transport() async throws(DeliveryError) -> any HTTPTransport {
        try await ForgeConnection.transport(to: origin, git: git)
    }

    /// A repository whose configuration cannot be written is asked again next time.
    private func keep(_ site: ForgeSite) async -> String {
        let section = "hephy.\(origin)\(site.prefix)"
        await Adoption.accompanying(git) {
            _ = try? await git.run(["config", "--local", "\(section).forge", site.product.rawValue])
            if !site.prefix.isEmpty {
                _ = try? await git.run(["config", "--local", "\(section).forgePath", site.prefix])
            }
        }
        return "\(section).forge"
    }

    private func rooted(_ path: String) -> String { path.hasPrefix("/") ? path : "/" + path }

    /// What stands before owner and name, where a product's repositories have no other parts.
    static func prefix(of product: ForgeProduct, in path: String) -> String {
        switch product {
        case .github, .gitlab: return ""
        case .gitea, .forgejo:
            let parts = path.split(separator: "/")
            return parts.dropLast(2).map { "/\($0)" }.joined()
        }
    }
}
