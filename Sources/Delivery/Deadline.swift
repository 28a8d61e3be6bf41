/// Runs `work` for at most `limit`; nil when it took longer.
///
/// The work is cancelled then and waited for.
func withDeadline<Result: Sendable>(
    _ limit: Duration, _ work: @escaping @Sendable () async -> Result
) async -> Result? {
    await withTaskGroup(of: Optional<Result>.self) { group in
        group.addTask { await work() }
        group.addTask {
            try? await Task.sleep(for: limit)
            return nil
        }
        defer { group.cancelAll() }
        return await group.next() ?? nil
    }
}
