import BuildPlan

/// The values of the templates for GitLab.
struct GitLabValues {
    let plan: CIPlan
    let form: GitLabPipeline.Form
    let release: ReleasePins

    var values: TemplateValues {
        var values = Self.jobs(for: plan.jobPlatforms, sources: inputs + ["HEPHY_"], prefix: prefix) { tags(for: $0) }
        values.flags.insert(form == .main ? "own" : "attached")
        if plan.pushBranch != nil { values.flags.insert("push") }
        if plan.detectsAnew {
            values.flags.insert("auto")
            values.lists["pin"] = Self.pins(release)
        }
        switch form {
        case .main: values.texts["stage"] = "build"
        case .attached(let stage, _): values.texts["stage"] = YAMLScalar.quoted(stage)
        }
        for stage in ["plan", "build", "index"] {
            values.texts["stage-\(stage)"] = form == .main ? stage : values.texts["stage"]
        }
        values.lists["baserule"] = baseRules.map { TemplateValues(texts: ["if": $0]) }
        values.texts.merge(plan.component == nil ? settings : callerSettings) { _, own in own }
        if plan.configuration.image != nil { values.flags.insert("image") }
        if plan.configuration.kaniko.image != nil { values.flags.insert("kaniko-image") }
        let lines = Self.shellLines(of: arguments.joined(separator: "\n"))
        values.lists["argument"] = Self.assignment(of: lines, to: "HEPHY_BUILD_ARGS")
        return values
    }

    /// The values of the file that others include.
    static func shared(for platforms: [Platform], release: ReleasePins) -> TemplateValues {
        var values = jobs(
            for: platforms, sources: ["HEPHY_INPUT_", "HEPHY_"], prefix: sharedPrefix, isShared: true
        ) { _ in [] }
        values.flags.formUnion(["shared", "auto"])
        values.lists["pin"] = pins(release)
        values.texts.merge([
            "stage-plan": "$[[ inputs.stage ]]", "stage-build": "$[[ inputs.stage ]]",
            "stage-index": "$[[ inputs.stage ]]",
        ]) { _, own in own }
        values.lists["baserule"] = [TemplateValues(texts: ["if": ownMergeRequest])]
        return values
    }

    /// Jobs of a file that is included have names that those of the repository do not have.
    private static let sharedPrefix = "hephy "
    /// A merge request between branches of the project, whose source branch has pipelines of its own.
    private static let ownMergeRequest = """
        $CI_PIPELINE_SOURCE == "merge_request_event" && $CI_MERGE_REQUEST_SOURCE_PROJECT_ID == $CI_PROJECT_ID
        """

    private var prefix: String { form == .main && plan.component == nil ? "" : Self.sharedPrefix }

    /// Only the main file's inputs reach a pipeline.
    private var inputs: [String] { form == .main ? ["HEPHY_INPUT_"] : [] }

