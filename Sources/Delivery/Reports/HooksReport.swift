/// What `hephy hook status` tells.
package struct HooksReport: JSONReport, Sendable {
    package static let report = "hooks"

    /// One of hephy's hooks.
    package struct Hook: Encodable, Sendable {
        /// As git names it.
        package let name: String
        package let path: String
        package let does: Work
        /// Where pushes go on to.
        package let upstream: String?
        /// The hook that was there before, which runs first.
        package let before: String?
        /// The refs that have not arrived at the upstream yet.
        package let missing: [String]
        /// What keeps it from its work, each a sentence with its mend.
        package let problems: [String]
    }

    package enum Work: String, Encodable, Sendable {
        /// Each push is built here.
        case build
        /// A push is taken where its build here is green.
        case gate
        /// Each push goes on to the upstream, whose CI is followed.
        case mirror
        /// `hephy check` before each push.
        case check
    }

    package internal(set) var hooks: [Hook] = []

    /// The report for people.
    package var lines: [String] {
        guard !hooks.isEmpty else { return ["no hook of hephy's is installed here"] }
        return hooks.flatMap { hook in
            ["\(hook.name): \(hook.words)   \(hook.path)"]
                + hook.missing.map { "    \($0) has not arrived there yet" }
                + (hook.before.map { ["    runs \($0) first"] } ?? [])
        }
    }

    package var problems: [String] { hooks.flatMap(\.problems) }
}

extension HooksReport.Hook {
    fileprivate var words: String {
        switch does {
        case .build: "each push is built here"
        case .gate: "a push is taken where its build here is green"
        case .mirror: "each push goes on to \(upstream ?? "its upstream"), and its CI is followed"
        case .check: "hephy check before each push"
        }
    }
}
