#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// Opens once; threads that block wait for it.
package final class Latch: @unchecked Sendable {  // what it holds is read and written under its own mutex
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var isOpen = false

    package init() {
        pthread_mutex_init(mutex, nil)
        #if canImport(Darwin)
            pthread_cond_init(condition, nil)
        #else
            // The time of day may be set back meanwhile.
            var attributes = pthread_condattr_t()
            pthread_condattr_init(&attributes)
            pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
            pthread_cond_init(condition, &attributes)
            pthread_condattr_destroy(&attributes)
        #endif
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(mutex)
        condition.deallocate()
        mutex.deallocate()
    }

    package func open() {
        pthread_mutex_lock(mutex)
        isOpen = true
        pthread_cond_broadcast(condition)
        pthread_mutex_unlock(mutex)
    }

    /// Waits until it is open.
    package func wait() {
        pthread_mutex_lock(mutex)
        while !isOpen { pthread_cond_wait(condition, mutex) }
        pthread_mutex_unlock(mutex)
    }

    /// Waits for a second at most.
    ///
    /// - Returns: whether it is open.
    package func waitASecond() -> Bool {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        #if canImport(Darwin)
            var second = timespec(tv_sec: 1, tv_nsec: 0)
        #else
            var until = timespec()
            clock_gettime(CLOCK_MONOTONIC, &until)
            until.tv_sec += 1
        #endif
        while !isOpen {
            #if canImport(Darwin)
                let code = pthread_cond_timedwait_relative_np(condition, mutex, &second)
            #else
                let code = pthread_cond_timedwait(condition, mutex, &until)
            #endif
            if code != 0 { break }
        }
        return isOpen
    }
}
