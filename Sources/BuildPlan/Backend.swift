/// What builds the image.
package enum Backend: String, Sendable, Hashable, CaseIterable, Encodable {
    case kaniko
    case buildkit
    case ko
    case spin
}
