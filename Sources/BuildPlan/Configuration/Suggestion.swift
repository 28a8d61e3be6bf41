/// Finds the name that somebody probably meant.
enum Suggestion {
    /// The candidate that `word` most probably stands for, or nil when none is near; the first wins among equals.
    ///
    /// Case and the choice of `-` or `_` don't count. A candidate is near when few letters differ for its length, or
    /// when `word` is a whole part of it (`backend` of `build_backend`).
    static func nearest(to word: some StringProtocol, among candidates: [String]) -> String? {
        guard word.utf8.count <= 64 else { return nil }
        let wanted = normalized(word)
        guard !wanted.isEmpty else { return nil }
        var best: (candidate: String, distance: Int)?
        for candidate in candidates {
            let name = normalized(candidate)
            let distance = editDistance(wanted, name)
            guard distance <= max(1, min(wanted.count, name.count) / 3), distance < best?.distance ?? .max else {
                continue
            }
            best = (candidate, distance)
        }
        if let best { return best.candidate }
        guard wanted.count >= 3 else { return nil }
        return candidates.first { candidate in
            let parts = normalized(candidate).split(separator: UInt8(ascii: "_")).map(Array.init)
            return parts.count > 1 && parts.contains(wanted)
        }
    }

    private static func normalized(_ text: some StringProtocol) -> [UInt8] {
        text.utf8.map { byte in
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte | 0x20
            case UInt8(ascii: "-"): UInt8(ascii: "_")
            default: byte
            }
        }
    }

    /// Insertions, deletions, substitutions and swaps of neighbours that turn one text into the other (optimal string
    /// alignment).
    static func editDistance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var beforeLast: [Int] = []
        var last = Array(0...right.count)
        for row in left.indices {
            var current = [row + 1]
            for column in right.indices {
                let isSame = left[row] == right[column]
                var cost = min(last[column + 1] + 1, current[column] + 1, last[column] + (isSame ? 0 : 1))
                if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
                    cost = min(cost, beforeLast[column - 1] + 1)
                }
                current.append(cost)
            }
            beforeLast = last
            last = current
        }
        return last[right.count]
    }
}
