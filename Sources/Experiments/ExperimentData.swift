package import WeirReporting

/// What an experiment measured, one row per unit that was assigned, by column.
package struct ExperimentData: Sendable {
    package struct Arm: Sendable, Equatable {
        package var name: String
        /// Compared with the others'; they need not add up to 1. Nil for all: the same for each.
        package var plannedShare: Double?

        package init(_ name: String, plannedShare: Double? = nil) {
            self.name = name
            self.plannedShare = plannedShare
        }
    }

    /// A column of texts.
    package struct Category: Sendable {
        package var name: String
        /// Indices into `levels`; −1 where unknown.
        package var codes: ContiguousArray<Int32>
        /// May be empty where nothing needs to be named.
        package var levels: [String]

        package init(_ name: String, codes: ContiguousArray<Int32>, levels: [String]) {
            self.name = name
            self.codes = codes
            self.levels = levels
        }
    }

    package struct Metric: Sendable {
        package enum Kind: String, Sendable {
            /// 0 or 1 per unit.
            case share
            /// A number per unit, such as revenue.
            case amount
            /// The sum of one number over the sum of another, such as revenue per order.
            case ratio
        }

        package var name: String
        package var kind: Kind
        /// Of the mean.
        package var unit: Quantity.Unit
        /// One per row; NaN where unknown.
        package var values: ContiguousArray<Double>
        /// Of a ratio, one per row.
        package var denominators: ContiguousArray<Double>?
        /// The same unit's value before the test, one per row; it takes noise away (CUPED).
        package var covariate: ContiguousArray<Double>?
        package var isLowerBetter: Bool
        /// Where false, amounts below 0 are named in a warning.
        package var allowsNegative: Bool

        package init(
            _ name: String, _ kind: Kind, unit: Quantity.Unit? = nil, values: ContiguousArray<Double>,
            denominators: ContiguousArray<Double>? = nil, covariate: ContiguousArray<Double>? = nil,
            isLowerBetter: Bool = false, allowsNegative: Bool = false
        ) {
            self.name = name
            self.kind = kind
            self.unit = unit ?? (kind == .share ? .percent : .number())
            self.values = values
            self.denominators = denominators
            self.covariate = covariate
            self.isLowerBetter = isLowerBetter
            self.allowsNegative = allowsNegative
        }
    }

    package var name: String
    /// The first is the control.
    package var arms: [Arm]
    /// Indices into `arms`; −1 where the row belongs to none.
    package var armOfRow: ContiguousArray<Int32>
    /// Who was assigned, or of whom rows tell; one unit's rows are brought together, and units in two arms left out. Nil: each
    /// row is a unit of its own.
    package var units: Category?
    /// The first is the one that decides.
    package var metrics: [Metric]
    /// Within whose levels the effect is looked at.
    package var segments: [Category]
    /// Known before the test; the arms are weighted to the same mix of its levels (post-stratification).
    package var stratum: Category?
    /// Who was assigned as one where that is not the unit, such as a store of customers: errors are by its levels, each of
    /// which has one arm, and effects per unit.
    package var cluster: Category?
    /// Of a switchback test, in which a whole period has one arm: periods, not rows, are then the units.
    package var period: Category?
    /// Seconds since 1970 UTC, one per row, for the effect over time.
    package var exposedAt: ContiguousArray<Double>?

    package init(
        name: String, arms: [Arm], armOfRow: ContiguousArray<Int32>, units: Category? = nil, metrics: [Metric],
        segments: [Category] = [], stratum: Category? = nil, cluster: Category? = nil, period: Category? = nil,
        exposedAt: ContiguousArray<Double>? = nil
    ) {
        self.name = name
        self.arms = arms
        self.armOfRow = armOfRow
        self.units = units
        self.metrics = metrics
        self.segments = segments
        self.stratum = stratum
        self.cluster = cluster
        self.period = period
        self.exposedAt = exposedAt
    }
}
