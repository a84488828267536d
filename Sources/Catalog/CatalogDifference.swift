public import WeirDomain

/// One thing in which two catalogs differ.
public struct CatalogDifference: Sendable, Hashable, CustomStringConvertible {
    /// The way to it, as in the files: `budgets.year.limit`.
    public let path: String
    /// Nil where it was added; empty for a whole campaign, offer, budget and so on.
    public let before: String?
    /// Nil where it was removed; empty for a whole campaign, offer, budget and so on.
    public let after: String?

    public init(path: String, before: String?, after: String?) {
        self.path = path
        self.before = before
        self.after = after
    }

    /// `~ budgets.year.limit: 24,000.00 USD → 30,000.00 USD`, `+ campaigns.spring`, `- campaigns.winter`.
    public var description: String {
        switch (before, after) {
        case (let before?, let after?): "~ \(path): \(before) → \(after)"
        case (nil, let after?): "+ \(path)" + (after.isEmpty ? "" : ": \(after)")
        case (let before, nil): "- \(path)" + (before.map { $0.isEmpty ? "" : ": \($0)" } ?? "")
        }
    }
}

/// What applying the new catalog in place of the old one changes, in the order of the catalog's fields; from no catalog
/// everything is new. Empty only where both are equal.
public func differences(from old: Catalog?, to new: Catalog) -> [CatalogDifference] {
    let before: CatalogOutline = old.map { CatalogOutline(reflecting: $0) } ?? .fields([])
    return before.differences(to: CatalogOutline(reflecting: new), at: "")
}
