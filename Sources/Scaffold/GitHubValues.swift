import BuildPlan

/// The values of the templates for GitHub.
struct GitHubValues {
    let plan: CIPlan
    let checkout: String
    let release: ReleasePins

    /// The values of a repository's own workflow.
    var ofRepository: TemplateValues {
        let platforms = plan.jobPlatforms
        var values = Self.jobs(for: platforms, password: password) { runner(for: $0) }
        values.flags.insert("own")
        if isLikeGitHub { values.flags.insert("gitea") }
        if plan.pushBranch != nil { values.flags.insert("push") }
        if plan.detectsAnew { values.flags.insert("auto") }
        let configuration = plan.configuration
        let arguments = configuration.buildArguments.map { "\($0.name)=\($0.value)" }
        values.texts.merge([
            "checkout": checkout,
            "branch": plan.pushBranch.map { YAMLScalar.quoted(Self.pattern($0)) } ?? "",
            "backend": plan.backend.rawValue,
            // Where nothing is pinned a run cannot detect: its form says what it will build with.
            "form-backend": plan.detectsAnew && !release.isEmpty ? "auto" : plan.backend.rawValue,
            "run-backend": plan.detectsAnew ? "auto" : plan.backend.rawValue,
            "release": YAMLScalar.quoted(release.text),
            "platforms": plan.platforms.map(\.description).joined(separator: ","),
            "image": image,
            "context": YAMLScalar.quoted(configuration.context?.value ?? ""),
            "dockerfile": YAMLScalar.quoted(configuration.dockerfile?.value ?? ""),
            "build-args": YAMLScalar.quoted(arguments.joined(separator: "\n")),
            "ko-main": YAMLScalar.quoted(configuration.ko.main?.value ?? plan.koMain ?? ""),
            "spin-manifest": YAMLScalar.quoted(configuration.spin.manifest?.value ?? ""),
            "additional-tags": YAMLScalar.quoted(
                configuration.additionalTags.map(\.value.description).joined(separator: ",")),
            "config-sha256": plan.configurationDigest ?? "none",
            "component": plan.component ?? "",
            "runner": defaultRunner,
            "runners": YAMLScalar.quoted(runnersJSON),
            "cache": String(configuration.keepsCache?.value ?? true),
            "sbom": String(configuration.hasSBOM?.value ?? true),
            "provenance": String(configuration.hasProvenance?.value ?? true),
            "kaniko-image": configuration.kaniko.image.map { YAMLScalar.quoted($0.value) }
                ?? "${{ vars.HEPHY_KANIKO_IMAGE }}",
            "user": user,
        ]) { _, own in own }
        return values
    }

    /// The values of the reusable workflow.
    static func reusable(
        for platforms: [Platform], checkout: String, release: ReleasePins
    ) -> TemplateValues {
        let image = "startsWith(needs.plan.outputs.image, 'ghcr.io/')"
        let token = "\(image) && github.server_url == 'https://github.com' && github.token"
        var values = jobs(for: platforms, password: "secrets.HEPHY_REGISTRY_PASSWORD || \(token)") { platform in
            let key = YAMLScalar.expressionString(platform.description)
            let named = "fromJSON(inputs.runners || '{}')[\(key)] || fromJSON(inputs.runners || '{}')['default']"
            return "${{ \(named) || \(platform == .linuxARM64 ? armRunner : "'\(defaultRunner)'") }}"
        }
        values.texts["checkout"] = checkout
        values.texts["release"] = YAMLScalar.quoted(release.text)
        values.texts["runner"] = "${{ fromJSON(inputs.runners || '{}')['default'] || '\(defaultRunner)' }}"
        values.texts["user"] = withoutPullRequests(
            "(vars.HEPHY_REGISTRY_USER || \(image) && github.actor)")
        return values
    }

    /// Whether this is not GitHub itself: nothing of GitHub's own stands in the file.
    private var isLikeGitHub: Bool { plan.platform != .github }

    private static let defaultRunner = "ubuntu-latest"
    /// The label that a Forgejo runner has by its own documentation.
    private static let forgejoRunner = "docker"
    /// GitHub's own machines with ARM processors serve public repositories of github.com.
    private static let armRunner = """
        github.server_url == 'https://github.com' && !github.event.repository.private && 'ubuntu-24.04-arm' \
        || '\(defaultRunner)'
        """

