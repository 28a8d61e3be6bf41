import Forge
import Testing

/// The facts of GitHub's "Filter pattern cheat sheet".
struct FilterPatternTests {
    @Test(arguments: [
        ("feature/*", ["feature/my-branch", "feature/"], ["feature", "feature/a/b", "xfeature/a"]),
        ("feature/**", ["feature/beta-a/my-branch", "feature/x", "feature/a/b/c"], ["feature", "features/x"]),
        ("main", ["main"], ["mainx", "xmain", "Main", "ma/in", ""]),
        ("releases/mona-the-octocat", ["releases/mona-the-octocat"], ["releases/mona"]),
        ("*", ["main", "releases", "README.md"], ["all/the/branches", "docs/x"]),
        ("**", ["main", "all/the/branches", "every/tag"], []),
        ("*feature", ["mona-feature", "feature", "ver-10-feature"], ["a/feature", "features"]),
        ("v2*", ["v2", "v2.0", "v2.9"], ["v1", "v2/x"]),
        ("v[12].[0-9]+.[0-9]+", ["v1.10.1", "v2.0.0"], ["v3.0.0", "v1..1", "v1.0", "v1.0.0-rc", "v1x0y0"]),
        ("*.jsx?", ["page.js", "page.jsx", ".js"], ["page.jsxx", "a/page.js", "page.j"]),
        ("*.js", ["app.js", "index.js"], ["js/index.js", "app.jsx"]),
        ("**.js", ["index.js", "js/index.js", "src/js/app.js"], ["index.ts"]),
        ("docs/*", ["docs/README.md", "docs/file.txt"], ["docs/a/b.md", "docs"]),
        ("docs/**", ["docs/README.md", "docs/mona/octocat.txt"], ["docs", "x/docs/y"]),
        ("docs/**/*.md", ["docs/README.md", "docs/mona/hello.md", "docs/a/markdown/file.md"], ["docs/x.txt", "x.md"]),
        ("**/docs/**", ["docs/hello.md", "dir/docs/my-file.txt", "space/docs/plan/space.doc"], ["docs", "mydocs/x"]),
        ("**/README.md", ["README.md", "js/README.md", "a/b/README.md"], ["xREADME.md", "README.md/x"]),
        ("**/*src/**", ["a/src/app.js", "my-src/code/js/app.js"], ["a/srcs/app.js", "src"]),
        ("**/*-post.md", ["my-post.md", "path/their-post.md"], ["post.md"]),
        ("**/migrate-*.sql", ["migrate-10909.sql", "db/migrate-v1.0.sql", "db/sept/migrate-v1.sql"], ["migrate.sql"]),
        ("**/*", ["a", "a/b"], []), ("a**b", ["ab", "a/x/b"], ["a/x"]), ("a?", ["a", ""], ["aa"]),
        ("ab+", ["ab", "abbb"], ["a", "abab"]), ("[a-c]", ["a", "c"], ["d", "", "-"]), ("[a-]", ["a", "-"], ["b"]),
        ("\\*", ["*"], ["x", ""]), ("\\[x\\]", ["[x]"], ["x"]), ("a\\+", ["a+"], ["aa"]), ("?x", ["?x"], ["x"]),
        ("+x", ["+x"], ["x"]), ("[x", ["[x"], ["x"]), ("[]", ["[]"], [""]), ("a.b", ["a.b"], ["axb"]),
        ("ü*", ["über", "ü"], ["uber"]), ("", [""], ["a"]), ("refs/heads/main", [], ["main"]),
        ("[z-a]", ["z", "-"], ["m"]),
        ("***", ["a/b"], []), ("*?", ["", "abc"], ["a/b"]), ("*+", ["abc"], ["a/b"]), ("\\", ["\\"], [""]),
    ])
    func aPatternTakesWhatGitHubSays(pattern: String, yes: [String], no: [String]) {
        let patterns = FilterPatterns([pattern])
        for text in yes { #expect(patterns.choose(text), "'\(pattern)' takes '\(text)'") }
        for text in no { #expect(!patterns.choose(text), "'\(pattern)' does not take '\(text)'") }
    }

    @Test(arguments: [
        (["*.md", "!README.md"], ["hello.md"], ["README.md", "docs/hello.md"]),
        (["*.md", "!README.md", "README*"], ["hello.md", "README.md", "README.doc"], ["docs/hello.md"]),
        (
            ["releases/**", "!releases/**-alpha"], ["releases/10", "releases/beta/mona"],
            ["releases/10-alpha", "releases/beta/3-alpha", "main"]
        ),
        (["!main", "**"], ["main", "other"], []), (["!main"], [], ["main", "other"]), ([], [], ["main"]),
        (["a", "b"], ["a", "b"], ["c"]), (["**", "!!x"], ["x", "!y"], ["!x"]),
    ])
    func theLastPatternThatFitsCounts(patterns: [String], yes: [String], no: [String]) {
        for text in yes { #expect(FilterPatterns(patterns).choose(text), "'\(text)'") }
        for text in no { #expect(!FilterPatterns(patterns).choose(text), "'\(text)'") }
    }

    @Test func aHostilePatternEndsSoon() {
        let pattern = String(repeating: "*a+", count: 60)
        let clock = ContinuousClock()
        let time = clock.measure {
            #expect(!FilterPatterns([pattern]).choose(String(repeating: "a", count: 300) + "b"))
        }
        #expect(time < .seconds(20))
    }
}
