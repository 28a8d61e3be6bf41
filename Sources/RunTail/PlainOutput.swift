/// Complete lines only, for pipes, files, simple terminals and `--no-progress`.
package struct PlainOutput: TailOutput {
    package let usesColor: Bool
    private let writer: DescriptorWriter

    package init(descriptor: Int32, usesColor: Bool = false) {
        writer = DescriptorWriter(descriptor: descriptor)
        self.usesColor = usesColor
    }

    package var showsStatus: Bool { false }

    package func write(_ lines: [UInt8]) {
        writer.write(lines)
    }

    package func setStatus(_ text: String?) {}
}
