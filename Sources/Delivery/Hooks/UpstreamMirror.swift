import Forge
import Git
import Synchronization

/// Passes the refs of a push on to the upstream, by a push through hephy's own remote helper, which starts the CI there
/// and follows it.
struct UpstreamMirror {
    private let received: ReceivedPush
    private let place: ReceivingRepository
    private let url: RemoteURL
    private let memory: MirrorMemory

    /// A ref that is to be on the upstream what it is here.
    private struct Item: Sendable, Hashable {
        var ref: String
        /// What the upstream is known to have.
        var base: String?
        var new: String?
        /// Whether the upstream's is overwritten, if it is still the known one.
        var isForced = false

        var shortName: String { RefUpdate.shortName(of: ref) }
    }

    /// How often a ref is tried that another push has moved meanwhile.
    private static let attempts = 3

    init(_ received: ReceivedPush, in place: ReceivingRepository, to url: RemoteURL) {
        self.received = received
        self.place = place
        self.url = url
        memory = MirrorMemory(gitDirectory: place.directory)
    }

    /// Sends the refs, and those that did not arrive with an earlier push.
    ///
    /// - Returns: the status of the push, with what did not arrive said.
    func run() async -> ExitStatus {
        for name in received.unreadable { FailureReport(.hook(.unreadableRef(name))).lines.forEach(StandardError.say) }
        do throws(DeliveryError) {
            let bases = try HookInstallation.filing { () throws(FileFault) in try memory.begin(received.updates) }
            var items: [Item] = []
            for (ref, base) in bases.sorted(by: { $0.key < $1.key }) { items.append(try await item(ref, base)) }
            for item in items where !received.updates.contains(where: { $0.ref == item.ref }) {
                StandardError.say("'\(item.shortName)' did not reach \(upstream) before and goes along")
            }
            return try await send(items, attempt: 1)
        } catch {
            return FailureReport(error).say()
        }
    }

    private var upstream: String { url.host.isEmpty ? "the upstream" : url.host }

    private func send(_ items: [Item], attempt: Int) async throws(DeliveryError) -> ExitStatus {
        guard !items.isEmpty else { return .succeeded }
        let moved = Mutex<[String: String?]>([:])
        let memory = memory
        // The next push must not wait for the end of a run to learn what the upstream has.
        let note: @Sendable (MirrorTable) -> Void = { table in
            let (arrived, failed) = Self.sorted(items, by: table)
            let found = try? memory.end(
                arrived: Dictionary(uniqueKeysWithValues: arrived.map { ($0.ref, $0.new) }),
                failed: Dictionary(uniqueKeysWithValues: failed.map { ($0.ref, $0.base) }))
            moved.withLock { $0 = found ?? [:] }
        }
        let outcome: MirrorPush.Outcome
        do {
            outcome = try await MirrorPush(arguments: arguments(for: items), environment: environment)
                .run(landed: note)
        } catch {
            note(MirrorTable.nothing(of: items.map(\.ref)))
            throw .git(error)
        }
        var table = outcome.table
        if !table.hasBegun {
            // Nothing was to be sent, or git did not get as far as that.
            if outcome.status != 0 { table = .nothing(of: items.map(\.ref)) }
            note(table)
        }
        let (arrived, failed) = Self.sorted(items, by: table)
        guard !failed.isEmpty else { return outcome.status == 0 ? .succeeded : .runFailed }
        let bases = moved.withLock(\.self)
        var again: [Item] = []
        for item in failed {
            if let base = bases[item.ref] { again.append(try await self.item(item.ref, base)) }
            // Where the upstream was never told of what is overwritten here, it may be that nothing has to be.
            if bases[item.ref] == nil, item.isForced, table.refusal(of: item.ref) == "stale info" {
                var item = item
                item.isForced = false
                again.append(item)
            }
        }
        if attempt < Self.attempts, !again.isEmpty {
            let refs = again.map(\.ref)
            try HookInstallation.filing { () throws(FileFault) in try memory.resume(refs) }
            let rest = failed.filter { item in !again.contains { $0.ref == item.ref } }
            if !rest.isEmpty { tell(arrived: arrived, failed: rest, table) }
            return try await send(again, attempt: attempt + 1)
        }
        tell(arrived: arrived, failed: failed, table)
        return .gitFailed
    }

    private func tell(arrived: [Item], failed: [Item], _ table: MirrorTable) {
        if !arrived.isEmpty {
            StandardError.say("on \(upstream) now: \(arrived.map(\.shortName).joined(separator: ", "))")
        }
        let names = failed.map { item in
            table.refusal(of: item.ref).map { $0.isEmpty ? item.shortName : "\(item.shortName) (\($0))" }
                ?? item.shortName
        }
        StandardError.say("not on \(upstream): \(names.joined(separator: ", "))")
        StandardError.say("hint: it is safe to push again: what is not there goes along with the next push to here")
    }

    private static func sorted(_ items: [Item], by table: MirrorTable) -> (arrived: [Item], failed: [Item]) {
        let failed = items.filter { table.refusal(of: $0.ref) != nil }
        return (items.filter { !failed.contains($0) }, failed)
    }

    /// What is to be done for one ref: to what it is here now, or was when this push brought it.
    private func item(_ ref: String, _ base: String?) async throws(DeliveryError) -> Item {
        var item = Item(ref: ref, base: base)
        if let update = received.updates.first(where: { $0.ref == ref }) {
            item.new = update.new?.hex
        } else {
            let ran = try await git(["rev-parse", "--verify", "--quiet", "--end-of-options", ref])
            item.new = ran.status == 0 ? Self.line(ran.standardOutput) : nil
        }
        guard let base, let new = item.new, base != new else {
            item.isForced = item.new == nil && base != nil
            return item
        }
        item.isForced = try await git(["merge-base", "--is-ancestor", base, new]).status != 0
        return item
    }

    private func git(_ arguments: [String]) async throws(DeliveryError) -> GitProgram.Output {
        do { return try await place.git.run(arguments) } catch { throw .git(error) }
    }

    private static func line(_ bytes: [UInt8]) -> String {
        String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
    }

    /// Every ref by the objects of this push, whatever has come since.
    private func arguments(for items: [Item]) -> [String] {
        var arguments = ["-c", "advice.pushUpdateRejected=false", "push", "--no-verify"]
        arguments += received.ownOptions.map { "--push-option=hephy.\($0)" }
        for item in items where item.isForced {
            arguments.append("--force-with-lease=\(item.ref):\(item.base ?? "")")
        }
        arguments += ["--", "hephy::\(url.text)"]
        return arguments + items.map { "\($0.new ?? ""):\($0.ref)" }
    }

    private var environment: [String: String] {
        var environment = place.git.environment
        let programs = ShareFolder.programFolder.map { [$0] } ?? []
        environment["PATH"] = (programs + [environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin"]).joined(
            separator: ":")
        // The table is read.
        environment["LC_ALL"] = "C"
        environment["LANGUAGE"] = nil
        return environment
    }
}
