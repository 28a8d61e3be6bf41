import YAML

/// One input that a workflow declares under `on.workflow_dispatch.inputs`.
package struct WorkflowInput: Sendable, Hashable {
    package enum Kind: String, Sendable {
        case string
        case boolean
        case choice
        case number
        case environment
    }

    package var name: String
    package var kind: Kind
    package var isRequired: Bool
    package var defaultValue: String?
    /// What a choice offers.
    package var options: [String]

    package init(
        name: String, kind: Kind = .string, isRequired: Bool = false, defaultValue: String? = nil,
        options: [String] = []
    ) {
        self.name = name
        self.kind = kind
        self.isRequired = isRequired
        self.defaultValue = defaultValue
        self.options = options
    }

    /// Whether GitHub takes `value` for it.
    package func takes(_ value: String) -> Bool {
        switch kind {
        case .string, .environment: true
        case .boolean: value == "true" || value == "false"
        case .choice: options.contains(value)
        case .number: Double(value) != nil
        }
    }

    /// Reads the value of `on.workflow_dispatch`.
    ///
    /// - Throws: `WorkflowProblem` when an input is no mapping, or has a type that GitHub has not.
    static func list(_ node: YAMLNode) throws -> [WorkflowInput] {
        guard let inputs = node["inputs"], !inputs.isNull else { return [] }
        guard let pairs = inputs.pairs else { throw WorkflowProblem("'inputs' is a mapping", inputs) }
        return try pairs.map { key, value in
            guard let name = key.text else { throw WorkflowProblem("an input's name is a word", key) }
            guard value.isNull || value.pairs != nil else { throw WorkflowProblem("an input is a mapping", value) }
            let word = value["type"]?.string ?? "string"
            guard let kind = Kind(rawValue: word) else {
                throw WorkflowProblem("an input has no type '\(PlainText.line(word, limit: 40))'", value)
            }
            return WorkflowInput(
                name: name, kind: kind, isRequired: value["required"]?.bool ?? false,
                defaultValue: value["default"]?.string, options: (value["options"]?.items ?? []).compactMap(\.string))
        }
    }
}

/// What of some values can be handed to a workflow.
package struct DispatchInputs: Sendable, Hashable {
    /// What can be sent.
    package var values: [String: String]
    /// Names that the workflow does not declare, in alphabetical order.
    package var undeclared: [String]
    /// Names whose value the workflow does not take, in alphabetical order.
    package var untaken: [String]
    /// Names that the workflow requires and that have neither a value nor a default.
    package var missing: [String]

    package init(
        values: [String: String] = [:], undeclared: [String] = [], untaken: [String] = [], missing: [String] = []
    ) {
        self.values = values
        self.undeclared = undeclared
        self.untaken = untaken
        self.missing = missing
    }
}

extension WorkflowFile {
    /// Keeps those of `wanted` that the workflow declares and takes, for GitHub refuses a dispatch with any other.
    package func dispatchInputs(for wanted: [String: String]) -> DispatchInputs {
        var result = DispatchInputs()
        for (name, value) in wanted.sorted(by: { $0.key < $1.key }) {
            guard let input = inputs?.first(where: { $0.name == name }) else {
                result.undeclared.append(name)
                continue
            }
            if input.takes(value) { result.values[name] = value } else { result.untaken.append(name) }
        }
        let open = (inputs ?? []).filter { $0.isRequired && $0.defaultValue == nil && result.values[$0.name] == nil }
        result.missing = open.map(\.name)
        return result
    }
}
