/// What a series is made of, apart from regressors and noise.
///
/// The level walks at random. The rest may be absent, fixed, or drift with a variance of its own.
///
/// Source: Harvey, "Forecasting, Structural Time Series Models and the Kalman Filter" (1989), chapter 2.
package struct StructuralModel: Sendable, Equatable {
    package enum Movement: String, Codable, Sendable, Equatable, CaseIterable {
        case none, fixed, varying
    }

    /// A growth per step, added to the level.
    package var slope: Movement
    /// One effect per place in the period; they sum to zero.
    package var season: Movement
    /// Steps after which the season repeats; ≥ 2.
    package var period: Int

    package init(slope: Movement = .none, season: Movement = .fixed, period: Int = 7) {
        precondition(period >= 2, "a season has at least two places")
        self.slope = slope
        self.season = season
        self.period = period
    }

    /// Level, slope where there is one, then the season's newest effect and those before it.
    var stateCount: Int { 1 + (slope == .none ? 0 : 1) + (season == .none ? 0 : period - 1) }
    var seasonStart: Int? { season == .none ? nil : slope == .none ? 1 : 2 }

    /// The variances to be estimated, each over that of the noise.
    var ratioNames: [String] {
        ["level"] + (slope == .varying ? ["slope"] : []) + (season == .varying ? ["season"] : [])
    }

    /// Variance ratios by state, from those by name.
    func disturbances(_ ratios: [Double]) -> [Double] {
        var result = [Double](repeating: 0, count: stateCount)
        result[0] = ratios[0]
        if slope == .varying { result[1] = ratios[1] }
        if season == .varying, let seasonStart { result[seasonStart] = ratios[ratios.count - 1] }
        return result
    }
}

extension StructuralModel {
    /// Moves the rows of a column-major matrix one step on: row r of column c is `values[c * count + r]`.
    func advanceRows(_ values: inout [Double], columns: Int) {
        let count = stateCount
        for column in 0..<columns {
            let first = column * count
            if slope != .none { values[first] += values[first + 1] }
            guard let seasonStart else { continue }
            var sum = 0.0
            var row = first + seasonStart + period - 2
            while row > first + seasonStart {
                sum += values[row]
                values[row] = values[row - 1]
                row -= 1
            }
            sum += values[row]
            values[row] = -sum
        }
    }

    /// T·P·Tᵀ for a symmetric P.
    func advanceCovariance(_ values: inout [Double]) {
        let count = stateCount
        advanceRows(&values, columns: count)
        for column in 0..<count {
            for row in 0..<column { values.swapAt(column * count + row, row * count + column) }
        }
        advanceRows(&values, columns: count)
    }
}
