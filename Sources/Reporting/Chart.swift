/// A picture, by what it shows rather than how it is drawn.
public struct Chart: Sendable, Equatable {
    /// Letters and hyphens, unique within a report.
    public var name: String
    /// What it shows, with the unit of its values.
    public var title: String
    /// What the picture says, for those who do not see it.
    public var summary: String
    public var kind: Kind

    public init(name: String, title: String, summary: String, _ kind: Kind) {
        self.name = name
        self.title = title
        self.summary = summary
        self.kind = kind
    }

    public enum Kind: Sendable, Equatable {
        case lines(Lines)
        /// Estimates with their ranges on one axis, one below the other.
        case intervals([Row], unit: Quantity.Unit, zero: Double?)
        /// Lengths from zero, one group per row, one bar per series.
        case bars([Bar], series: [String], unit: Quantity.Unit)
    }

    /// Curves over time or over a number.
    public struct Lines: Sendable, Equatable {
        public var series: [Series]
        /// An area between two curves, such as an interval around a series.
        public var band: Band?
        /// What the horizontal axis counts; seconds since 1970 (UTC) where it is time.
        public var horizontal: Axis
        public var unit: Quantity.Unit
        /// Upright lines with their names, such as the start of a test.
        public var marks: [Mark]
        /// A level line, such as zero.
        public var level: Double?

        public init(
            series: [Series], band: Band? = nil, horizontal: Axis, unit: Quantity.Unit, marks: [Mark] = [],
            level: Double? = nil
        ) {
            self.series = series
            self.band = band
            self.horizontal = horizontal
            self.unit = unit
            self.marks = marks
            self.level = level
        }
    }

    public enum Axis: Sendable, Equatable {
        /// Seconds since 1970-01-01 UTC, shown as dates.
        case time
        case number(label: String)
    }

    public struct Series: Sendable, Equatable {
        public var name: String
        public var style: Style
        public var x: [Double]
        public var y: [Double]

        public init(_ name: String, _ style: Style = .main, x: [Double], y: [Double]) {
            precondition(x.count == y.count, "a point has two coordinates")
            self.name = name
            self.style = style
            self.x = x
            self.y = y
        }
    }

    public enum Style: Sendable, Equatable {
        /// What was observed: the strongest line.
        case main
        /// What would have been: dashed.
        case reference
        /// One of many: thin and pale.
        case background
    }

    public struct Band: Sendable, Equatable {
        public var x: [Double]
        public var lower: [Double]
        public var upper: [Double]

        public init(x: [Double], lower: [Double], upper: [Double]) {
            precondition(x.count == lower.count && x.count == upper.count, "a band has two ends at each place")
            self.x = x
            self.lower = lower
            self.upper = upper
        }
    }

    public struct Mark: Sendable, Equatable {
        public var x: Double
        public var name: String

        public init(_ name: String, at x: Double) {
            self.name = name
            self.x = x
        }
    }

    public struct Row: Sendable, Equatable {
        public var name: String
        public var quantity: Quantity

        public init(_ name: String, _ quantity: Quantity) {
            self.name = name
            self.quantity = quantity
        }
    }

    public struct Bar: Sendable, Equatable {
        public var name: String
        /// One per series.
        public var values: [Double]

        public init(_ name: String, _ values: [Double]) {
            self.name = name
            self.values = values
        }
    }
}
