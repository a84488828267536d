import WeirStatistics

/// How residuals are reordered to see what chance alone would do.
package enum Permutations: Sendable, Equatable {
    /// So many random orders, for residuals without memory.
    case random(count: Int, seed: UInt64)
    /// All shifts in time, the end joined to the beginning, which keep memory from one period to the next.
    case shifts
}

/// Which feature of the residuals during the test is compared.
package enum TestStatistic: Sendable, Equatable {
    /// The mean of their sizes, so effects that come and go count too.
    case any
    /// The size of their mean.
    case average
}

/// The places that stand for the test in each reordering.
struct Reorderings {
    /// `length` places per reordering.
    let places: [Int32]
    let length: Int
    /// Whether the order as observed is among them.
    let holdsObserved: Bool

    init(_ permutations: Permutations, periods: Int, length: Int) {
        self.length = length
        switch permutations {
        case .shifts:
            holdsObserved = true
            places = (0..<periods).flatMap { shift in (0..<length).map { Int32(($0 + shift) % periods) } }
        case .random(let count, let seed):
            holdsObserved = false
            var random = Xoshiro256StarStar(seed: seed)
            var order = (0..<periods).map { Int32($0) }
            var drawn: [Int32] = []
            drawn.reserveCapacity(count * length)
            for _ in 0..<count {
                for place in 0..<length {
                    order.swapAt(place, place + Int(random.unit() * Double(periods - place)))
                    drawn.append(order[place])
                }
            }
            places = drawn
        }
    }

    /// The share of reorderings at least as extreme as the last `length` residuals.
    func pValue(_ residuals: [Double], statistic: TestStatistic) -> Double {
        let (reached, _) = reached(residuals, statistic: statistic)
        let count = Double(places.count / length)
        return holdsObserved ? Double(reached) / count : Double(reached + 1) / (count + 1)
    }

    /// How many reorderings are at least as extreme as the last `length` residuals, and how many of those are shifts that share
    /// periods with the test.
    func reached(_ residuals: [Double], statistic: TestStatistic) -> (all: Int, overlapping: Int) {
        let values = statistic == .any ? residuals.map(abs) : residuals
        var observed = 0.0
        for place in values.count - length..<values.count { observed += values[place] }
        let size = values.reduce(0) { $0 + abs($1) }
        let bound = abs(observed) - 1e-12 * size
        var (all, overlapping) = (0, 0)
        var index = 0
        while index < places.count {
            var sum = 0.0
            for _ in 0..<length {
                sum += values[Int(places[index])]
                index += 1
            }
            guard abs(sum) >= bound else { continue }
            all += 1
            let shift = index / length - 1
            let distance = abs(shift - (values.count - length))
            if holdsObserved, min(distance, values.count - distance) < length { overlapping += 1 }
        }
        return (all, overlapping)
    }
}

/// Tests an assumed effect: takes it out of the treated series, fits donors to all periods, those of the test included, and asks
/// whether the residuals of the test stand out. Exact where residuals are exchangeable, whatever their distribution.
///
/// Source: Chernozhukov, Wüthrich, Zhu, "An Exact and Robust Conformal Inference Method for Counterfactual and Synthetic
/// Controls" (JASA 116, 2021).
struct ConformalTest {
    private let method: SyntheticMethod
    /// Donors minus treated, in the periods' order.
    private let points: Matrix
    /// What one unit of assumed effect takes out of the treated series.
    private let direction: [Double]
    private let gram: [Double]
    private let slopes: [Double]
    private let curvature: Double
    /// Ridge: what the correction predicts from residuals.
    private let correction: Matrix?
    /// Robust: the residuals of the treated series and of the direction.
    private let linear: (series: [Double], direction: [Double])?
    private var solver: SimplexSolver
    private var scratch: [Double]

