import Forge
import HephyTestSupport
import Scaffold
import Testing

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// This repository's own reusable workflow.
@Suite struct ReusableWorkflowTests {
    @Test func theFileIsWhatIsRenderedFromTheSharedFiles() throws {
        let rendered = try GitHubWorkflow.renderReusable(from: SharedFolder.files)
        let path = "\(GitFixture.share)/../\(GitHubWorkflow.reusablePath)"
        if ProcessInfo.processInfo.environment["HEPHY_UPDATE_GOLDEN"] != nil {
            try Data(rendered.utf8).write(to: URL(filePath: path))
        }
        let file = String(decoding: try Data(contentsOf: URL(filePath: path)), as: UTF8.self)
        #expect(file == rendered, "make render writes it anew")
    }

    @Test func itIsCalledAndNeverStartsByItself() throws {
        let bytes = Array(try GitHubWorkflow.renderReusable(from: SharedFolder.files).utf8)
        let file = WorkflowFile(path: GitHubWorkflow.reusablePath, bytes: bytes)
        #expect(file.problem == nil)
        #expect(file.events == ["workflow_call"])
        #expect(!file.isOurs)
    }
}
