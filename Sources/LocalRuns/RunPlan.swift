import Forge

/// What a run builds, and with what: the request, narrowed down to what this machine can do.
struct RunPlan {
    private let request: LocalRequest
    private(set) var backend: String
    private(set) var platforms: [String]
    private(set) var image: String
    private(set) var pushes: Bool
    private(set) var builder: Builder?
    /// What keeps the images of a builder that has no store of its own, where they are not pushed.
    private var store: Builder?
    /// One for each line.
    var tags = ""

    /// Nil until it is known.
    var defaultBranch: String?
    private let number: Int

    init(_ request: LocalRequest, number: Int) {
        self.request = request
        self.number = number
        backend = request.inputs["HEPHY_BACKEND"] ?? "auto"
        platforms = Self.list(request.inputs["HEPHY_PLATFORMS"])
        image = request.inputs["HEPHY_IMAGE"] ?? ""
        pushes = request.inputs["HEPHY_PUSH"] == "true"
    }

    /// What a step sees of the plan.
    func variables(_ extra: [String: String] = [:]) -> [String: String] {
        var variables = request.inputs.filter { $0.key.hasPrefix("HEPHY_") }
        variables["HEPHY_BACKEND"] = backend
        variables["HEPHY_PLATFORMS"] = platforms.joined(separator: ",")
        variables["HEPHY_IMAGE"] = image
        variables["HEPHY_PUSH"] = "\(pushes)"
        variables["HEPHY_REF"] = request.ref
        variables["HEPHY_SHA"] = request.sha
        variables["HEPHY_RUN_NUMBER"] = "\(number)"
        variables["HEPHY_DEFAULT_BRANCH"] = defaultBranch
        variables["HEPHY_TAGS"] = tags
        variables["HEPHY_BUILDER"] = (store ?? builder)?.rawValue
        return variables.merging(extra) { _, own in own }
    }

    /// Finds a program on this machine that builds for the backend.
    ///
    /// - Throws: `LocalRunsError.noBuilder` where none answers, `.noStore` where nothing would keep what it builds.
    mutating func chooseBuilder(environment: [String: String]) async throws(LocalRunsError) {
        var candidates = Builder.fitting(backend, pushes: pushes)
        if needsNativePlatform, let wanted = request.inputs["builder"].flatMap({ Builder(rawValue: $0) }) {
            candidates = [wanted]
        }
        for candidate in candidates where await candidate.answers(environment: environment) {
            builder = candidate
            if candidate == .ko, !pushes { try await chooseStore(environment: environment) }
            return
        }
        throw .noBuilder(
            backend: backend, tried: candidates.map(\.rawValue), install: Builder.installation(for: backend))
    }

    private mutating func chooseStore(environment: [String: String]) async throws(LocalRunsError) {
        for candidate in Builder.stores where await candidate.answers(environment: environment) {
            store = candidate
            return
        }
        throw .noStore(tried: Builder.stores.map(\.rawValue), install: Builder.installation(for: "buildkit"))
    }

    /// Takes what the plan step has put out.
    mutating func take(_ outputs: [String: String]) {
        backend = outputs["backend"] ?? backend
        image = outputs["image"] ?? image
        platforms = outputs["platforms"].map(Self.list) ?? platforms
        pushes = outputs["push"].map { $0 == "true" } ?? pushes
    }

    /// ko and spin compile for every platform; a Dockerfile runs programs of it.
    private var needsNativePlatform: Bool { backend != "ko" && backend != "spin" }

    var buildScript: String { needsNativePlatform ? "build-local.sh" : "build-\(backend).sh" }

    var buildStepName: String { "Build with \(builder?.rawValue ?? backend)" }

    /// A Spin application is one artifact.
    var hasIndex: Bool { backend != "spin" }

    private static func list(_ text: String?) -> [String] {
        (text ?? "").split { $0 == "," || $0 == " " || $0 == "\n" }.map(String.init)
    }
}
