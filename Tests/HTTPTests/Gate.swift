import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Opened once from anywhere; tasks and threads can wait for it.
final class Gate: Sendable {
    private let stream: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    init() {
        (stream, continuation) = AsyncStream.makeStream()
    }

    func open() {
        continuation.finish()
    }

    /// Returns once the gate is open, or the task cancelled.
    func wait() async {
        for await _ in stream {}
    }
}

/// Collects values from threads and tasks.
final class Collected<Value: Sendable>: Sendable {
    private let values = Mutex<[Value]>([])

    var all: [Value] { values.withLock { $0 } }

    func append(_ value: Value) {
        values.withLock { $0.append(value) }
    }
}

/// Lets threads go on when all of them have come.
final class ThreadBarrier: @unchecked Sendable {  // the lock guards the count
    private let lock: UnsafeMutablePointer<pthread_mutex_t>
    private let condition: UnsafeMutablePointer<pthread_cond_t>
    private var missing: Int

    init(_ count: Int) {
        missing = count
        lock = .allocate(capacity: 1)
        condition = .allocate(capacity: 1)
        pthread_mutex_init(lock, nil)
        pthread_cond_init(condition, nil)
    }

    deinit {
        lock.deallocate()
        condition.deallocate()
    }

    func arriveAndWait() {
        pthread_mutex_lock(lock)
        missing -= 1
        if missing <= 0 { pthread_cond_broadcast(condition) }
        while missing > 0 { pthread_cond_wait(condition, lock) }
        pthread_mutex_unlock(lock)
    }
}
