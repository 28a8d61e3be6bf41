import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A server on a loopback port of the system's choice that runs `script` on a thread of its own for each connection.
final class ScriptedServer: Sendable {
    struct Request: Sendable {
        var line: String
        var fields: [(name: String, value: String)]
        var body: [UInt8]
        /// The whole header as it came.
        var head: String

        subscript(name: String) -> [String] {
            fields.filter { $0.name.lowercased() == name.lowercased() }.map(\.value)
        }
    }

    let port: Int
    private let listener: Int32
    private let connectionCount = Mutex(0)

    /// Number of connections accepted so far.
    var connections: Int { connectionCount.withLock { $0 } }

    init(script: @escaping @Sendable (Connection) -> Void) throws {
        let (descriptor, port) = try Self.boundSocket()
        guard listen(descriptor, 64) == 0 else { throw ServerError(code: errno) }
        listener = descriptor
        self.port = port
        inThread { [self] in
            while true {
                let client = accept(descriptor, nil, nil)
                guard client >= 0 else { return }
                let number = connectionCount.withLock { count in
                    count += 1
                    return count
                }
                inThread {
                    let connection = Connection(client, number: number)
                    script(connection)
                    connection.end()
                }
            }
        }
    }

    struct ServerError: Error {
        var code: Int32
    }

    /// A port of this machine that refuses connections, for as long as this process lives.
    static func refusingPort() throws -> Int {
        try boundSocket().port
    }

    private static func boundSocket() throws -> (descriptor: Int32, port: Int) {
        let descriptor = streamSocket()
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(descriptor, address, length) == 0 && getsockname(descriptor, address, &length) == 0
            }
        }
        guard isBound else { throw ServerError(code: errno) }
        return (descriptor, Int(UInt16(bigEndian: address.sin_port)))
    }

    static func streamSocket() -> Int32 {
        #if canImport(Darwin)
            socket(AF_INET, SOCK_STREAM, 0)
        #else
            socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        #endif
    }
}

/// One connection of a `ScriptedServer`, used by its thread alone.
final class Connection {
    /// 1 for the server's first connection.
    let number: Int
    private let descriptor: Int32
    private var buffer: [UInt8] = []
    private var isClosed = false

    init(_ descriptor: Int32, number: Int) {
        self.descriptor = descriptor
        self.number = number
    }

    /// The next request with its whole body, or nil when the client has closed the connection.
    func request() -> ScriptedServer.Request? {
        let separator = Array("\r\n\r\n".utf8)
        while buffer.firstRange(of: separator) == nil {
            guard fill() else { return nil }
        }
        guard let end = buffer.firstRange(of: separator) else { return nil }
        let head = String(decoding: buffer[..<end.lowerBound], as: UTF8.self)
        buffer.removeSubrange(..<end.upperBound)
        var lines = head.split(separator: "\r\n").map(String.init)
        let first = lines.removeFirst()
        let fields = lines.map { line in
            let colon = line.firstIndex(of: ":") ?? line.endIndex
            return (name: String(line[..<colon]), value: String(line[colon...].dropFirst().drop { $0 == " " }))
        }
        var request = ScriptedServer.Request(line: first, fields: fields, body: [], head: head)
        let length = request["Content-Length"].first.flatMap { Int($0) } ?? 0
        while buffer.count < length {
            guard fill() else { return nil }
        }
        request.body = Array(buffer.prefix(length))
        buffer.removeFirst(length)
        return request
    }

    /// Writes `bytes`; returns false when the client has gone.
    @discardableResult
    func write(_ bytes: [UInt8]) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, Self.quietly) }
            guard count > 0 else { return false }
            sent += count
        }
        return true
    }

    @discardableResult
    func write(_ text: String) -> Bool { write(Array(text.utf8)) }

    /// Writes a whole answer with its length.
    func answer(_ status: String, headers: [String] = [], body: [UInt8] = []) {
        let lines = ["HTTP/1.1 \(status)"] + headers + ["Content-Length: \(body.count)", "", ""]
        write(Array(lines.joined(separator: "\r\n").utf8) + body)
    }

    /// Waits until the client closes the connection.
    func awaitEnd() {
        while fill() {}
    }

    /// Passes bytes on between this connection and a server on this machine until one of them ends.
    func tunnel(to port: Int) {
        let other = ScriptedServer.streamSocket()
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        address.sin_port = UInt16(port).bigEndian
        let isConnected = withUnsafePointer(to: address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(other, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        guard isConnected else { return }
        let here = descriptor
        inThread {
            Self.copy(from: other, to: here)
        }
        Self.copy(from: here, to: other)
        close(other)
    }

    /// Ends the connection with a reset instead of an orderly end.
    func reset() {
        var linger = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout.size(ofValue: linger)))
        end()
    }

    func end() {
        guard !isClosed else { return }
        isClosed = true
        close(descriptor)
    }

    private func fill() -> Bool {
        var piece = [UInt8](repeating: 0, count: 64 << 10)
        let count = recv(descriptor, &piece, piece.count, 0)
        guard count > 0 else { return false }
        buffer += piece[..<count]
        return true
    }

    private static func copy(from source: Int32, to target: Int32) {
        var piece = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = recv(source, &piece, piece.count, 0)
            guard count > 0, send(target, piece, count, quietly) == count else { break }
        }
        shutdown(target, Int32(SHUT_RDWR))
        shutdown(source, Int32(SHUT_RDWR))
    }

    #if canImport(Darwin)
        private static let quietly: Int32 = 0
    #else
        private static let quietly = Int32(MSG_NOSIGNAL)
    #endif
}

/// Runs `body` on a new thread.
func inThread(_ body: @escaping @Sendable () -> Void) {
    final class Work: Sendable {
        let body: @Sendable () -> Void

        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
    let context = Unmanaged.passRetained(Work(body)).toOpaque()
    var thread = pthread_t()
    pthread_create(
        &thread, nil,
        { context in
            if let context { Unmanaged<Work>.fromOpaque(context).takeRetainedValue().body() }
            return nil
        }, context)
    pthread_detach(thread)
}
