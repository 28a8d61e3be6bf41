import BuildPlan

/// Something that a rendered workflow takes from elsewhere while it runs, which a server without a way to the internet
/// has to have a copy of.
package struct CISupply: Sendable, Hashable {
    package enum Kind: String, Sendable {
        case action, archive, image, module, repository
    }

    package var kind: Kind
    /// As the workflow names it.
    package var name: String
    /// The variable of the repository that names another place; nil where there is none.
    package var variable: String?
    /// When it is needed; nil for always.
    package var condition: String?
}

extension CIPlan {
    /// What the workflow for GitHub takes from elsewhere; its backend's own things and what each of its runs needs.
    ///
    /// The names are those of `share/steps`, which are looked for there, so that both cannot differ.
    /// - Throws: `ScaffoldError` when a shared file is missing or broken.
    package func supplies(from files: SharedFiles) throws(ScaffoldError) -> [CISupply] {
        var supplies: [CISupply] = []
        if let component {
            let parts = component.split(separator: "@", maxSplits: 1)
            let repository = parts[0].split(separator: "/").prefix(2).joined(separator: "/")
            supplies.append(
                CISupply(
                    kind: .repository, name: "\(repository)@\(parts.last ?? "")", condition: "a copy of this project"))
        }
        supplies.append(CISupply(kind: .action, name: GitHubWorkflow.pinnedCheckout))
        if detectsAnew {
            for line in try ReleasePins(from: files).text.split(separator: "\n") {
                if let url = line.split(separator: " ").last {
                    supplies.append(CISupply(kind: .archive, name: String(url), condition: "to detect the backend"))
                }
            }
        }
        supplies += try suppliesOfBackend(files)
        if backend != .spin {
            supplies += try Self.image(
                "HEPHY_CRANE_IMAGE", after: "${HEPHY_CRANE_IMAGE:-", in: "index.sh", files,
                condition: "where the runner has neither crane nor docker buildx")
        }
        return supplies
    }

    private func suppliesOfBackend(_ files: SharedFiles) throws(ScaffoldError) -> [CISupply] {
        switch backend {
        case .kaniko:
            try Self.image("HEPHY_KANIKO_IMAGE", after: "${HEPHY_KANIKO_IMAGE:-", in: "build-kaniko.sh", files)
        case .buildkit:
            try Self.image(
                "HEPHY_BUILDKIT_IMAGE", after: "\ndefault_image=", in: "build-buildkit.sh", files,
                condition: "where the runner's docker does not keep images in containerd") + scanner
        case .ko:
            try Self.value(after: "${HEPHY_KO_VERSION:-", in: "build-ko.sh", files).map {
                [
                    CISupply(
                        kind: .module, name: "github.com/google/ko@\($0)",
                        condition: "from GOPROXY, where the runner has no ko")
                ]
            } ?? []
        case .spin:
            [
                CISupply(
                    kind: .archive, name: "https://github.com/spinframework/spin/releases",
                    condition: "where the runner has no spin")
            ]
        }
    }

    /// BuildKit's own choice for lists of what is in an image.
    private var scanner: [CISupply] {
        guard configuration.hasSBOM?.value ?? true else { return [] }
        return [
            CISupply(
                kind: .image, name: "docker/buildkit-syft-scanner:stable-1", variable: "HEPHY_SBOM_GENERATOR",
                condition: "unless the configuration says 'sbom: false'")
        ]
    }

    private static func image(
        _ variable: String, after lead: String, in step: String, _ files: SharedFiles, condition: String? = nil
    ) throws(ScaffoldError) -> [CISupply] {
        try value(after: lead, in: step, files).map {
            [CISupply(kind: .image, name: $0, variable: variable, condition: condition)]
        } ?? []
    }

    /// The word behind `lead` in a step.
    private static func value(
        after lead: String, in step: String, _ files: SharedFiles
    ) throws(ScaffoldError) -> String? {
        let text = try files.step(step)
        guard let start = text.firstRange(of: lead)?.upperBound else { return nil }
        return String(text[start...].prefix { $0 != "}" && $0 != "\n" && $0 != "\"" })
    }
}
