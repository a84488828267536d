/// A randomised trial in the order in which a prediction would treat: highest predicted uplift first.
///
/// Treated and control rows must differ by chance only; the uplift curve and its areas compare them as they are.
///
/// Source: Radcliffe, "Using Control Groups to Target on Predicted Lift" (Direct Marketing Analytics Journal, 2007);
/// the curve is scaled by the treated rows as in Gutierrez, Gérardy, "Causal Inference and Uplift Modelling: A Review of the
/// Literature" (PMLR 67, 2017).
package struct UpliftTrial: Sendable, Equatable {
    /// Rows as they were given, by predicted uplift.
    package let order: [Int]
    /// By place in `order`, as are all that follow.
    let isTreated: [Bool]
    let outcomes: [Double]
    let propensities: [Double]

    package var count: Int { order.count }

    /// - Parameters:
    ///   - scores: Predicted uplift, one per row. Of equal scores the earlier row comes first, so give rows in an order that
    ///     does not depend on what happened, such as that of their ids.
    ///   - isTreated: Whether each row was treated rather than left alone.
    ///   - outcomes: What happened.
    ///   - propensities: The probability with which each row was to be treated, in 0 < p < 1.
    /// - Throws: `UpliftTrialError`, for the first value that cannot be used, or where either group is empty.
    package init(
        scores: [Double], isTreated: [Bool], outcomes: [Double], propensities: [Double]
    ) throws(UpliftTrialError) {
        let rows = scores.count
        for (name, count) in [
            ("treatment", isTreated.count), ("outcome", outcomes.count), ("propensity", propensities.count),
        ] where count != rows { throw .length(name, count, scores: rows) }
        guard isTreated.contains(true) else { throw .noTreated }
        guard isTreated.contains(false) else { throw .noControls }
        for row in 0..<rows {
            guard scores[row].isFinite else { throw .value("score", row, scores[row], "a finite number") }
            guard outcomes[row].isFinite else { throw .value("outcome", row, outcomes[row], "a finite number") }
            guard propensities[row] > 0, propensities[row] < 1 else {
                throw .value("propensity", row, propensities[row], "above 0 and below 1")
            }
        }
        order = scores.indices.sorted { scores[$0] != scores[$1] ? scores[$0] > scores[$1] : $0 < $1 }
        self.isTreated = order.map { isTreated[$0] }
        self.outcomes = order.map { outcomes[$0] }
        self.propensities = order.map { propensities[$0] }
    }

    /// The areas under the uplift curve.
    package var areas: UpliftAreas { areas { _ in 1 } }

    /// The areas where each row stands as often as it was drawn: a bootstrap resample without sorting anew.
    ///
    /// - Parameter counts: By row as given.
    func areas(counts: UnsafeBufferPointer<Int32>) -> UpliftAreas {
        order.withUnsafeBufferPointer { order in areas { counts[order[$0]] } }
    }

    @inline(__always)
    private func areas(count: (Int) -> Int32) -> UpliftAreas {
        var walk = Walk()
        var rows = 0
        var sum = 0.0
        isTreated.withUnsafeBufferPointer { isTreated in
            outcomes.withUnsafeBufferPointer { outcomes in
                for place in isTreated.indices {
                    for _ in 0..<count(place) {
                        walk.count(outcomes[place], isTreated: isTreated[place])
                        rows += 1
                        sum += walk.gain
                    }
                }
            }
        }
        guard walk.treated > 0, rows > 0 else { return UpliftAreas(auuc: 0, qini: 0, end: 0) }
        let end = walk.gain / walk.treated
        let auuc = (sum / walk.treated - end / 2) / Double(rows)
        return UpliftAreas(auuc: auuc, qini: auuc - end / 2, end: end)
    }

    /// Gains per treated row of the trial, at `parts` + 1 shares from 0 to 1, evenly spaced.
    package func curve(parts: Int) -> [Double] {
        var walk = Walk()
        var gains = [0.0]
        for place in 0..<count {
            walk.count(outcomes[place], isTreated: isTreated[place])
            gains.append(walk.gain)
        }
        return (0...parts).map { (part: Int) -> Double in
            let place = Int(Double(count) * (Double(part) / Double(parts)))
            return gains[place] / walk.treated
        }
    }

    /// Sums over the rows so far.
    private struct Walk {
        var treated = 0.0
        var controls = 0.0
        var treatedSum = 0.0
        var controlSum = 0.0
        /// Of the controls; 0 while there are none.
        var controlMean = 0.0

        /// What the treated rows have more than as many controls would have.
        var gain: Double { treatedSum - controlMean * treated }

        mutating func count(_ outcome: Double, isTreated: Bool) {
            if isTreated {
                treated += 1
                treatedSum += outcome
            } else {
                controls += 1
                controlSum += outcome
                controlMean = controlSum / controls
            }
        }
    }
}

/// Areas under an uplift curve G(share treated).
///
/// G(k ÷ n) = (Y_T(k) − Y_C(k) · N_T(k) ÷ N_C(k)) ÷ N_T(n) with sums Y and counts N of the treated and control rows among the
/// first k; the second term is 0 while there are no controls. G(1) is the difference of the two means.
package struct UpliftAreas: Sendable, Hashable, Codable {
    /// Mean of G over k = 0 ... n, by trapezoids.
    package var auuc: Double
    /// AUUC − G(1) ÷ 2: the area above treating at random.
    package var qini: Double
    /// G(1).
    package var end: Double
}

/// A trial that cannot be judged.
package enum UpliftTrialError: Error, Sendable, Equatable, CustomStringConvertible {
    case length(String, Int, scores: Int)
    /// Field, row counted from 0, value, and what it must be.
    case value(String, Int, Double, String)
    case noTreated
    case noControls

    package var description: String {
        switch self {
        case .length(let name, let count, let scores):
            "There are \(count) values of \(name) for \(scores) scores. Give one per row."
        case .value(let name, let row, let value, let need):
            "The \(name) of row \(row) is \(value); it must be \(need). Correct the row or leave it out."
        case .noTreated: "No row was treated. Uplift compares treated with untreated rows: give both."
        case .noControls: "Every row was treated. Uplift compares treated with untreated rows: give both."
        }
    }
}
