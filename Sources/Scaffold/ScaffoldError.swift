/// Why no CI file could be rendered.
package enum ScaffoldError: Error, Hashable, Sendable {
    /// A file that belongs to hephy is not in the folder of its shared files.
    case missingSharedFile(path: String)
    /// A template is not in the templates' own language; `line` counts from one.
    case malformedTemplate(name: String, line: Int, reason: String)
    /// A text of the configuration would be taken by GitLab for one of its inputs.
    case interpolated(text: String)
}
