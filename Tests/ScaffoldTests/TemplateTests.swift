import Scaffold
import Testing

@Suite struct TemplateTests {
    private func render(
        _ text: String, _ values: TemplateValues = TemplateValues(), steps: [String: String] = [:]
    ) throws -> String {
        try Template(text, name: "t").render(values) { name throws(ScaffoldError) in
            guard let step = steps[name] else { throw .missingSharedFile(path: name) }
            return step
        }
    }

    @Test func namesStandForTheirTexts() throws {
        let values = TemplateValues(texts: ["a": "1", "b-c": "@{a}"])
        #expect(try render("x @{a}@{b-c} }\n", values) == "x 1@{a} }\n")
    }

    @Test func whatTheForgeOrTheShellReadsStays() throws {
        let text = "a: ${{ inputs.x }}\nb: ${HOME} @ {x}\n"
        #expect(try render(text) == text)
    }

    @Test func blocksDependOnTheirFlag() throws {
        let text = "#% if x\nyes\n#% else\nno\n#% end\n  #% if y\nalso\n  #% end\n"
        #expect(try render(text, TemplateValues(flags: ["x"])) == "yes\n")
        #expect(try render(text, TemplateValues(flags: ["y"])) == "no\nalso\n")
    }

    @Test func listsGoThroughTheirItemsWhoseValuesComeFirst() throws {
        let inner = TemplateValues(texts: ["c": "3"], flags: ["last"])
        let items = [TemplateValues(texts: ["b": "2"]), TemplateValues(texts: ["a": "9", "b": "8"])]
        var values = TemplateValues(texts: ["a": "1"], lists: ["item": items])
        values.lists["item"]?[1].lists["inner"] = [inner]
        values.lists["inner"] = []
        let text = "#% each item\n@{a}@{b}\n#% each inner\n@{a}@{c}\n#% if last\nend\n#% end\n#% end\n#% end\nafter\n"
        #expect(try render(text, values) == "12\n98\n93\nend\nafter\n")
    }

    @Test func stepsComeInWithTheIndentationOfTheirLine() throws {
        let step = "#!/bin/sh\n\necho @{x} '\n  two'"
        #expect(
            try render("run: |\n    #% step @{n}.sh\n", TemplateValues(texts: ["n": "s"]), steps: ["s.sh": step])
                == "run: |\n    #!/bin/sh\n\n    echo @{x} '\n      two'\n")
    }

    @Test(arguments: [
        ("a\n#% end\n", 2, "not understood: '#% end'"),
        ("a\n#% if x\nb\n", 2, "a block without '#% end'"),
        ("#% each x\n#% if y\n#% end\n", 1, "a block without '#% end'"),
        ("#% else\n", 1, "not understood: '#% else'"),
        ("#% if\n", 1, "not understood: '#% if'"),
        ("#% what x\n", 1, "not understood: '#% what x'"),
        ("a\n@{x\n", 2, "an open '@{'"),
        ("a\n\n@{x}\n", 3, "no value for 'x'"),
        ("#% each x\n#% end\n", 1, "no list 'x'"),
    ])
    func whatIsNoTemplateIsNamedWithItsLine(text: String, line: Int, reason: String) {
        #expect(throws: ScaffoldError.malformedTemplate(name: "t", line: line, reason: reason)) { try render(text) }
    }

    @Test func aMissingStepIsNamed() {
        #expect(throws: ScaffoldError.missingSharedFile(path: "s.sh")) { try render("#% step s.sh\n") }
    }
}
