import CCurl
import Synchronization

/// Owns the thread that drives libcurl's multi handle; other threads only leave orders and wake it.
final class TransferDriver: Sendable {
    /// One exchange to be made; `complete` is called exactly once, on the driver's thread or the submitter's.
    struct Order: Sendable {
        let id: UInt64
        let request: HTTPRequest
        let headerLines: [String]
        let settings: HTTPSettings
        let receive: (@Sendable ([UInt8]) -> Bool)?
        let complete: @Sendable (Result<HTTPResponse, HTTPError>) -> Void
    }

    /// What a loop has to look at after it was woken.
    struct News: Sendable {
        var orders: [Order] = []
        var cancelled: [UInt64] = []
        /// Nothing more will come.
        var isFinished = false
        /// What is under way has to end now.
        var abandons = false
    }

    private struct WakeHandle: @unchecked Sendable {  // other threads than its own only wake it, as any may
        let multi: UnsafeMutableRawPointer
    }

    private struct State {
        var nextID: UInt64 = 0
        /// Every registered exchange that is not complete, and whether it was cancelled.
        var isCancelled: [UInt64: Bool] = [:]
        var news = News()
        /// Set while the thread runs.
        ///
        /// It is used under the lock alone, so that nobody wakes a handle that is gone.
        var wakeHandle: WakeHandle?
    }

    /// libcurl is initialised once for the process and never shut down: other threads may still use it at exit.
    private static let library: CURLcode = curl_global_init(Int(CURL_GLOBAL_DEFAULT))

    private let state = Mutex(State())

    /// Returns the number of an exchange that is about to be submitted; from now on it can be cancelled.
    func register() -> UInt64 {
        state.withLock { state in
            state.nextID += 1
            state.isCancelled[state.nextID] = false
            return state.nextID
        }
    }

    /// Gives `order`, whose id comes from `register`, to the thread, which is started if there is none.
    func submit(_ order: Order) {
        let refusal: HTTPError? = state.withLock { state in
            guard state.isCancelled[order.id] == false, !state.news.isFinished else { return .cancelled }
            if state.wakeHandle == nil, let reason = start(&state) {
                return .unreachable(origin: order.request.url.origin, reason: reason)
            }
            state.news.orders.append(order)
            wake(state)
            return nil
        }
        if let refusal { complete(order, with: .failure(refusal)) }
    }

    /// Ends the exchange `id` with `.cancelled`; one that is complete already stays as it is.
    func cancel(_ id: UInt64) {
        state.withLock { state in
            guard state.isCancelled[id] == false else { return }
            state.isCancelled[id] = true
            state.news.cancelled.append(id)
            wake(state)
        }
    }

    /// Lets the thread end: at once, with `.cancelled` for what is under way, or when the last exchange is complete.
    func finish(abandoning: Bool) {
        state.withLock { state in
            state.news.isFinished = true
            state.news.abandons = state.news.abandons || abandoning
            wake(state)
        }
    }

    /// Hands what came since the last call to the loop.
    func takeNews() -> News {
        state.withLock { state in
            defer {
                state.news.orders = []
                state.news.cancelled = []
            }
            return state.news
        }
    }

    /// Gives the answer to `order` to whoever waits for it.
    func complete(_ order: Order, with result: Result<HTTPResponse, HTTPError>) {
        state.withLock { $0.isCancelled[order.id] = nil }
        order.complete(result)
    }

    private func wake(_ state: State) {
        if let handle = state.wakeHandle { curl_multi_wakeup(handle.multi) }
    }

    /// Starts the thread; returns why that was not possible, or nil.
    private func start(_ state: inout State) -> String? {
        guard Self.library == CURLE_OK else { return String(cString: curl_easy_strerror(Self.library)) }
        guard let multi = curl_multi_init() else { return "libcurl gives no handle" }
        let handle = WakeHandle(multi: multi)
        let reason = DetachedThread.start { [self] in
            var loop = TransferLoop(multi: handle.multi, driver: self)
            loop.run()
            self.state.withLock { $0.wakeHandle = nil }
            curl_multi_cleanup(handle.multi)
        }
        guard reason == nil else {
            curl_multi_cleanup(multi)
            return reason
        }
        state.wakeHandle = handle
        return nil
    }
}
