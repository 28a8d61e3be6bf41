package import BuildPlan

/// The text of a first configuration file.
package struct ConfigurationDraft: Sendable {
    package var backend: Backend
    /// Why it is this backend, in one printable line.
    package var reason: String
    package var platforms: [Platform]
    /// What the image is called unless the file says otherwise; nil where that is not known.
    package var image: String?

    package init(backend: Backend, reason: String, platforms: [Platform], image: String? = nil) {
        self.backend = backend
        self.reason = reason
        self.platforms = platforms
        self.image = image
    }

    /// The file, which `BuildConfiguration.parse` takes.
    package var text: String {
        let reasons = Self.wrapped("\(backend.rawValue): \(reason)").map { "# \($0)" }.joined(separator: "\n")
        return """
            ---
            # How hephy builds this repository. Every key may be left out. After a change:
            # `hephy check` finds mistakes, `hephy sync` renders the CI files again.
            version: 1

            # kaniko, buildkit, ko or spin; auto: what the files of each commit ask for.
            \(reasons)
            build_backend: \(backend.rawValue)

            platforms:
            \(platforms.map { "  - \($0)" }.joined(separator: "\n"))

            # The image's name without a tag.
            # image: \(image ?? "registry.example.com/team/app")

            # Tags beside the branch's or tag's own name, sha-1a2b3c4 and latest.
            # additional_tags:
            #   - stable
            #   - ${GITHUB_REF_NAME}-${GITHUB_RUN_NUMBER}
            \(keysOfBackend)
            """
    }

    private var keysOfBackend: String {
        switch backend {
        case .kaniko, .buildkit:
            """

            # The directory that the build sees, the Dockerfile, and build arguments.
            # They stay in the image's history: no secrets.
            # context: .
            # dockerfile: Dockerfile
            # build_args:
            #   VERSION: "1.2"

            """
        case .ko:
            """

            # The directory of the main package, where the module has several.
            # ko:
            #   main: ./cmd/app

            """
        case .spin:
            """

            # The application's manifest.
            # spin:
            #   manifest: spin.toml

            """
        }
    }

    /// Lines of at most 76 characters, broken at spaces.
    private static func wrapped(_ text: String) -> [String] {
        var lines: [String] = []
        for word in text.split(separator: " ") {
            if let last = lines.last, last.count + word.count < 76 {
                lines[lines.count - 1] = "\(last) \(word)"
            } else {
                lines.append(String(word))
            }
        }
        return lines
    }
}
