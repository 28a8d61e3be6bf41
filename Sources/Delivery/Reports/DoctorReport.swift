/// What `hephy doctor` tells.
package struct DoctorReport: JSONReport, Sendable {
    package static let report = "doctor"

    package let version = HephyVersion.text
    /// What the command leaves with.
    package let status: Int32
    package let findings: [Entry]

    /// One finding, as programs read it.
    package struct Entry: Encodable, Sendable {
        package let check: String
        package let level: String
        package let remote: String?
        package let text: String
        package let mend: String?
        package let status: Int32
    }

    package init(_ findings: [Finding]) {
        status = findings.status.rawValue
        self.findings = findings.map { finding in
            Entry(
                check: finding.check.rawValue, level: finding.level.rawValue,
                remote: finding.remote.map { StandardError.safe($0) }, text: finding.text, mend: finding.mend,
                status: finding.status.rawValue)
        }
    }

    private enum CodingKeys: String, CodingKey { case version, status, findings }
}
