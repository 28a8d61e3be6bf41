/// Lines whose columns stand below each other, two blanks apart.
struct TextTable {
    private var rows: [[String]] = []

    mutating func add(_ row: [String]) { rows.append(row) }

    /// The lines, each behind `lead`, without blanks at their ends; columns that are empty in every row are left out.
    func lines(behind lead: String = "") -> [String] {
        let count = rows.map(\.count).max() ?? 0
        let widths = (0..<count).map { column in
            rows.map { $0.indices.contains(column) ? $0[column].count : 0 }.max() ?? 0
        }
        return rows.map { row in
            let cells = row.indices.filter { widths[$0] > 0 }.map { column in
                row[column] + String(repeating: " ", count: widths[column] - row[column].count)
            }
            let line = lead + cells.joined(separator: "  ")
            return String(line[..<(line.lastIndex { $0 != " " }.map(line.index(after:)) ?? line.startIndex)])
        }
    }
}