    /// What keeps all jobs out of a pipeline; in `.gitlab-ci.yml` the rules of the whole pipeline do.
    private var baseRules: [String] {
        guard case .attached(_, let inMergeRequests) = form else { return [] }
        var rules = inMergeRequests ? [] : [Self.ownMergeRequest]
        if plan.pushBranch == nil {
            rules.append(#"$CI_PIPELINE_SOURCE == "push" || $CI_PIPELINE_SOURCE == "merge_request_event""#)
        }
        return rules
    }

    /// A text that the caller cannot hold, since GitLab would take a part of it for one of its inputs; nil for none.
    var interpolatedText: String? {
        plan.component == nil ? nil : (Array(texts.values) + arguments).first { $0.contains("$[[") }
    }

    private var arguments: [String] { plan.configuration.buildArguments.map { "\($0.name)=\($0.value)" } }

    /// What both files have written into them.
    private var common: [String: String] {
        [
            "backend": plan.backend.rawValue,
            "run-backend": plan.detectsAnew ? "auto" : plan.backend.rawValue,
            "platforms": plan.platforms.map(\.description).joined(separator: ","),
            "cache": String(plan.configuration.keepsCache?.value ?? true),
            "sbom": String(plan.configuration.hasSBOM?.value ?? true),
            "provenance": String(plan.configuration.hasProvenance?.value ?? true),
            "config-sha256": plan.configurationDigest ?? "none",
        ]
    }

    private var texts: [String: String] {
        let configuration = plan.configuration
        return [
            "image": configuration.image?.value.description ?? "",
            "context": configuration.context?.value ?? "",
            "dockerfile": configuration.dockerfile?.value ?? "",
            "ko-main": configuration.ko.main?.value ?? plan.koMain ?? "",
            "spin-manifest": configuration.spin.manifest?.value ?? "",
            "additional-tags": configuration.additionalTags.map(\.value.description).joined(separator: ","),
            "kaniko-image": configuration.kaniko.image?.value ?? "",
        ]
    }

    /// As words of a shell script.
    private var settings: [String: String] {
        texts.mapValues { Self.shellLines(of: $0).joined() }.merging(common) { own, _ in own }
    }

    /// As scalars of YAML.
    private var callerSettings: [String: String] {
        var settings = texts
        settings["build-args"] = arguments.joined(separator: "\n")
        settings["component"] = plan.component
        return settings.mapValues(Self.scalar).merging(common) { own, _ in own }
    }

    // MARK: Jobs

    /// One job for each platform, and what is known of them together.
    ///
    /// `sources` are the prefixes of the variables that may name backend and platforms, those that win first.
    private static func jobs(
        for platforms: [Platform], sources: [String], prefix: String, isShared: Bool = false,
        tags: (Platform) -> [String]
    ) -> TemplateValues {
        var values = TemplateValues(texts: ["prefix": prefix])
        let jobs = platforms.map { platform in
            let named = tags(platform)
            var job = TemplateValues(
                texts: ["platform": platform.description, "tags": "[\(named.map(scalar).joined(separator: ", "))]"],
                flags: named.isEmpty ? [] : ["tags"])
            job.lists["rule"] = rules(for: platform, sources).map { TemplateValues(texts: ["if": $0]) }
            if isShared, platform != .linuxAMD64, platform != .linuxARM64 {
                job.flags.insert("seldom")
                let names = ["HEPHY_INPUT_", "HEPHY_", "HEPHY_INPUT_DEFAULT_"]
                job.texts["wanted"] = names.map {
                    platform == .wasm ? "$\($0)BACKEND == \"spin\"" : "$\($0)PLATFORMS"
                }.joined(separator: " || ")
            }
            return job
        }
        let containers = platforms.filter { $0 != .wasm }
        let builders: [Backend] =
            (containers.isEmpty ? [] : [.kaniko, .buildkit, .ko]) + (containers.count < platforms.count ? [.spin] : [])
        values.lists["job"] = jobs
        values.lists["linuxjob"] = zip(platforms, jobs).filter { $0.0 != .wasm }.map(\.1)
        values.lists["runnerjob"] = jobs.filter { $0.flags.contains("tags") }
        values.lists["builder"] = builders.map { TemplateValues(texts: ["builder": $0.rawValue]) }
        if !containers.isEmpty { values.flags.insert("index") }
        values.texts["job-platforms"] = platforms.map(\.description).joined(separator: ",")
        return values
    }

    /// When a platform's job is not needed, as far as that is known when the pipeline is made.
    private static func rules(for platform: Platform, _ sources: [String]) -> [String] {
        var rules: [String] = []
        for (index, source) in sources.enumerated() {
            func isEmpty(_ kind: String) -> String {
                sources[..<index].map { "$\($0)\(kind) == \"\" && " }.joined()
            }
            let backend = "$\(source)BACKEND"
            if platform == .wasm {
                rules.append("\(isEmpty("BACKEND"))\(backend) && \(backend) !~ /^(spin|auto)$/")
            } else {
                rules.append("\(isEmpty("BACKEND"))\(backend) == \"spin\"")
                let platforms = "$\(source)PLATFORMS"
                rules.append("\(isEmpty("PLATFORMS"))\(platforms) && \(platforms) !~ /\(pattern(of: platform))/")
            }
        }
        return rules
    }

    /// Matches every spelling of the platform in a list.
    private static func pattern(of platform: Platform) -> String {
        let spellings = Platform.spellings.filter { Platform($0) == platform }
        let pattern = spellings.map { $0.split(separator: "/").joined(separator: "\\/") }.joined(separator: "|")
        return "(^|[, ])(\(pattern))([, ]|$)"
    }

    private func tags(for platform: Platform) -> [String] {
        plan.configuration.runners[platform] ?? plan.configuration.defaultRunner
    }

    // MARK: Texts

    private static func scalar(_ text: String) -> String { YAMLScalar.plainlyQuoted(text) }

    private static func pins(_ release: ReleasePins) -> [TemplateValues] {
        assignment(of: shellLines(of: release.text), to: "HEPHY_RELEASE")
    }

    /// The lines of a script that give a variable a value of several lines.
    private static func assignment(of lines: [String], to variable: String) -> [TemplateValues] {
        lines.enumerated().map { index, line in
            TemplateValues(texts: ["assignment": index == 0 ? "\(variable)=\(line)" : line])
        }
    }

    /// The lines of a text as one word of a shell's command, in which nothing is an interpolation of GitLab's.
    private static func shellLines(of text: String) -> [String] {
        var word = "'"
        for scalar in text.unicodeScalars {
            switch scalar {
            case "'": word += #"'\''"#
            case "$": word += "$''"
            default: word.unicodeScalars.append(scalar)
            }
        }
        return (word + "'").split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }
}
