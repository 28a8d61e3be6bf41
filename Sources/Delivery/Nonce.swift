/// The value of the input `hephy_id`, by which a dispatched run is found where the server tells no id.
enum Nonce {
    /// 32 random hexadecimal digits.
    static func make() -> String {
        (0..<4).map { _ in
            let digits = String(UInt32.random(in: .min ... .max), radix: 16)
            return String(repeating: "0", count: 8 - digits.count) + digits
        }.joined()
    }
}
