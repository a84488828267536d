package import WeirDomain
package import WeirReporting

/// Everything that the page Measure shows, as of one moment.
package struct MeasureSnapshot: Sendable, Equatable {
    /// A measurement that goes on by itself while the engine decides.
    package struct Entry: Sendable, Equatable, Identifiable {
        /// Unique among those of its kind: the experiment's, the campaign's.
        package var id: String
        package var report: Report

        package init(id: String, report: Report) {
            self.id = id
            self.report = report
        }

        /// Where its page is.
        package var path: String { "/measure/\(percentEncoded(report.kind))/\(percentEncoded(id))" }
        /// The answer in one sentence.
        package var headline: String { report.conclusion.first ?? "No answer yet." }
        /// Those that fit beside the headline.
        package var figures: [Report.Figure] { Array(report.figures.prefix(3)) }
    }

    package var generatedTime: Timestamp
    /// In the order shown; those of one kind stand together.
    package var entries: [Entry]
    /// What makes an empty page fill.
    package var catalogCommand: String
    package var fileCommand: String

    package init(
        generatedTime: Timestamp, entries: [Entry] = [], catalogCommand: String = "weir apply",
        fileCommand: String = "weir measure experiment --input orders.csv --output report.html"
    ) {
        self.generatedTime = generatedTime
        self.entries = entries
        self.catalogCommand = catalogCommand
        self.fileCommand = fileCommand
    }

    package func entry(kind: String, id: String) -> Entry? { entries.first { $0.report.kind == kind && $0.id == id } }
}
