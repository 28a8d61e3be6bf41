import CYAML

/// One event of libyaml's parser as a Swift value.
struct YAMLEvent {
    enum Content {
        case streamStart
        case streamEnd
        case documentStart
        case documentEnd
        case alias(name: String)
        case scalar(String, isPlain: Bool, anchor: String?)
        case sequenceStart(anchor: String?)
        case mappingStart(anchor: String?)
        case collectionEnd
    }

    var content: Content
    var mark: Mark
}

/// Owns one libyaml parser and the text it reads.
struct YAMLEventReader: ~Copyable {
    // The parser points into itself, and it keeps the address of the text: both need a place that never moves.
    private let parser: UnsafeMutablePointer<yaml_parser_t>
    private let text: UnsafeMutableBufferPointer<UInt8>

    /// - Throws: `YAMLError.Fact.outOfMemory` when libyaml cannot have its buffers.
    init(_ bytes: ArraySlice<UInt8>) throws(YAMLError) {
        parser = .allocate(capacity: 1)
        text = .allocate(capacity: bytes.count)
        _ = text.initialize(fromContentsOf: bytes)
        // On failure libyaml has released what it took and zeroed the struct, which `yaml_parser_delete` accepts.
        guard yaml_parser_initialize(parser) == 1 else {
            throw YAMLError(.outOfMemory, at: Mark(line: 1, column: 1))
        }
        // A set encoding keeps libyaml from taking the text for UTF-16.
        yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        yaml_parser_set_input_string(parser, text.baseAddress, text.count)
    }

    deinit {
        yaml_parser_delete(parser)
        parser.deallocate()
        text.deallocate()
    }

    /// Reads the next event.
    ///
    /// After `streamEnd` or an error nothing more may be asked for.
    ///
    /// - Throws: `YAMLError` at the place where the text stops being YAML.
    mutating func next() throws(YAMLError) -> YAMLEvent {
        var event = yaml_event_t()
        guard yaml_parser_parse(parser, &event) == 1 else { throw failure() }
        defer { yaml_event_delete(&event) }
        return YAMLEvent(content: Self.content(of: event), mark: Mark(event.start_mark))
    }

    private static func content(of event: yaml_event_t) -> YAMLEvent.Content {
        switch event.type {
        case YAML_STREAM_START_EVENT: return .streamStart
        case YAML_DOCUMENT_START_EVENT: return .documentStart
        case YAML_DOCUMENT_END_EVENT: return .documentEnd
        case YAML_ALIAS_EVENT: return .alias(name: string(event.data.alias.anchor) ?? "")
        case YAML_SCALAR_EVENT:
            let scalar = event.data.scalar
            let text = String(decoding: UnsafeBufferPointer(start: scalar.value, count: scalar.length), as: UTF8.self)
            let isPlain = scalar.style == YAML_PLAIN_SCALAR_STYLE && !meansText(tag: string(scalar.tag))
            return .scalar(text, isPlain: isPlain, anchor: string(scalar.anchor))
        case YAML_SEQUENCE_START_EVENT: return .sequenceStart(anchor: string(event.data.sequence_start.anchor))
        case YAML_MAPPING_START_EVENT: return .mappingStart(anchor: string(event.data.mapping_start.anchor))
        case YAML_SEQUENCE_END_EVENT, YAML_MAPPING_END_EVENT: return .collectionEnd
        default: return .streamEnd
        }
    }

    private static func meansText(tag: String?) -> Bool {
        tag == "!" || tag == "tag:yaml.org,2002:str"
    }

    private static func string(_ text: UnsafePointer<UInt8>?) -> String? {
        text.map { String(cString: $0) }
    }

    private func failure() -> YAMLError {
        switch parser.pointee.error {
        case YAML_MEMORY_ERROR:
            return YAMLError(.outOfMemory, at: Mark(parser.pointee.mark))
        case YAML_READER_ERROR:
            // A reader error has an offset into the text but no mark.
            let offset = min(parser.pointee.problem_offset, text.count)
            let mark = Mark(after: text.prefix(offset))
            guard let value = UInt32(exactly: parser.pointee.problem_value), parser.pointee.problem_value >= 0,
                Self.words(parser.pointee.problem) == "control characters are not allowed"
            else { return YAMLError(.invalidUTF8, at: mark) }
            return YAMLError(.forbiddenCharacter(value), at: mark)
        default:
            let problem = Self.words(parser.pointee.problem) ?? "not YAML"
            let fact = YAMLError.Fact.syntax(problem: problem, context: Self.words(parser.pointee.context))
            return YAMLError(fact, at: Mark(parser.pointee.problem_mark))
        }
    }

    private static func words(_ text: UnsafePointer<CChar>?) -> String? {
        text.map { String(cString: $0) }
    }
}

extension Mark {
    fileprivate init(_ mark: yaml_mark_t) {
        self.init(line: mark.line + 1, column: mark.column + 1)
    }
}
