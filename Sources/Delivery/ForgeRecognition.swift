import Forge
import Git
import HTTP

/// Finds out which product serves a host: by the host's name, the commit's configuration, the user's configuration,
/// else by one request without a credential, whose answer is kept in the repository's configuration.
struct ForgeRecognition {
    let origin: HTTPOrigin
    let git: GitProgram
    /// What `ci_platform` of the pushed commit names.
    var suggested: ForgeProduct?

    /// The product, or nil where the host is none that is known.
    ///
    /// - Throws: `DeliveryError.git` when the configuration cannot be read; `.forge` when the host did not answer.
    func product() async throws(DeliveryError) -> ForgeProduct? {
        if let known = ForgeProduct(host: origin.host) ?? suggested { return known }
        let settings: [String: String]
        do {
            settings = try await GitConfig.matching(url: origin.description, section: "hephy", git)
        } catch {
            throw .git(error)
        }
        if let named = settings["hephy.forge"] { return ForgeProduct(rawValue: named.lowercased()) }
        guard let product = try await ForgeProbe(origin: origin, git: git).product() else { return nil }
        // A repository whose configuration cannot be written is asked again next time.
        _ = try? await git.run(["config", "--local", "hephy.\(origin).forge", product.rawValue])
        return product
    }
}
