/// What a measurement found, ready to be read: as text, JSON, CSV or a page.
///
/// The figures keep their full precision here; how many digits are shown follows from their units.
package struct Report: Sendable, Equatable {
    /// What was measured, such as `experiment` or `geo-lift`; letters and hyphens.
    package var kind: String
    /// What the page is called.
    package var title: String
    /// How the input was read, in one line: periods, units, arms, what counts as missing. Empty where nothing had to be
    /// understood.
    package var understood = ""
    /// Sentences that a marketer can act on; the first is the answer.
    package var conclusion: [String]
    /// What was weighed before the conclusion; their texts stand among the warnings.
    package internal(set) var doubts: [Doubt] = []
    /// The few figures that carry the answer, the most important first.
    package var figures: [Figure]
    /// What to doubt before reading on: each with the remedy.
    package var warnings: [String]
    package var sections: [Section]
    /// What must hold for the figures to be true.
    package var assumptions: [String]
    /// What it rests on: files, rows, period, versions, seed.
    package var data: [String]

    package init(
        kind: String, title: String, conclusion: [String] = [], figures: [Figure] = [], warnings: [String] = [],
        sections: [Section] = [], assumptions: [String] = [], data: [String] = []
    ) {
        self.kind = kind
        self.title = title
        self.conclusion = conclusion
        self.figures = figures
        self.warnings = warnings
        self.sections = sections
        self.assumptions = assumptions
        self.data = data
    }

    /// A figure that stands alone.
    package struct Figure: Sendable, Equatable {
        /// In JSON; lower case with underscores, such as `lift`.
        package var name: String
        /// For people, such as `Lift per city and day`.
        package var label: String
        package var quantity: Quantity

        package init(_ name: String, _ label: String, _ quantity: Quantity) {
            self.name = name
            self.label = label
            self.quantity = quantity
        }
    }

    /// A heading with what belongs under it: first the sentences, then pictures, then tables.
    package struct Section: Sendable, Equatable {
        package var title: String
        package var text: [String]
        package var charts: [Chart]
        package var tables: [ReportTable]

        package init(_ title: String, text: [String] = [], charts: [Chart] = [], tables: [ReportTable] = []) {
            self.title = title
            self.text = text
            self.charts = charts
            self.tables = tables
        }
    }

    /// All tables, in order.
    package var tables: [ReportTable] { sections.flatMap(\.tables) }
}
