/// The elements of a JSON array that can be read; an odd one among them makes no list unreadable.
struct Readable<Element: Decodable & Sendable>: Decodable, Sendable {
    var elements: [Element]

    /// An element of any form.
    private struct Anything: Decodable {}

    init(from decoder: any Decoder) throws {
        var list = try decoder.unkeyedContainer()
        elements = []
        while !list.isAtEnd {
            let index = list.currentIndex
            if let element = try? list.decode(Element.self) {
                elements.append(element)
            } else if list.currentIndex == index {
                _ = try list.decode(Anything.self)
            }
        }
    }
}
