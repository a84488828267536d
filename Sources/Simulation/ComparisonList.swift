package import WeirJSON
package import WeirReporting
import WeirStatistics

/// What policies reached in several worlds, ready to be given out.
package struct ComparisonList: Presentable {
    private let comparisons: [Comparison]

    package init(_ comparisons: [Comparison]) { self.comparisons = comparisons }

    package var text: String { comparisons.map { $0.table + "\n\n" }.joined() }

    package var json: JSON { .object([JSON.Member("worlds", .array(comparisons.map(\.json)))]) }

    package var tables: [ReportTable] {
        [
            ReportTable(
                name: "policies", columns: ["world", "policy", "figure", "estimate"].map { .init($0, $0) },
                rows: comparisons.flatMap(\.tableRows))
        ]
    }
}
