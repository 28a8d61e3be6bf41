/// Looks at what builds on this machine, where a remote of the repository wants that.
struct BuilderExamination {
    let builders: [Doctor.Builder]
    /// What `hephy.local.builder` names.
    let named: String?
    /// Whether pushes build here.
    var isNeeded = false
    /// The backend that the commit asks for; nil where it is not known.
    var backend: String?

    func symptoms() -> [Symptom.OfMachine] {
        let answering = builders.filter(\.answers)
        var symptoms: [Symptom.OfMachine] = answering.isEmpty ? [] : [.builders(names: answering.map(\.name))]
        let images = builders.filter { $0.backend == nil }
        let isForImages = !builders.contains { $0.backend == backend && backend != nil }
        if let named, !images.contains(where: { $0.name == named && $0.answers }) {
            let installation = images.first { $0.name == named }?.installation ?? ""
            symptoms.append(
                .namedBuilderMissing(name: named, installation: installation, isNeeded: isNeeded && isForImages))
        } else if !images.contains(where: \.answers), let first = images.first {
            symptoms.append(
                .noBuilder(of: "images", installation: first.installation, isNeeded: isNeeded && isForImages))
        }
        for builder in builders where !builder.answers {
            guard let own = builder.backend else { continue }
            symptoms.append(
                .noBuilder(of: own, installation: builder.installation, isNeeded: isNeeded && own == backend))
        }
        return symptoms
    }
}
