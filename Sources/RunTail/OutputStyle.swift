/// Which of the outputs fits a file descriptor, by the rules people expect of programs below git.
package struct OutputStyle: Sendable, Hashable {
    package var usesColor: Bool
    package var showsStatus: Bool

    /// `allowsProgress` is false for `--no-progress` and `-q`.
    package init(isTerminal: Bool, environment: [String: String], allowsProgress: Bool) {
        let isCapable = isTerminal && environment["TERM", default: ""] != "dumb"
        usesColor = isCapable && environment["NO_COLOR", default: ""].isEmpty
        showsStatus = usesColor && allowsProgress
    }

    /// The output on `descriptor`, which stays open until the output is no longer used.
    package static func output(
        descriptor: Int32, environment: [String: String], allowsProgress: Bool
    ) -> any TailOutput {
        let style = OutputStyle(
            isTerminal: DescriptorWriter(descriptor: descriptor).isTerminal, environment: environment,
            allowsProgress: allowsProgress)
        if style.showsStatus { return TerminalOutput(descriptor: descriptor, usesColor: style.usesColor) }
        return PlainOutput(descriptor: descriptor, usesColor: style.usesColor)
    }
}
