import BuildPlan
import Forge
import Git
import Scaffold

/// What a GitHub Enterprise Server has to have for the workflow to run there.
extension RepositorySetUp {
    /// What has to be mirrored on the server, for people; empty where the repository is on no server of its own.
    func notesOnEnterpriseServer(_ ci: CIPlan) throws(DeliveryError) -> [String] {
        guard ci.platform == .github, let host = ci.host, ForgeProduct(host: host) == nil else { return [] }
        let supplies: [CISupply]
        do throws(ScaffoldError) {
            supplies = try ci.supplies(from: sharedFiles)
        } catch {
            throw .setUp(.scaffold(error))
        }
        var notes = ["\(host) is a server of its own: what the workflow takes from elsewhere has to be there too"]
        notes += supplies.map(Self.note)
        if ci.configuration.defaultRunner.isEmpty {
            notes.append("jobs ask for 'ubuntu-latest'; 'runners: default: LABEL' names the runners of \(host)")
        }
        return notes
    }

    private static func note(on supply: CISupply) -> String {
        var text = "  \(supply.kind.rawValue) \(supply.name)"
        switch supply.kind {
        case .action: text += ", by GitHub Connect or 'actions-sync push'"
        case .image, .archive, .module, .repository: break
        }
        if let condition = supply.condition { text += ", \(condition)" }
        if let variable = supply.variable { text += "; or elsewhere: gh variable set \(variable)" }
        return text
    }
}
