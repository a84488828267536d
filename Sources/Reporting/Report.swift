/// What a measurement found, ready to be read: as text, JSON, CSV or a page.
///
/// The figures keep their full precision here; how many digits are shown follows from their units.
public struct Report: Sendable, Equatable {
    /// What was measured, such as `experiment` or `geo-lift`; letters and hyphens.
    public var kind: String
    /// What the page is called.
    public var title: String
    /// Sentences that a marketer can act on; the first is the answer.
    public var conclusion: [String]
    /// The few figures that carry the answer, the most important first.
    public var figures: [Figure]
    /// What to doubt before reading on: each with the remedy.
    public var warnings: [String]
    public var sections: [Section]
    /// What must hold for the figures to be true.
    public var assumptions: [String]
    /// What it rests on: files, rows, period, versions, seed.
    public var data: [String]

    public init(
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
    public struct Figure: Sendable, Equatable {
        /// In JSON; lower case with underscores, such as `lift`.
        public var name: String
        /// For people, such as `Lift per city and day`.
        public var label: String
        public var quantity: Quantity

        public init(_ name: String, _ label: String, _ quantity: Quantity) {
            self.name = name
            self.label = label
            self.quantity = quantity
        }
    }

    /// A heading with what belongs under it: first the sentences, then pictures, then tables.
    public struct Section: Sendable, Equatable {
        public var title: String
        public var text: [String]
        public var charts: [Chart]
        public var tables: [ReportTable]

        public init(_ title: String, text: [String] = [], charts: [Chart] = [], tables: [ReportTable] = []) {
            self.title = title
            self.text = text
            self.charts = charts
            self.tables = tables
        }
    }

    /// All tables, in order.
    public var tables: [ReportTable] { sections.flatMap(\.tables) }
}
