#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// One side of the line protocol of gitremote-helpers(7): lines in, lines out, each write flushed at once.
///
/// Reading and writing block. The helper's conversation has the main thread to itself, which the concurrency pool does
/// not need; a thread for each line would cost more than the line.
@MainActor
final class ProtocolChannel {
    let input: Int32
    let output: Int32
    private var buffer: [UInt8] = []
    private var position = 0

    /// - Parameters:
    ///   - input: the descriptor that is read; it stays open.
    ///   - output: the descriptor that is written; it stays open.
    init(input: Int32, output: Int32) {
        self.input = input
        self.output = output
    }

    /// The next line without its line feed, or nil at the end of the input.
    ///
    /// Bytes that are no UTF-8 are kept.
    ///
    /// - Throws: `RemoteHelperError.disconnected` when a line grows beyond 1 MiB or reading fails.
    func line() throws(RemoteHelperError) -> [UInt8]? {
        var searched = position
        while true {
            if let end = buffer[searched...].firstIndex(of: UInt8(ascii: "\n")) {
                defer { position = end + 1 }
                return Array(buffer[position..<end])
            }
            searched = buffer.count
            guard searched - position <= 1 << 20 else { throw .disconnected }
            if position > 0 {
                buffer.removeFirst(position)
                searched -= position
                position = 0
            }
            guard let piece = Self.read(input) else { throw .disconnected }
            if piece.isEmpty { return nil }
            buffer.append(contentsOf: piece)
        }
    }

    /// What was read from the descriptor but not handed out yet.
    func takeBuffered() -> [UInt8] {
        defer {
            buffer = []
            position = 0
        }
        return Array(buffer[position...])
    }

    /// Writes all of `bytes` before it returns.
    ///
    /// - Throws: `RemoteHelperError.disconnected` when the other side has gone.
    func send(_ bytes: [UInt8]) throws(RemoteHelperError) {
        guard Self.write(bytes[...], to: output) else { throw .disconnected }
    }

    /// Sends a line.
    func send(line: [UInt8]) throws(RemoteHelperError) {
        try send(line + [UInt8(ascii: "\n")])
    }

    /// One read; empty at the end of the input, nil when it fails.
    nonisolated static func read(_ descriptor: Int32, capacity: Int = 64 << 10) -> [UInt8]? {
        var failed = false
        let piece = [UInt8](unsafeUninitializedCapacity: capacity) { space, count in
            let result = read(descriptor, into: UnsafeMutableRawBufferPointer(space))
            failed = result == nil
            count = result ?? 0
        }
        return failed ? nil : piece
    }

    /// One read; how many bytes it gave, 0 at the end of the input, nil when it fails.
    nonisolated static func read(_ descriptor: Int32, into space: UnsafeMutableRawBufferPointer) -> Int? {
        var result: Int
        repeat {
            #if canImport(Darwin)
                result = Darwin.read(descriptor, space.baseAddress, space.count)
            #else
                result = Glibc.read(descriptor, space.baseAddress, space.count)
            #endif
        } while result < 0 && errno == EINTR
        return result < 0 ? nil : result
    }

    /// Closes a descriptor that somebody else has handed over.
    nonisolated static func close(_ descriptor: Int32) {
        #if canImport(Darwin)
            _ = Darwin.close(descriptor)
        #else
            _ = Glibc.close(descriptor)
        #endif
    }

    /// Writes everything; false when the other side has gone.
    nonisolated static func write(_ bytes: ArraySlice<UInt8>, to descriptor: Int32) -> Bool {
        bytes.withUnsafeBytes { write($0, to: descriptor) }
    }

    /// Writes everything; false when the other side has gone.
    nonisolated static func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let left = UnsafeRawBufferPointer(rebasing: rest)
            #if canImport(Darwin)
                let count = Darwin.write(descriptor, left.baseAddress, left.count)
            #else
                let count = Glibc.write(descriptor, left.baseAddress, left.count)
            #endif
            if count < 0 {
                if errno == EINTR { continue }
                return false
            }
            rest = rest.dropFirst(count)
        }
        return true
    }
}