    /// - Parameters:
    ///   - treated: By period, those of the test last.
    ///   - donors: One row per period.
    ///   - direction: What one unit of effect adds in each period, such as 1 in each of the test's.
    ///   - tuning: The fit's ridge penalty or rank, which stays.
    init(
        treated: [Double], donors: Matrix, direction: [Double], method: SyntheticMethod, tuning: Double?, demeaned: Bool
    ) {
        let periods = treated.count
        let y = SyntheticFit.centred(treated, before: periods, demeaned: demeaned).values
        let d = SyntheticFit.centred(direction, before: periods, demeaned: demeaned).values
        var x = donors
        if demeaned {
            for column in 0..<x.columns {
                let mean = x.values[column * periods..<(column + 1) * periods].reduce(0, +) / Double(periods)
                for row in column * periods..<(column + 1) * periods { x.values[row] -= mean }
            }
        }
        self.method = method
        self.direction = d
        solver = SimplexSolver(count: x.columns)
        if case .robust = method {
            let clean = DenoisedDonors(x, rank: tuning.map { Int($0) })
            func residual(_ values: [Double]) -> [Double] {
                zip(values, clean.matrix * clean.weights(target: values)).map { $0 - $1 }
            }
            linear = (residual(y), residual(d))
        } else {
            linear = nil
        }
        if case .ridge = method {
            correction = Self.correction(x, penalty: tuning ?? 1)
        } else {
            correction = nil
        }
        for column in 0..<x.columns { for row in 0..<periods { x.values[column * periods + row] -= y[row] } }
        points = x
        gram = linear == nil ? x.gram.values : []
        scratch = gram
        slopes = Matrix.product(x, Matrix(columns: [d]), transposingLeft: true).values
        curvature = d.reduce(0) { $0 + $1 * $1 }
    }

    /// B·(BᵀB + penalty)⁻¹·Bᵀ, B being the donors without their mean in each period.
    private static func correction(_ donors: Matrix, penalty: Double) -> Matrix? {
        var centred = donors
        for row in 0..<donors.rows {
            let mean = donors.row(row).reduce(0, +) / Double(donors.columns)
            for column in 0..<donors.columns { centred[row, column] -= mean }
        }
        var inner = centred.gram
        for index in 0..<inner.rows { inner[index, index] += penalty }
        return inner.solvingPositiveDefinite(centred.transposed).map { centred * $0 }
    }

    /// What remains of the treated series once the effect is taken out and the donors are fitted.
    mutating func residuals(effect: Double) -> [Double] {
        if let linear { return zip(linear.series, linear.direction).map { $0 - effect * $1 } }
        let count = points.columns
        for column in 0..<count {
            for row in 0..<count {
                scratch[column * count + row] =
                    gram[column * count + row] + effect * (slopes[row] + slopes[column]) + effect * effect * curvature
            }
        }
        solver.solve(gram: scratch)
        var left = direction.map { -effect * $0 }
        for donor in solver.support {
            let weight = solver.weights[donor]
            for row in left.indices { left[row] -= weight * points.values[donor * points.rows + row] }
        }
        guard let correction else { return left }
        return zip(left, correction * left).map { $0 - $1 }
    }

    mutating func pValue(effect: Double, reorderings: Reorderings, statistic: TestStatistic) -> Double {
        reorderings.pValue(residuals(effect: effect), statistic: statistic)
    }

    /// The effects that are not rejected: those with a p-value of at least 1 − confidence.
    ///
    /// - Parameters:
    ///   - start: An estimate near which to look.
    ///   - scale: A distance that matters, > 0; ends are found to 1e-4 of it.
    /// - Returns: Infinite ends where no effect can be rejected, since reorderings are too few.
    mutating func interval(
        from start: Double, scale: Double, reorderings: Reorderings, confidence: Double
    ) -> (lower: Double, upper: Double) {
        let centre = balanced(from: start, scale: scale, length: reorderings.length)
        func end(_ sign: Double, _ test: inout ConformalTest) -> Double {
            var (inner, reach) = (0.0, scale)
            for attempt in 0... {
                if attempt == 40 { return sign * .infinity }
                let p = test.pValue(effect: centre + sign * reach, reorderings: reorderings, statistic: .average)
                if p < 1 - confidence { break }
                (inner, reach) = (reach, 2 * reach)
            }
            while reach - inner > 1e-4 * scale {
                let middle = (inner + reach) / 2
                let p = test.pValue(effect: centre + sign * middle, reorderings: reorderings, statistic: .average)
                if p < 1 - confidence { reach = middle } else { inner = middle }
            }
            return centre + sign * inner
        }
        return (end(-1, &self), end(1, &self))
    }

    /// The effect whose residuals average 0 during the test, which no test of the average rejects.
    private mutating func balanced(from start: Double, scale: Double, length: Int) -> Double {
        func excess(_ effect: Double, _ test: inout ConformalTest) -> Double {
            test.residuals(effect: effect).suffix(length).reduce(0, +)
        }
        var (low, high) = (start - scale, start + scale)
        for _ in 0..<40 where excess(low, &self) < 0 { low -= high - low }
        for _ in 0..<40 where excess(high, &self) > 0 { high += high - low }
        for _ in 0..<60 where high - low > 1e-6 * scale {
            let middle = (low + high) / 2
            if excess(middle, &self) > 0 { low = middle } else { high = middle }
        }
        return (low + high) / 2
    }
}
