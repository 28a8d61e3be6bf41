import HTTP

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// One exchange with a forge, from `Fixtures/<product>/<version>/<name>.json`.
struct Fixture: Decodable {
    var request: String
    var status: Int
    var headers: [String: String]
    var body: JSONValue

    static func load(_ name: String, product: String = "github", version: String = "2026-03-10") throws -> Fixture {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures")
        let file = folder.appending(path: "\(product)/\(version)/\(name).json")
        return try JSONDecoder().decode(Fixture.self, from: Data(contentsOf: file))
    }

    /// The exchange as an answer of `origin`, which stands before the path in `request`.
    func answer(from origin: String = "https://api.github.com") throws -> ScriptedTransport.Answer {
        let parts = request.split(separator: " ", maxSplits: 1)
        let bytes = try [UInt8](JSONEncoder().encode(body))
        return ScriptedTransport.Answer(
            "\(parts[0]) \(origin)\(parts[1])", status, headers: headers.map { (name: $0.key, value: $0.value) },
            bytes: bytes)
    }
}

/// Any JSON value, to be sent as it was read.
enum JSONValue: Codable, Hashable {
    case null
    case bool(Bool)
    case integer(Int64)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])

    init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        if value.decodeNil() {
            self = .null
        } else if let bool = try? value.decode(Bool.self) {
            self = .bool(bool)
        } else if let integer = try? value.decode(Int64.self) {
            self = .integer(integer)
        } else if let string = try? value.decode(String.self) {
            self = .string(string)
        } else if let array = try? value.decode([JSONValue].self) {
            self = .array(array)
        } else {
            self = .object(try value.decode([String: JSONValue].self))
        }
    }

    func encode(to encoder: any Encoder) throws {
        var value = encoder.singleValueContainer()
        switch self {
        case .null: try value.encodeNil()
        case .bool(let bool): try value.encode(bool)
        case .integer(let integer): try value.encode(integer)
        case .string(let string): try value.encode(string)
        case .array(let array): try value.encode(array)
        case .object(let object): try value.encode(object)
        }
    }
}
