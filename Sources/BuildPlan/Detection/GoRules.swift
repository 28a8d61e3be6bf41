/// The rules `ko-config` and `go`, which share one walk.
struct GoRules {
    /// A finding and the directory ko would build, relative to the context.
    struct Result {
        var finding: DetectionTable.Finding
        var main: String?
    }

    private let files: ContextFiles
    private let wantedMain: String?
    private let config: ContextFiles.Found?
    private let goMod: ContextFiles.Found?

    init(files: ContextFiles, main: String?) throws(SourceTreeError) {
        self.files = files
        wantedMain = main
        config = try files.file(named: ".ko.yaml")
        goMod = try files.file(named: "go.mod")
    }

    /// Returns what `ko-config` finds: somebody set ko up, and there is a main package.
    ///
    /// Without `decides` packages are not counted.
    func configuredFinding(decides: Bool) throws(SourceTreeError) -> Result {
        var finding = DetectionTable.Finding(rule: "ko-config", backend: .ko, fits: false, fact: "no .ko.yaml")
        guard let config else { return Result(finding: finding) }
        finding.path = config.path
        guard goMod != nil else {
            finding.fact = ".ko.yaml, but no go.mod"
            return Result(finding: finding)
        }
        guard decides else {
            finding.fits = true
            finding.fact = ".ko.yaml and go.mod; packages not counted"
            return Result(finding: finding)
        }
        let module = try GoModuleMains(files: files, goMod: goMod, wanted: wantedMain)
        finding.fits = !module.mains.isEmpty
        finding.fact = ".ko.yaml\(finding.fits ? ";" : ", but") \(module.fact)"
        return Result(finding: finding, main: module.chosen.map(Self.shown))
    }

    /// Returns what `go` finds: a module with one main package that ko can build.
    ///
    /// Without `decides` packages are not counted.
    func finding(decides: Bool) throws(SourceTreeError) -> Result {
        var finding = DetectionTable.Finding(rule: "go", backend: .ko, fits: false, fact: "no go.mod")
        guard let goMod else {
            if try files.file(named: "go.work") != nil { finding.fact = "go.work, but no go.mod beside it" }
            return Result(finding: finding)
        }
        finding.path = goMod.path
        guard decides else {
            finding.fits = true
            finding.fact = "go.mod; packages not counted"
            return Result(finding: finding)
        }
        var module = try GoModuleMains(files: files, goMod: goMod, wanted: wantedMain)
        finding.fact = "go.mod; \(module.fact)"
        guard let chosen = module.chosen else { return Result(finding: finding) }
        let obstacles = try module.obstacles(to: chosen)
        if let first = obstacles.first {
            let place = TreeText.printable(first.path)
            finding.fact += "; but \(place):\(first.line): \(first.fact)"
            if obstacles.count > 1 { finding.fact += " and \(obstacles.count - 1) more" }
            finding.path = ContextFiles.joined(files.directory, first.path)
            finding.line = first.line
        } else if let exceeded = module.exceeded {
            finding.fact += "; but not all it imports was read: \(exceeded)"
        } else {
            finding.fits = true
        }
        return Result(finding: finding, main: Self.shown(chosen))
    }

    /// Writes a directory of the module as ko takes it: `.`, `./cmd/api`.
    static func shown(_ directory: String) -> String {
        directory.isEmpty ? "." : "./" + directory
    }
}
