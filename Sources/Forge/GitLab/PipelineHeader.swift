import YAML

/// What `.gitlab-ci.yml` says before any job: its inputs, and whether its rules leave pushes out.
///
/// Inputs stand under `spec: inputs:` in a first document of its own, ended by `---` (docs.gitlab.com/ci/inputs); only those
/// of the main file count for a pipeline.
struct PipelineHeader {
    /// In the file's order; empty where the file has no such header, or none that can be read.
    private(set) var inputs: [WorkflowInput] = []
    /// Whether `workflow: rules` let no push make a pipeline, whatever else they say.
    private(set) var leavesOutPushes = false

    init(_ file: [UInt8]) {
        let header = Self.firstDocument(of: file)
        leavesOutPushes = Self.leavesOutPushes(file[(header?.count ?? 0)...])
        guard let header, let root = try? YAMLNode.parse(header),
            let pairs = root["spec"]?["inputs"]?.pairs
        else { return }
        inputs = pairs.compactMap { key, value in
            guard let name = key.text else { return nil }
            let options = (value["options"]?.items ?? []).compactMap(\.string)
            let kind: WorkflowInput.Kind
            switch value["type"]?.string ?? "string" {
            case "string": kind = options.isEmpty ? .string : .choice
            case "boolean": kind = .boolean
            case "number": kind = .number
            // An array is nothing that a word can be given for.
            default: return nil
            }
            return WorkflowInput(
                name: name, kind: kind, isRequired: value["default"] == nil, defaultValue: value["default"]?.string,
                options: options)
        }
    }

    /// Reads the document with the jobs; a file that cannot be read leaves nothing out.
    private static func leavesOutPushes(_ body: ArraySlice<UInt8>) -> Bool {
        guard let root = try? YAMLNode.parse(Array(body)), let rules = root["workflow"]?["rules"]?.items else {
            return false
        }
        for rule in rules {
            let isNever = rule["when"]?.string == "never"
            let terms = (rule["if"]?.string ?? "").split(separator: "||").map { $0.split(separator: " ") }
            if terms.contains(["$CI_PIPELINE_SOURCE", "==", "\"push\""]) { return isNever }
            // What a rule before it lets through may be a push.
            guard isNever else { return false }
        }
        return false
    }

    /// What stands before the line `---` that ends the header; nil where the file has one document alone.
    private static func firstDocument(of file: [UInt8]) -> [UInt8]? {
        var hasContent = false
        var start = file.startIndex
        while start < file.endIndex {
            let end = file[start...].firstIndex(of: UInt8(ascii: "\n")) ?? file.endIndex
            let line = file[start..<end]
            if line.starts(with: "---".utf8), line.dropFirst(3).allSatisfy({ $0 == 0x20 || $0 == 0x0d || $0 == 0x09 }) {
                if hasContent { return Array(file[..<start]) }
            } else if let first = line.first(where: { $0 != 0x20 && $0 != 0x09 && $0 != 0x0d }) {
                hasContent = hasContent || first != UInt8(ascii: "#")
            }
            start = end == file.endIndex ? end : end + 1
        }
        return nil
    }
}
