/// Reads the text of a job's log: `<28 characters of time> <message>` a line, as the runner's `PagingLogger` writes it.
struct GitHubLogDecoder: LogDecoder {
    mutating func lines(in piece: [UInt8]) -> [LogLine] { [] }
    mutating func finish() -> [LogLine] { [] }
}
