import Testing
import YAML

@Suite(.timeLimit(.minutes(1))) struct YAMLHostileTextTests {
    private func error(of text: String, limits: YAMLLimits = .init()) -> YAMLError? {
        do throws(YAMLError) {
            _ = try YAMLNode.parse(Array(text.utf8), limits: limits)
            return nil
        } catch {
            return error
        }
    }

    @Test func aBillionLaughsAreRefusedBeforeTheyAreTold() {
        var text = "a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n"
        for level in 1...40 {
            let alias = "*a\(level - 1)"
            text += "a\(level): &a\(level) [\(Array(repeating: alias, count: 9).joined(separator: ", "))]\n"
        }
        #expect(error(of: text)?.fact == .tooManyNodes(limit: 100_000))
    }

    @Test func aLongScalarRepeatedByAliasesIsCountedEachTime() {
        let long = String(repeating: "x", count: 1000)
        let text = "a: &a \(long)\nb: [\(Array(repeating: "*a", count: 20).joined(separator: ", "))]\n"
        #expect(error(of: text, limits: YAMLLimits(text: 10_000))?.fact == .tooMuchText(limit: 10_000))
        #expect(error(of: text, limits: YAMLLimits(text: 30_000)) == nil)
    }

    @Test func aliasesInsideAliasesCountAsDepth() {
        var text = "a0: &a0 [x]\n"
        for level in 1...100 { text += "a\(level): &a\(level) [*a\(level - 1)]\n" }
        #expect(error(of: text)?.fact == .tooDeep(limit: 64))
    }

    @Test(arguments: ["[", "{a: ", "- ", "? "])
    func deepNestingIsRefusedAtItsPlace(opening: String) throws {
        let text = String(repeating: opening, count: 50_000)
        let refusal = try #require(error(of: text))
        #expect(refusal.fact == .tooDeep(limit: 64))
        #expect(refusal.mark.line == 1)
    }

    @Test func depthCountsTheOutermostCollection() {
        let limits = YAMLLimits(depth: 2)
        #expect(error(of: "[[x]]", limits: limits) == nil)
        #expect(error(of: "[[[]]]", limits: limits) == YAMLError(.tooDeep(limit: 2), at: Mark(line: 1, column: 3)))
    }

    @Test func nodesCountScalarsAndCollections() {
        let limits = YAMLLimits(nodes: 4)
        #expect(error(of: "a: [b]", limits: limits) == nil)
        #expect(error(of: "a: [b, c]", limits: limits)?.fact == .tooManyNodes(limit: 4))
    }

    @Test func aTextOverTheLimitIsNotRead() {
        #expect(
            error(of: "[[[[[", limits: YAMLLimits(bytes: 4))
                == YAMLError(.tooManyBytes(limit: 4), at: Mark(line: 1, column: 1)))
    }

    @Test(arguments: ["\n", "\r", "\r\n", "\u{85}", "\u{2028}"])
    func directivesWithoutEndAreRefused(lineBreak: String) {
        let text = (0..<90_000).map { "%TAG !\($0)! a" }.joined(separator: lineBreak) + "\n---\na\n"
        let start = text.unicodeScalars.prefix(1 << 19)
        #expect(
            error(of: String(start)) == YAMLError(.tooManyDirectives(limit: 32), at: Mark(line: 33, column: 1)))
    }

    @Test func aTagDirectiveAndItsWordInsideTextAreHarmless() throws {
        let words = String(repeating: " %TAG\n", count: 100)
        #expect(error(of: "%TAG !e! tag:example.com,2000:\n--- |\n\(words)") == nil)
    }

    @Test func bytesThatMeanNothingNeverCrash() {
        var random = SeededRandom(state: 42)
        var accepted = 0
        for _ in 0..<3000 {
            let bytes = (0..<Int.random(in: 0...80, using: &random)).map { _ in
                UInt8.random(in: .min ... .max, using: &random)
            }
            if (try? YAMLNode.parse(bytes)) != nil { accepted += 1 }
        }
        // Nearly all of this is invalid UTF-8.
        #expect(accepted < 1500)
    }

    @Test func yamlTokensInAnyOrderNeverCrashAndKeepTheirLimits() {
        let tokens = [
            "a", "b: ", "- ", "? ", ": ", "[", "]", "{", "}", ", ", "&x ", "*x ", "*y", "&y ", "!t ", "!!str ", "| ",
            ">-", "\n",
            "\n  ", "\n    ", "\"", "'", "#", "%YAML 1.2", "---\n", "...\n", "\t", "\r\n", "ä", "\u{2028}", "<<: ", "~",
            "1",
        ]
        var random = SeededRandom(state: 7)
        let limits = YAMLLimits(depth: 8, nodes: 60, text: 200)
        var accepted = 0
        var refused = 0
        for _ in 0..<5000 {
            let text = (0..<Int.random(in: 0...40, using: &random)).map { _ in
                tokens.randomElement(using: &random) ?? ""
            }.joined()
            do throws(YAMLError) {
                guard let root = try YAMLNode.parse(Array(text.utf8), limits: limits) else { continue }
                accepted += 1
                #expect(nodeCount(root) <= 60)
            } catch {
                refused += 1
                #expect(error.mark.line >= 1 && error.mark.column >= 1)
            }
        }
        #expect(accepted > 0 && refused > 0)
    }

    private func nodeCount(_ node: YAMLNode) -> Int {
        switch node.content {
        case .scalar: 1
        case .sequence(let items): items.reduce(1) { $0 + nodeCount($1) }
        case .mapping(let pairs): pairs.reduce(1) { $0 + nodeCount($1.key) + nodeCount($1.value) }
        }
    }
}

private struct SeededRandom: RandomNumberGenerator {
    var state: UInt64

    /// SplitMix64.
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
