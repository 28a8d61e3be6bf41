package import Git

/// Which runs a command is about.
package enum RunSelection: Sendable, Hashable {
    /// The newest run that this repository pushed.
    case newest
    /// A run's id.
    case run(String)
    /// Every run that a push of this commit started.
    case commit(ObjectID)

    /// Reads RUN or COMMIT: a number is a run's id unless it names a commit of the repository and no run that is known.
    ///
    /// - Throws: `DeliveryError.git` when the text is neither.
    package init(
        _ text: String?, in location: RepositoryLocation, records: RunRecords
    ) async throws(DeliveryError) {
        guard let text else {
            self = .newest
            return
        }
        if records.all().contains(where: { $0.run == text }) {
            self = .run(text)
            return
        }
        let isNumber = !text.isEmpty && text.utf8.count <= 19 && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
        do {
            self = .commit(try await location.commit(text))
        } catch {
            guard isNumber else { throw .git(error) }
            self = .run(text)
        }
    }
}
