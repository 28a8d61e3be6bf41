extension YAMLNode {
    /// Reads a text of at most one document, aliases resolved.
    ///
    /// An empty document gives nil. A byte order mark at the start is skipped. Only UTF-8 is read.
    ///
    /// - Throws: `YAMLError` when the text is no YAML, has a second document or a key twice in one mapping, or is
    ///   larger, deeper or, with its aliases resolved, wider than `limits` allow.
    package static func parse(_ bytes: [UInt8], limits: YAMLLimits = .init()) throws(YAMLError) -> YAMLNode? {
        guard bytes.count <= limits.bytes else {
            throw YAMLError(.tooManyBytes(limit: limits.bytes), at: Mark(line: 1, column: 1))
        }
        try refuseManyDirectives(in: bytes)
        let start = bytes.starts(with: byteOrderMark) ? byteOrderMark.count : 0
        var composer = YAMLComposer(events: try YAMLEventReader(bytes[start...]), limits: limits)
        return try composer.document()
    }

    private static func refuseManyDirectives(in bytes: [UInt8]) throws(YAMLError) {
        var count = 0
        var rest = bytes[...]
        while let place = rest.firstIndex(of: UInt8(ascii: "%")) {
            rest = rest[(place + 1)...]
            guard rest.starts(with: "TAG".utf8), Mark(after: bytes[..<place].suffix(3)).column == 1 else { continue }
            count += 1
            guard count > YAMLLimits.directives else { continue }
            throw YAMLError(.tooManyDirectives(limit: YAMLLimits.directives), at: Mark(after: bytes[..<place]))
        }
    }
}

/// Builds nodes from events and counts what they would weigh without sharing.
private struct YAMLComposer: ~Copyable {
    /// A node with what it weighs; aliases share the node but are counted in full.
    private struct Weighed {
        var node: YAMLNode
        var nodes = 1
        var text = 0
        /// Levels of collections: 0 for a scalar.
        var height = 0

        mutating func add(_ part: Weighed) {
            nodes += part.nodes
            text += part.text
            height = max(height, part.height + 1)
        }
    }

    private var events: YAMLEventReader
    private let limits: YAMLLimits
    private var anchors: [String: Weighed] = [:]
    /// Anchors of the collections that are being read.
    private var open: Set<String> = []
    private var nodes = 0
    private var text = 0

    init(events: consuming YAMLEventReader, limits: YAMLLimits) {
        self.events = events
        self.limits = limits
    }

    mutating func document() throws(YAMLError) -> YAMLNode? {
        _ = try events.next()
        guard case .documentStart = try events.next().content else { return nil }
        let root = try node(try events.next(), depth: 0).node
        _ = try events.next()
        let end = try events.next()
        if case .documentStart = end.content { throw YAMLError(.secondDocument, at: end.mark) }
        if case .scalar("", isPlain: true) = root.content { return nil }
        return root
    }

    private mutating func node(_ event: YAMLEvent, depth: Int) throws(YAMLError) -> Weighed {
        switch event.content {
        case .scalar(let text, let isPlain, let anchor):
            let weighed = Weighed(
                node: YAMLNode(.scalar(text, isPlain: isPlain), at: event.mark), text: text.utf8.count)
            try count(weighed, depth: depth, at: event.mark)
            if let anchor { anchors[anchor] = weighed }
            return weighed
        case .alias(let name):
            if open.contains(name) { throw YAMLError(.recursiveAlias(name), at: event.mark) }
            guard var weighed = anchors[name] else { throw YAMLError(.unknownAlias(name), at: event.mark) }
            try count(weighed, depth: depth, at: event.mark)
            weighed.node.mark = event.mark
            return weighed
        case .sequenceStart(let anchor):
            return try collection(anchor, depth: depth, at: event.mark) { (composer) throws(YAMLError) in
                try composer.sequence(at: event.mark, depth: depth + 1)
            }
        case .mappingStart(let anchor):
            return try collection(anchor, depth: depth, at: event.mark) { (composer) throws(YAMLError) in
                try composer.mapping(at: event.mark, depth: depth + 1)
            }
        case .streamStart, .streamEnd, .documentStart, .documentEnd, .collectionEnd:
            preconditionFailure("libyaml sends no such event where a node begins")
        }
    }

    private mutating func collection(
        _ anchor: String?, depth: Int, at mark: Mark,
        _ read: (inout YAMLComposer) throws(YAMLError) -> Weighed
    ) throws(YAMLError) -> Weighed {
        var own = Weighed(node: YAMLNode(.sequence([]), at: mark))
        own.height = 1
        try count(own, depth: depth, at: mark)
        let isInner = anchor.map { open.contains($0) } ?? false
        if let anchor { open.insert(anchor) }
        let weighed = try read(&self)
        if let anchor {
            if !isInner { open.remove(anchor) }
            anchors[anchor] = weighed
        }
        return weighed
    }

    private mutating func sequence(at mark: Mark, depth: Int) throws(YAMLError) -> Weighed {
        var items: [YAMLNode] = []
        var weighed = Weighed(node: YAMLNode(.sequence([]), at: mark), height: 1)
        while true {
            let event = try events.next()
            if case .collectionEnd = event.content { break }
            let item = try node(event, depth: depth)
            items.append(item.node)
            weighed.add(item)
        }
        weighed.node.content = .sequence(items)
        return weighed
    }

    private mutating func mapping(at mark: Mark, depth: Int) throws(YAMLError) -> Weighed {
        var pairs: [(key: YAMLNode, value: YAMLNode)] = []
        var places: [String: Mark] = [:]
        var weighed = Weighed(node: YAMLNode(.mapping([]), at: mark), height: 1)
        while true {
            let event = try events.next()
            if case .collectionEnd = event.content { break }
            let key = try node(event, depth: depth)
            if case .scalar(let text, _) = key.node.content {
                if let first = places[text] { throw YAMLError(.duplicateKey(text, first: first), at: key.node.mark) }
                places[text] = key.node.mark
            }
            let value = try node(try events.next(), depth: depth)
            pairs.append((key.node, value.node))
            weighed.add(key)
            weighed.add(value)
        }
        weighed.node.content = .mapping(pairs)
        return weighed
    }

    private mutating func count(_ weighed: Weighed, depth: Int, at mark: Mark) throws(YAMLError) {
        // Neither sum can overflow: what was counted before is within limits that are far from `Int.max`.
        nodes += weighed.nodes
        text += weighed.text
        if nodes > limits.nodes { throw YAMLError(.tooManyNodes(limit: limits.nodes), at: mark) }
        if text > limits.text { throw YAMLError(.tooMuchText(limit: limits.text), at: mark) }
        if depth + weighed.height > limits.depth { throw YAMLError(.tooDeep(limit: limits.depth), at: mark) }
    }
}
