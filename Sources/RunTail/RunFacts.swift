import Forge

/// What a run of ours made, as its steps say it on lines of their own in the log: `hephy: image=IMAGE:TAG@DIGEST` and
/// `hephy: deployed=TARGET` (docs/steps.md).
struct RunFacts: Hashable, Sendable {
    private(set) var image: String?
    private(set) var deployed: String?

    private static let lead = "hephy: "
    /// A name of 255 characters, a tag of 128 and a digest.
    private static let longest = 512

    /// Takes note of a line that states a fact; a later one counts more than an earlier one.
    mutating func take(_ line: LogLine) {
        let text = line.text
        guard text.hasPrefix(Self.lead), text.utf8.count <= Self.longest else { return }
        let fact = text.dropFirst(Self.lead.count).split(separator: "=", maxSplits: 1)
        // Nothing that belongs there holds a blank, a control character or anything beyond ASCII.
        guard fact.count == 2, fact[1].utf8.allSatisfy({ (0x21...0x7e).contains($0) }) else { return }
        switch fact[0] {
        case "image": image = String(fact[1])
        case "deployed": deployed = String(fact[1])
        default: break
        }
    }

    mutating func merge(_ later: RunFacts) {
        image = later.image ?? image
        deployed = later.deployed ?? deployed
    }

    /// Those of them that a job of this name can know: a build runs the repository's own programs, whose lines say what
    /// they like, and but for Spin's it ends without naming the image.
    func stated(byJob name: String) -> RunFacts {
        // Behind the name of the job that calls a shared workflow.
        guard let start = name.firstRange(of: "build (")?.lowerBound else { return self }
        var facts = RunFacts()
        if name[start...] == "build (wasi/wasm)" { facts.image = image }
        return facts
    }

    /// What stands behind `Done in 12s`.
    var words: String {
        (image.map { ": \($0)" } ?? "") + (deployed.map { "  deployed to \($0)" } ?? "")
    }
}
