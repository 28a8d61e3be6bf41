/// What a template is filled with.
package struct TemplateValues: Sendable {
    /// The texts that stand for `@{name}`.
    package var texts: [String: String]
    /// The names for which `#% if name` holds.
    package var flags: Set<String>
    /// What `#% each name` goes through; each item's own values stand before those around it.
    package var lists: [String: [TemplateValues]]

    package init(
        texts: [String: String] = [:], flags: Set<String> = [], lists: [String: [TemplateValues]] = [:]
    ) {
        self.texts = texts
        self.flags = flags
        self.lists = lists
    }

    /// These values for one item of a list, whose own come first.
    func inside(_ item: TemplateValues) -> TemplateValues {
        TemplateValues(
            texts: texts.merging(item.texts) { _, own in own }, flags: flags.union(item.flags),
            lists: lists.merging(item.lists) { _, own in own })
    }
}