    /// One job for each platform, and what is known of them together.
    private static func jobs(
        for platforms: [Platform], password: String, runner: (Platform) -> String
    ) -> TemplateValues {
        var values = TemplateValues()
        let jobs = platforms.map { platform in
            let isSpin = platform == .wasm
            let builders = isSpin ? [Backend.spin] : [.kaniko, .buildkit, .ko]
            var job = TemplateValues(
                texts: [
                    "id": jobID(platform), "platform": platform.description, "runner": runner(platform),
                    "native": nativeArchitecture(of: platform),
                ],
                flags: isSpin ? ["spin"] : nativeArchitecture(of: platform) == "X64" ? [] : ["emulated"])
            job.lists["builder"] = builders.map { builder in
                TemplateValues(
                    texts: ["builder": builder.rawValue, "step": isSpin ? "build" : builder.rawValue],
                    flags: isSpin ? [] : ["conditional"])
            }
            return job
        }
        let containers = platforms.filter { $0 != .wasm }
        values.lists["job"] = jobs
        values.lists["linuxjob"] = jobs.filter { !$0.flags.contains("spin") }
        if !containers.isEmpty { values.flags.insert("index") }
        values.texts["needs"] = (["plan"] + containers.map(jobID)).joined(separator: ", ")
        values.texts["job-platforms"] = platforms.map(\.description).joined(separator: ",")
        values.texts["password"] = withoutPullRequests("(\(password))")
        return values
    }

    /// What a run for a pull request does not get to see.
    private static func withoutPullRequests(_ expression: String) -> String {
        "${{ github.event_name != 'pull_request' && \(expression) || '' }}"
    }

    private static func jobID(_ platform: Platform) -> String {
        "build-" + platform.description.map { $0 == "/" ? "-" : String($0) }.joined()
    }

    /// The value of `runner.arch` on machines that run the platform's programs themselves; `none` where it is not told.
    private static func nativeArchitecture(of platform: Platform) -> String {
        switch (platform.architecture, platform.variant) {
        case ("amd64", nil), ("386", _): "X64"
        case ("arm64", nil): "ARM64"
        default: "none"
        }
    }

    private func runner(for platform: Platform) -> String {
        if let labels = plan.configuration.runners[platform], !labels.isEmpty { return YAMLScalar.list(labels) }
        if !plan.configuration.defaultRunner.isEmpty || isLikeGitHub { return defaultRunner }
        return platform == .linuxARM64 ? "${{ \(Self.armRunner) }}" : Self.defaultRunner
    }

    private var defaultRunner: String {
        let labels = plan.configuration.defaultRunner
        guard labels.isEmpty else { return YAMLScalar.list(labels) }
        return plan.platform == .forgejo ? Self.forgejoRunner : Self.defaultRunner
    }

    /// Labels by platform, as the reusable workflow takes them; a label has no character that JSON would escape.
    private var runnersJSON: String {
        var named = plan.configuration.runners.map { ($0.key.description, $0.value) }.sorted { $0.0 < $1.0 }
        named.append(("default", plan.configuration.defaultRunner))
        let members = named.filter { !$0.1.isEmpty }.map { name, labels in
            let list = labels.map { "\"\($0)\"" }.joined(separator: ",")
            return "\"\(name)\":\(labels.count == 1 ? list : "[\(list)]")"
        }
        return "{\(members.joined(separator: ","))}"
    }

    private var image: String {
        if let image = plan.configuration.image { return YAMLScalar.quoted(image.value.description) }
        if let host = plan.host, host != "github.com" || isLikeGitHub, let repository = plan.repository,
            case .name(let name)? = ImageName.standard(
                on: plan.platform, host: host, owner: repository.owner, repository: repository.name)
        {
            return YAMLScalar.quoted(name.description)
        }
        // The server's own address tells its registry.
        if isLikeGitHub { return "\"\"" }
        // Forks and renamed repositories have images of their own names.
        return "${{ format('ghcr.io/{0}', github.repository) }}"
    }

    /// Whether the image goes to the registry that the forge's own token is for, and on which server that is so.
    private var ownServer: String? {
        let name = plan.configuration.image?.value.description
        if isLikeGitHub {
            guard let host = plan.host, name?.hasPrefix("\(host)/") ?? true else { return nil }
            return "\(plan.isPlain ? "http" : "https")://\(host)"
        }
        if let host = plan.host, host != "github.com" {
            return name?.hasPrefix("containers.\(host)/") ?? true ? "https://\(host)" : nil
        }
        return name?.hasPrefix("ghcr.io/") ?? true ? "https://github.com" : nil
    }

    /// Whether the image goes to the registry of a server that only the run knows.
    private var isWithoutServer: Bool {
        isLikeGitHub && plan.host == nil && plan.configuration.image == nil
    }

    private var password: String {
        if isWithoutServer { return "secrets.HEPHY_REGISTRY_PASSWORD || github.token" }
        let own = ownServer.map {
            " || github.server_url == \(YAMLScalar.expressionString($0)) && github.token"
        }
        return "secrets.HEPHY_REGISTRY_PASSWORD" + (own ?? "")
    }

    private var user: String {
        let isOwn = ownServer != nil || isWithoutServer
        return Self.withoutPullRequests("(vars.HEPHY_REGISTRY_USER\(isOwn ? " || github.actor" : ""))")
    }

    /// A branch's name as a pattern that matches it alone; git's names hold no other special characters.
    private static func pattern(_ branch: String) -> String {
        let escaped = branch.map { $0 == "+" ? "\\+" : String($0) }.joined()
        return escaped.hasPrefix("!") ? "\\" + escaped : escaped
    }
}
