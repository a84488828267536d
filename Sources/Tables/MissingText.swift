import WeirFiles

/// How programs write that a value is not there: besides an empty cell `NA`, `N/A`, `NaN`, `null`, `None`, `-`, `#N/A`.
///
/// Whole words in the spellings that programs use: `none` and `nil` are left alone, since people call things so.
package enum MissingText {
    private static let spellings: Set<String> = [
        "NA", "N/A", "n/a", "<NA>", "#N/A", "NaN", "nan", "NAN", "null", "NULL", "Null", "None", "-",
    ]

    /// Whether a cell without spaces around it says that nothing is there.
    package static func isMeant(by cell: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let first = cell.first else { return true }
        // Nearly all cells are told apart by their length and first letter.
        guard cell.count <= 4, "Nn<#-".utf8.contains(first) else { return false }
        return spellings.contains(String(decoding: cell, as: UTF8.self))
    }

    /// The same of a text.
    package static func isMeant(by text: String) -> Bool { text.isEmpty || spellings.contains(text) }
}
