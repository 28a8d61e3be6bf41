/// A manifest or an index as a registry keeps it.
package struct Manifest: Decodable, Sendable {
    package struct Descriptor: Decodable, Sendable {
        package struct Platform: Decodable, Sendable {
            package var os: String
            package var architecture: String
            package var variant: String?
        }
        package var mediaType: String
        package var digest: String
        package var platform: Platform?
        package var annotations: [String: String]?

        package var platformName: String? {
            platform.map { [$0.os, $0.architecture, $0.variant].compactMap { $0 }.joined(separator: "/") }
        }
    }
    package var mediaType: String?
    package var manifests: [Descriptor]?
    package var config: Descriptor?
    package var annotations: [String: String]?

    package static let ociIndex = "application/vnd.oci.image.index.v1+json"
}
