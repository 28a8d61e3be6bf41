import Forge
import HephyTestSupport
import Scaffold
import Testing

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// This repository's own reusable workflow, and what GitLab's pipelines include.
@Suite struct ReusableWorkflowTests {
    @Test func theFileIsWhatIsRenderedFromTheSharedFiles() throws {
        try expect(GitHubWorkflow.renderReusable(from: SharedFolder.files), at: GitHubWorkflow.reusablePath)
    }

    @Test func whatGitLabIncludesIsRenderedFromTheSharedFiles() throws {
        try expect(GitLabPipeline.renderShared(from: SharedFolder.files), at: GitLabPipeline.sharedPath)
    }

    private func expect(_ rendered: String, at path: String) throws {
        let path = "\(GitFixture.share)/../\(path)"
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
