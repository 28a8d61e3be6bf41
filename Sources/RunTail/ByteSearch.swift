#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// Finds byte strings in byte strings, with the C library's vectorised scan for the first byte.
enum ByteSearch {
    /// The offset of the first `needle` at or after `start`; nil for an empty needle.
    static func first(_ needle: [UInt8], in bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int? {
        guard let head = needle.first, let base = bytes.baseAddress, needle.count <= bytes.count else { return nil }
        let last = bytes.count - needle.count
        var at = start
        while at <= last {
            guard let hit = memchr(base + at, Int32(head), last - at + 1) else { return nil }
            let found = UnsafeRawPointer(hit) - UnsafeRawPointer(base)
            if UnsafeBufferPointer(start: base + found, count: needle.count).elementsEqual(needle) { return found }
            at = found + 1
        }
        return nil
    }
}
