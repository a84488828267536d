/// A picture, by what it shows rather than how it is drawn.
package struct Chart: Sendable, Equatable {
    /// Letters and hyphens, unique within a report.
    package var name: String
    /// What it shows, with the unit of its values.
    package var title: String
    /// What the picture says, for those who do not see it.
    package var summary: String
    package var kind: Kind

    package init(name: String, title: String, summary: String, _ kind: Kind) {
        self.name = name
        self.title = title
        self.summary = summary
        self.kind = kind
    }

    package enum Kind: Sendable, Equatable {
        case lines(Lines)
        /// Estimates with their ranges on one axis, one below the other.
        case intervals([Row], unit: Quantity.Unit, zero: Double?)
        /// Lengths from zero, one group per row, one bar per series.
        case bars([Bar], series: [String], unit: Quantity.Unit)
    }

    /// Curves over time or over a number.
    package struct Lines: Sendable, Equatable {
        package var series: [Series]
        /// An area between two curves, such as an interval around a series.
        package var band: Band?
        /// What the horizontal axis counts; seconds since 1970 (UTC) where it is time.
        package var horizontal: Axis
        package var unit: Quantity.Unit
        /// Upright lines with their names, such as the start of a test.
        package var marks: [Mark]
        /// A level line, such as zero.
        package var level: Double?

        package init(
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

    package enum Axis: Sendable, Equatable {
        /// Seconds since 1970-01-01 UTC, shown as dates.
        case time
        case number(label: String)
    }

    package struct Series: Sendable, Equatable {
        package var name: String
        package var style: Style
        package var x: [Double]
        package var y: [Double]

        package init(_ name: String, _ style: Style = .main, x: [Double], y: [Double]) {
            precondition(x.count == y.count, "a point has two coordinates")
            self.name = name
            self.style = style
            self.x = x
            self.y = y
        }
    }

    package enum Style: Sendable, Equatable {
        /// What was observed: the strongest line.
        case main
        /// What would have been: dashed.
        case reference
        /// One of many: thin and pale.
        case background
    }

    package struct Band: Sendable, Equatable {
        package var x: [Double]
        package var lower: [Double]
        package var upper: [Double]

        package init(x: [Double], lower: [Double], upper: [Double]) {
            precondition(x.count == lower.count && x.count == upper.count, "a band has two ends at each place")
            self.x = x
            self.lower = lower
            self.upper = upper
        }
    }

    package struct Mark: Sendable, Equatable {
        package var x: Double
        package var name: String

        package init(_ name: String, at x: Double) {
            self.name = name
            self.x = x
        }
    }

    package struct Row: Sendable, Equatable {
        package var name: String
        package var quantity: Quantity

        package init(_ name: String, _ quantity: Quantity) {
            self.name = name
            self.quantity = quantity
        }
    }

    package struct Bar: Sendable, Equatable {
        package var name: String
        /// One per series.
        package var values: [Double]

        package init(_ name: String, _ values: [Double]) {
            self.name = name
            self.values = values
        }
    }
}
