import Forge
import HTTP
import Testing

let giteaSite = "https://git.example"
let giteaRepo = "\(giteaSite)/api/v1/repos/acme/api"

/// A server of the table tests: product, folder of its recorded answers, version.
struct GiteaServer: Sendable, CustomTestStringConvertible {
    var product: GiteaVersion.Product
    var folder: String

    var testDescription: String { "\(product.rawValue) \(folder)" }

    static let all = [
        GiteaServer(product: .gitea, folder: "1.25"), GiteaServer(product: .gitea, folder: "1.26"),
        GiteaServer(product: .forgejo, folder: "12"), GiteaServer(product: .forgejo, folder: "16"),
    ]

    func fixture(_ name: String) throws -> Answer {
        try Fixture.load(name, product: product.rawValue.lowercased(), version: folder).answer(from: giteaSite)
    }
}

/// The driver for acme/api on git.example, which has been told the server's version unless `version` is nil.
func gitea(
    _ transport: ScriptedTransport, _ product: GiteaVersion.Product = .gitea, version: String? = "1.26.1",
    token: String? = "t0ken", site: String = giteaSite, prefix: String = ""
) throws -> Gitea {
    let origin = try #require(HTTPURL(site + "/")?.origin)
    return Gitea(
        repository: try RepositoryPath("acme/api"), host: GiteaHost(origin, prefix: prefix), product: product,
        version: version.map { GiteaVersion($0, of: product) }, credential: token.map { Secret($0) },
        transport: transport, userAgent: "hephy/test", now: { 1_795_341_641 })
}
