import CCurl

/// What the driver's thread does: it adds, drives and completes transfers until the driver is finished.
struct TransferLoop {
    private let multi: UnsafeMutableRawPointer
    private let driver: TransferDriver
    /// What is under way, by easy handle; libcurl's callbacks hold unretained pointers to these objects.
    private var transfers: [UnsafeMutableRawPointer: Transfer] = [:]

    init(multi: UnsafeMutableRawPointer, driver: TransferDriver) {
        self.multi = multi
        self.driver = driver
    }

    mutating func run() {
        while true {
            let news = driver.takeNews()
            for order in news.orders { begin(order) }
            for id in news.cancelled { end(where: { $0.order.id == id }, with: .cancelled) }
            if news.abandons { end(where: { _ in true }, with: .cancelled) }
            advance()
            if news.isFinished, transfers.isEmpty { return }
            // libcurl comes back earlier for its own timers; a wake-up that came before this call is not lost.
            let code = curl_multi_poll(multi, nil, 0, 600_000, nil)
            if code != CURLM_OK { fail(code) }
        }
    }

    private mutating func begin(_ order: TransferDriver.Order) {
        guard let transfer = Transfer(order) else {
            let origin = order.request.url.origin
            driver.complete(order, with: .failure(.unreachable(origin: origin, reason: "libcurl gives no handle")))
            return
        }
        if let reason = transfer.prepare() {
            driver.complete(
                order, with: .failure(.unreachable(origin: order.request.url.origin, reason: reason)))
            return
        }
        transfers[transfer.pointer] = transfer
        let code = curl_multi_add_handle(multi, transfer.pointer)
        if code != CURLM_OK {
            transfers[transfer.pointer] = nil
            let reason = String(cString: curl_multi_strerror(code))
            driver.complete(
                order, with: .failure(.unreachable(origin: order.request.url.origin, reason: reason)))
        }
    }

    private mutating func advance() {
        var running: Int32 = 0
        let code = curl_multi_perform(multi, &running)
        if code != CURLM_OK { fail(code) }
        var left: Int32 = 0
        while let message = curl_multi_info_read(multi, &left) {
            guard message.pointee.msg == CURLMSG_DONE, let easy = message.pointee.easy_handle else { continue }
            // The message is gone once the handle is removed.
            let result = message.pointee.data.result
            guard let transfer = transfers.removeValue(forKey: easy) else { continue }
            let outcome = transfer.outcome(of: result)
            curl_multi_remove_handle(multi, easy)
            driver.complete(transfer.order, with: outcome)
        }
    }

    private mutating func end(where isMeant: (Transfer) -> Bool, with error: HTTPError) {
        for (easy, transfer) in transfers where isMeant(transfer) {
            transfers[easy] = nil
            curl_multi_remove_handle(multi, easy)
            driver.complete(transfer.order, with: .failure(error))
        }
    }

    /// Ends everything: libcurl itself is at the end of its means, and would be so again at once.
    private mutating func fail(_ code: CURLMcode) {
        let reason = String(cString: curl_multi_strerror(code))
        for (easy, transfer) in transfers {
            transfers[easy] = nil
            curl_multi_remove_handle(multi, easy)
            driver.complete(
                transfer.order,
                with: .failure(.interrupted(origin: transfer.order.request.url.origin, reason: reason)))
        }
    }
}
