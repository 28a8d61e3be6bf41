package import Git

/// Words for completion in a shell, found without a network.
package struct Suggestions: Sendable {
    private let location: RepositoryLocation

    /// So many runs, the newest, are worth offering.
    private static let mostRuns = 10

    package init(_ location: RepositoryLocation) {
        self.location = location
    }

    /// The names of the remotes that go through hephy.
    package func remotes() async -> [String] {
        guard let config = try? await GitConfig.load(location.git) else { return [] }
        var seen: Set<String> = []
        return ExaminedRemote.all(in: config).map(\.name).filter { seen.insert($0).inserted && Self.isPlain($0) }
    }

    /// The ids of the newest runs that this repository has noted, newest first.
    package func runs() -> [String] {
        var seen: Set<String> = []
        let ids = RunRecords(commonDirectory: location.commonDirectory).all().reversed().map(\.run)
        return Array(ids.filter { seen.insert($0).inserted && Self.isPlain($0) }.prefix(Self.mostRuns))
    }

    /// The local branches and tags.
    package func branches() async -> [String] {
        let arguments = ["for-each-ref", "--format=%(refname:short)", "refs/heads", "refs/tags"]
        guard let output = try? await location.git.run(arguments), output.status == 0 else { return [] }
        return output.standardOutput.split(separator: UInt8(ascii: "\n"))
            .map { String(decoding: $0, as: UTF8.self) }.filter(Self.isPlain)
    }

    /// Whether a shell takes the word for itself alone: what it offers is typed into command lines.
    private static func isPlain(_ word: String) -> Bool {
        !word.isEmpty && word.first != "-"
            && word.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"):
                    true
                default: "-_./@+=".utf8.contains(byte)
                }
            }
    }
}
