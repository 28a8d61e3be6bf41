/// What the steps of `share/steps` are told about a build, by the names of their variables.
package struct StepVariables: Hashable, Sendable {
    /// By name; what a step's own default serves for is left out.
    package var values: [String: String] = [:]

    /// - Parameter plan: a plan that has found a backend; `HEPHY_BACKEND` is `auto` where it has not.
    package init(_ plan: BuildPlan) {
        let configuration = plan.configuration
        values["HEPHY_BACKEND"] = plan.detection.backend?.rawValue ?? "auto"
        values["HEPHY_PLATFORMS"] = plan.platforms?.kept.map(\.description).joined(separator: ",")
        values["HEPHY_IMAGE"] = configuration.image?.value.description
        values["HEPHY_CONTEXT"] = Self.path(configuration.context?.value)
        values["HEPHY_DOCKERFILE"] = configuration.dockerfile?.value
        values["HEPHY_KO_MAIN"] = Self.path(configuration.ko.main?.value)
        values["HEPHY_SPIN_MANIFEST"] = configuration.spin.manifest?.value
        values["HEPHY_KANIKO_IMAGE"] = configuration.kaniko.image?.value.description
        values["HEPHY_CACHE"] = configuration.keepsCache.map { "\($0.value)" }
        values["HEPHY_SBOM"] = configuration.hasSBOM.map { "\($0.value)" }
        values["HEPHY_PROVENANCE"] = configuration.hasProvenance.map { "\($0.value)" }
        if !configuration.buildArguments.isEmpty {
            let lines = configuration.buildArguments.map { "\($0.name)=\($0.value)" }
            values["HEPHY_BUILD_ARGS"] = lines.joined(separator: "\n")
        }
        if !configuration.additionalTags.isEmpty {
            values["HEPHY_ADDITIONAL_TAGS"] = configuration.additionalTags.map(\.value.description)
                .joined(separator: "\n")
        }
    }

    /// A folder as the steps take it: the root is `.`.
    private static func path(_ path: String?) -> String? {
        path.map { $0.isEmpty ? "." : $0 }
    }
}
