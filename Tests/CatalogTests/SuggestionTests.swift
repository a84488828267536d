import WeirDomain
import Testing
import WeirCatalog

@Suite("Suggestions")
struct SuggestionTests {
    @Test(
        "The distance counts insertions, deletions, replacements and swapped neighbours",
        arguments: [
            ("", "", 0), ("", "abc", 3), ("abc", "", 3), ("abc", "abc", 0), ("abc", "acb", 1), ("abc", "abd", 1),
            ("abc", "ab", 1), ("abc", "xabc", 1), ("kitten", "sitting", 3), ("ca", "abc", 3), ("ä", "a", 1),
        ])
    func distance(one: String, other: String, distance: Int) {
        #expect(one.editDistance(to: other) == distance)
        #expect(other.editDistance(to: one) == distance)
    }

    @Test(
        "Only a name that is near enough is suggested",
        arguments: [
            ("budgest", "budgets"), ("BUDGETS", "budgets"), ("bdget", "budgets"), ("bdgt", nil), ("cap", "caps"),
            ("goal", "goals"),
            ("xyz", nil), ("", nil),
        ] as [(String, String?)])
    func nearest(written: String, meant: String?) {
        #expect(written.nearest(in: ["budgets", "caps", "goals"]) == meant)
    }
}
