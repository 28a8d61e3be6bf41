import YAML

extension ConfigurationReader {
    mutating func deploy(_ node: YAMLNode) -> Marked<DeployTarget>? {
        let entries = entries(of: node, as: ConfigurationKey.Deploy.self, in: "deploy")
        guard node.pairs != nil else { return nil }
        guard let target = entries.first(where: { $0.key == .target }) else {
            report.error("'deploy' has no 'target'", at: node.mark, suggestion: "target: kubernetes")
            return nil
        }
        guard let name = text(target.value, "deploy.target") else { return nil }
        guard let target = ConfigurationKey.Target(rawValue: name) else {
            let allowed = ConfigurationKey.Target.allCases.map(\.rawValue)
            refuse(PrintableText.quoted(name), at: target.value.mark, as: "deploy target", among: allowed)
            return nil
        }
        var values: [ConfigurationKey.Deploy: String] = [:]
        for (key, mark, value) in entries where key != .target {
            if target.keys.contains(key) {
                values[key] = deployValue(value, key)
            } else {
                report.error("'deploy.\(key.rawValue)' has no meaning for the target '\(name)'", at: mark)
            }
        }
        return Marked(Self.deployTarget(target, values), at: node.mark)
    }

    private static func deployTarget(
        _ target: ConfigurationKey.Target, _ values: [ConfigurationKey.Deploy: String]
    ) -> DeployTarget {
        switch target {
        case .none: .nowhere
        case .kubernetes:
            .kubernetes(
                KubernetesTarget(
                    namespace: values[.namespace], deployment: values[.deployment], container: values[.container],
                    manifest: values[.manifest]))
        case .spinkube: .spinkube(SpinKubeTarget(namespace: values[.namespace], name: values[.name]))
        case .hephyWorkflow: .hephyWorkflow(HephyWorkflowTarget(app: values[.app], controller: values[.controller]))
        }
    }

    private mutating func deployValue(_ node: YAMLNode, _ key: ConfigurationKey.Deploy) -> String? {
        let name = "deploy.\(key.rawValue)"
        switch key {
        case .target:
            return nil
        case .manifest:
            return path(node, name, mayBeRoot: true)?.value
        case .controller:
            guard let text = text(node, name) else { return nil }
            if Self.isWebAddress(text) { return text }
            report.error("'\(name)' takes an http or https URL without a password", at: node.mark)
            return nil
        case .namespace, .deployment, .container, .name, .app:
            guard let text = text(node, name) else { return nil }
            // Only a Deployment and a SpinApp may have dots: their names are DNS subdomains, the others labels.
            let mayHaveDots = key == .deployment || key == .name
            if Self.isLabel(text, mayHaveDots: mayHaveDots) { return text }
            let dot = mayHaveDots ? ", '.'" : ""
            report.error(
                "'\(name)' takes lower-case letters, digits, '-'\(dot), and begins and ends with a letter or digit",
                at: node.mark)
            return nil
        }
    }

    /// A DNS label of RFC 1123, or, with dots, a subdomain.
    private static func isLabel(_ text: String, mayHaveDots: Bool) -> Bool {
        guard text.utf8.count <= (mayHaveDots ? 253 : 63) else { return false }
        let labels = mayHaveDots ? text.split(separator: ".", omittingEmptySubsequences: false) : [text[...]]
        return labels.allSatisfy { label in
            guard let first = label.utf8.first, let last = label.utf8.last else { return false }
            return first != UInt8(ascii: "-") && last != UInt8(ascii: "-")
                && label.unicodeScalars.allSatisfy { ("a"..."z").contains($0) || ("0"..."9").contains($0) || $0 == "-" }
        }
    }

    private static func isWebAddress(_ text: String) -> Bool {
        guard let scheme = ["https://", "http://"].first(where: { text.hasPrefix($0) }) else { return false }
        let host = text.dropFirst(scheme.count).prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        return !host.isEmpty && !host.contains("@") && !text.unicodeScalars.contains { $0.properties.isWhitespace }
    }
}
