/// The ordered table that decides which backend builds a commit; the first rule that fits wins.
///
/// | rule | fits when | backend |
/// |---|---|---|
/// | explicit | somebody chose | the chosen one |
/// | spin | a Spin manifest with a version Spin takes | spin |
/// | ko-config | `.ko.yaml` and a main package | ko |
/// | dockerfile-buildkit | a Dockerfile that kaniko would not build right | buildkit |
/// | dockerfile | any other Dockerfile | kaniko |
/// | go | `go.mod`, one main package, no cgo, embedded files all there | ko |
struct DetectionTable {
    /// What one rule says before it is known which rule wins.
    struct Finding {
        var rule: String
        var backend: Backend?
        var fits: Bool
        var path: String?
        var line: Int?
        /// The rule's part of the reason: `go.mod; one main package: ./cmd/api`, or `no go.mod`.
        var fact: String
    }

    private let hints: DetectionHints
    private let files: ContextFiles

    init(tree: any SourceTree, hints: DetectionHints) throws(SourceTreeError) {
        self.hints = hints
        files = try ContextFiles(tree: tree, context: hints.context)
    }

    func detection() throws(SourceTreeError) -> Detection {
        let isChosen = hints.backend != nil
        let spin = try SpinRule(files: files, manifest: hints.spinManifest).finding()
        let ko = try GoRules(files: files, main: hints.koMain)
        // ko needs its package named, whoever chose it; for any other backend counting packages changes nothing.
        let wantsMain = hints.isThorough || hints.backend?.0 == .ko
        let koConfig = try ko.configuredFinding(decides: wantsMain || !(isChosen || spin.fits))
        let dockerfile = try DockerfileRules(files: files, hints: hints)
        let isDecided = isChosen || spin.fits || koConfig.finding.fits || dockerfile.path != nil
        let go = try ko.finding(decides: wantsMain || !isDecided)
        let findings = [spin, koConfig.finding, dockerfile.buildKitFinding, dockerfile.kanikoFinding, go.finding]

        let winner = isChosen ? nil : findings.first { $0.fits }
        var explicit = Evidence(
            rule: "explicit", backend: nil, outcome: .noMatch, detail: "nobody chose a backend")
        if let (backend, source) = hints.backend {
            explicit = self.explicit(backend, source: source, findings: findings, needs: dockerfile.needsSentence)
        }
        let winningRule = winner?.rule ?? (isChosen ? "explicit" : nil)
        return Detection(
            backend: hints.backend?.0 ?? winner?.backend,
            reason: isChosen ? explicit.detail : reason(of: winner, findings),
            evidence: [explicit] + findings.map { evidence($0, winner: winningRule) },
            koMain: koConfig.main ?? go.main, dockerfile: dockerfile.path, spinManifest: spin.fits ? spin.path : nil)
    }

    private func evidence(_ finding: Finding, winner: String?) -> Evidence {
        var detail = finding.fact
        var outcome = Evidence.Outcome.noMatch
        if finding.fits {
            outcome = finding.rule == winner ? .matched : .lost
            if outcome == .lost, let winner { detail += "; the rule '\(winner)' comes first" }
        }
        return Evidence(
            rule: finding.rule, backend: finding.backend, outcome: outcome,
            path: finding.path.map { TreeText.printable($0) }, line: finding.line, detail: detail)
    }

    /// The choice always wins; what it would build from and does not find is said.
    private func explicit(
        _ backend: Backend, source: String, findings: [Finding], needs: String?
    ) -> Evidence {
        var detail = "\(backend.rawValue) was chosen by \(TreeText.printable(source))"
        let own = findings.filter { $0.backend == backend }
        switch backend {
        case .spin, .ko:
            if !own.contains(where: \.fits), let missing = own.last { detail += "; but \(missing.fact)" }
        case .kaniko, .buildkit:
            if !findings.contains(where: { $0.fits && ($0.backend == .kaniko || $0.backend == .buildkit) }) {
                detail += own.last.map { "; but \($0.fact)" } ?? ""
            } else if backend == .kaniko, let needs {
                detail += "; but \(needs)"
            }
        }
        let basis = own.first(where: \.fits)
        return Evidence(
            rule: "explicit", backend: backend, outcome: .matched, path: basis?.path.map { TreeText.printable($0) },
            detail: detail)
    }

    private func reason(of winner: Finding?, _ findings: [Finding]) -> String {
        guard let winner else {
            guard files.exists else { return "no directory '\(TreeText.printable(files.directory))' in the commit" }
            var facts: [String] = []
            for finding in findings where !facts.contains(finding.fact) { facts.append(finding.fact) }
            return facts.joined(separator: "; ")
        }
        guard winner.rule == "go", let dockerfile = findings.first(where: { $0.rule == "dockerfile" }) else {
            return winner.fact
        }
        return winner.fact + "; " + dockerfile.fact
    }
}
