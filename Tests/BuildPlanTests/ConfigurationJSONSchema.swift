import YAML

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A JSON value, read from the schema or made from YAML as editors make it.
enum JSONValue: Decodable, Hashable {
    case null
    case bool(Bool)
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let bool = try? container.decode(Bool.self) {
            self = .bool(bool)
        } else if let number = try? container.decode(Double.self) {
            self = .number(number)
        } else if let string = try? container.decode(String.self) {
            self = .string(string)
        } else if let array = try? container.decode([JSONValue].self) {
            self = .array(array)
        } else {
            self = .object(try container.decode([String: JSONValue].self))
        }
    }

    init(_ node: YAMLNode) {
        switch node.content {
        case .scalar(let text, _):
            switch node.kind {
            case "nothing": self = .null
            case "a boolean": self = .bool(node.bool == true)
            case "a number": self = .number(Double(text) ?? node.integer.map(Double.init) ?? .nan)
            default: self = .string(text)
            }
        case .sequence(let items): self = .array(items.map(JSONValue.init))
        case .mapping(let pairs):
            self = .object(Dictionary(uniqueKeysWithValues: pairs.map { ($0.key.text ?? "", JSONValue($0.value)) }))
        }
    }

    subscript(key: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members[key]
    }

    var object: [String: JSONValue] {
        guard case .object(let members) = self else { return [:] }
        return members
    }

    var strings: [String] {
        guard case .array(let items) = self else { return [] }
        return items.compactMap { if case .string(let text) = $0 { text } else { nil } }
    }

    /// What `type` of the schema calls it.
    var typeName: String {
        switch self {
        case .null: "null"
        case .bool: "boolean"
        case .number: "number"
        case .string: "string"
        case .array: "array"
        case .object: "object"
        }
    }
}

/// The part of draft-07 that the schema uses; any other keyword throws, so that none is silently without effect.
struct ConfigurationJSONSchema {
    struct UnknownKeyword: Error {
        var keyword: String
    }

    let root: JSONValue

    /// Reads the schema of this checkout.
    static func ofCheckout() throws -> ConfigurationJSONSchema {
        let checkout = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let data = try Data(contentsOf: checkout.appending(path: "share/schema/build-config.schema.json"))
        return ConfigurationJSONSchema(root: try JSONDecoder().decode(JSONValue.self, from: data))
    }

    func accepts(_ value: JSONValue) throws -> Bool {
        try accepts(value, root)
    }

    private func accepts(_ value: JSONValue, _ schema: JSONValue) throws -> Bool {
        if case .bool(let verdict) = schema { return verdict }
        if case .string(let reference) = schema["$ref"] {
            let name = String(reference.split(separator: "/").last ?? "")
            return try accepts(value, root["definitions"]?[name] ?? .bool(false))
        }
        for (keyword, argument) in schema.object {
            guard try holds(keyword, argument, for: value, in: schema) else { return false }
        }
        return true
    }

    private func holds(_ keyword: String, _ argument: JSONValue, for value: JSONValue, in schema: JSONValue) throws
        -> Bool
    {
        switch (keyword, value) {
        case ("$schema", _), ("title", _), ("description", _), ("definitions", _), ("then", _): return true
        case ("type", _):
            if case .string(let name) = argument { return value.typeName == name }
            return argument.strings.contains(value.typeName)
        case ("enum", _):
            guard case .array(let allowed) = argument else { return false }
            return allowed.contains(value)
        case ("const", _): return value == argument
        case ("allOf", _):
            guard case .array(let parts) = argument else { return false }
            return try parts.allSatisfy { try accepts(value, $0) }
        case ("if", _):
            return try !accepts(value, argument) || accepts(value, schema["then"] ?? .bool(true))
        case ("pattern", .string(let text)):
            guard case .string(let pattern) = argument else { return false }
            return try Regex(pattern).matchingSemantics(.unicodeScalar).firstMatch(in: text) != nil
        case ("maxLength", .string(let text)): return argument >= Double(text.unicodeScalars.count)
        case ("minimum", .number(let number)): return !(argument >= number) || argument == value
        case ("items", .array(let items)): return try items.allSatisfy { try accepts($0, argument) }
        case ("required", .object(let members)): return argument.strings.allSatisfy { members[$0] != nil }
        case ("properties", .object(let members)):
            return try argument.object.allSatisfy { name, part in
                try members[name].map { try accepts($0, part) } ?? true
            }
        case ("additionalProperties", .object(let members)):
            let known = schema["properties"]?.object ?? [:]
            return try members.allSatisfy { name, member in try known[name] != nil || accepts(member, argument) }
        case ("propertyNames", .object(let members)):
            return try members.keys.allSatisfy { try accepts(.string($0), argument) }
        case ("pattern", _), ("maxLength", _), ("minimum", _), ("items", _), ("required", _), ("properties", _),
            ("additionalProperties", _), ("propertyNames", _):
            return true
        default: throw UnknownKeyword(keyword: keyword)
        }
    }
}

private func >= (limit: JSONValue, number: Double) -> Bool {
    guard case .number(let limit) = limit else { return false }
    return limit >= number
}
