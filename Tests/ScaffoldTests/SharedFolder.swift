import HephyTestSupport
import Scaffold

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The `share` of this checkout.
enum SharedFolder {
    static let files = SharedFiles { bytes($0) }

    static func bytes(_ path: String) -> [UInt8]? {
        (try? Data(contentsOf: URL(filePath: "\(GitFixture.share)/\(path)"))).map(Array.init)
    }

    static func text(_ path: String) throws -> String {
        String(decoding: try Data(contentsOf: URL(filePath: "\(GitFixture.share)/\(path)")), as: UTF8.self)
    }
}
