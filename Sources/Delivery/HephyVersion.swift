/// The version of these programs.
package enum HephyVersion {
    package static let text = "0.1.0"
}
