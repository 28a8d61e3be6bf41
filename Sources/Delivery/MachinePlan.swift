import BuildPlan
import Forge

extension BuildPlan {
    /// The plan for a run on this machine, without the platforms that nobody has named and that it cannot run.
    ///
    /// A Dockerfile's `RUN` takes programs of the platform; ko and Spin compile for any.
    var onThisMachine: BuildPlan {
        guard settings.platforms.value.isEmpty, detection.backend == .kaniko || detection.backend == .buildkit,
            var selection = platforms
        else { return self }
        let own = MachinePlatforms.own
        for platform in selection.kept where !MachinePlatforms.runs(platform.description) {
            selection.skipped.append(.init(platform: platform, reason: "this machine is \(own)"))
        }
        selection.kept.removeAll { !MachinePlatforms.runs($0.description) }
        if selection.kept.isEmpty, let platform = Platform(own) { selection.kept = [platform] }
        var plan = self
        plan.platforms = selection
        return plan
    }
}
