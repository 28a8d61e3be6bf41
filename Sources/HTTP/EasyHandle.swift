import CCurl

/// Owns one libcurl easy handle with everything libcurl keeps pointers to: the error buffer and the header list.
struct EasyHandle: ~Copyable {
    let pointer: UnsafeMutableRawPointer
    /// libcurl writes here until the handle is cleaned up, so the buffer keeps one address.
    private let errorBuffer: UnsafeMutablePointer<CChar>
    private var headerList: UnsafeMutablePointer<curl_slist>?
    /// The first option that libcurl did not take, with its answer; such a handle must not be used.
    private(set) var refusal: String?

    /// A handle with libcurl's defaults, or nil where there is no memory for one.
    init?() {
        guard let pointer = curl_easy_init() else { return nil }
        self.pointer = pointer
        errorBuffer = .allocate(capacity: Int(CURL_ERROR_SIZE))
        errorBuffer.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        note(hephy_curl_set_pointer(pointer, CURLOPT_ERRORBUFFER, errorBuffer), CURLOPT_ERRORBUFFER)
    }

    deinit {
        curl_easy_cleanup(pointer)
        curl_slist_free_all(headerList)
        errorBuffer.deallocate()
    }

    mutating func set(_ option: CURLoption, _ value: Int) {
        note(hephy_curl_set_long(pointer, option, value), option)
    }

    mutating func set(_ option: CURLoption, _ flag: Bool) {
        set(option, flag ? 1 : 0)
    }

    /// Sets a string, which libcurl copies; nil leaves the default.
    mutating func set(_ option: CURLoption, _ value: String?) {
        guard let value else { return }
        note(hephy_curl_set_string(pointer, option, value), option)
    }

    /// Sets an option whose refusal does not matter, because this libcurl was built without it.
    func prefer(_ option: CURLoption, _ value: Int) {
        _ = hephy_curl_set_long(pointer, option, value)
    }

    /// Sets a callback and the context that libcurl hands to it; `context` has to outlive the transfer.
    mutating func set(
        _ option: CURLoption, _ callback: @escaping curl_write_callback, _ contextOption: CURLoption,
        _ context: UnsafeMutableRawPointer
    ) {
        note(hephy_curl_set_callback(pointer, option, callback), option)
        note(hephy_curl_set_pointer(pointer, contextOption, context), contextOption)
    }

    mutating func setBody(_ bytes: [UInt8]) {
        note(
            bytes.withUnsafeBytes {
                hephy_curl_set_body(pointer, $0.baseAddress ?? UnsafeRawPointer(pointer), $0.count)
            },
            CURLOPT_COPYPOSTFIELDS)
    }

    mutating func allowHTTPAlone() {
        note(hephy_curl_allow_http_alone(pointer), CURLOPT_URL)
    }

    mutating func leaveQuickly() {
        note(hephy_curl_leave_quickly(pointer), CURLOPT_NOSIGNAL)
    }

    /// Sets the request's header fields; `Name:` takes away one that libcurl would send, `Name;` sends an empty one.
    mutating func setHeaders(_ lines: [String]) {
        for line in lines {
            guard let longer = curl_slist_append(headerList, line) else {
                refusal = refusal ?? "out of memory"
                return
            }
            headerList = longer
        }
        note(hephy_curl_set_pointer(pointer, CURLOPT_HTTPHEADER, headerList), CURLOPT_HTTPHEADER)
    }

    /// libcurl's sentence about `code`, the one for this transfer where there is one.
    func reason(for code: CURLcode) -> String {
        let own = String(cString: errorBuffer)
        return own.isEmpty ? String(cString: curl_easy_strerror(code)) : own
    }

    /// The status of a proxy's last answer to CONNECT, or 0.
    var connectStatus: Int { hephy_curl_info_long(pointer, CURLINFO_HTTP_CONNECTCODE) }

    private mutating func note(_ code: CURLcode, _ option: CURLoption) {
        guard code != CURLE_OK, refusal == nil else { return }
        refusal = "libcurl does not take option \(option.rawValue): \(String(cString: curl_easy_strerror(code)))"
    }
}
