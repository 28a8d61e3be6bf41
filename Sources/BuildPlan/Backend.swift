/// What builds the image.
package enum Backend: String, Sendable, Hashable, CaseIterable {
    case kaniko
    case buildkit
    case ko
    case spin
}
