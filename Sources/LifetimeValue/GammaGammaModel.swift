import Foundation
import WeirStatistics

/// What a purchase is worth: customers have means of their own, and each purchase varies about its customer's.
///
/// A purchase's value is gamma distributed with shape p and a rate from a gamma distribution (shape q, rate v), whatever
/// the customer's rate of buying.
///
/// Source: Fader, Hardie, "The Gamma-Gamma Model of Monetary Value" (2013), brucehardie.com/notes/025.
package struct GammaGammaModel: PositiveParameters, Hashable {
    package var p: Double
    package var q: Double
    /// In the currency of the values.
    package var v: Double

    package init(p: Double, q: Double, v: Double) {
        precondition(min(p, q, v) > 0, "parameters above 0")
        self.p = p
        self.q = q
        self.v = v
    }

    package static var names: [String] { ["p", "q", "v"] }
    package var parameters: [Double] { [p, q, v] }
    package init(parameters: [Double]) { self.init(p: parameters[0], q: parameters[1], v: parameters[2]) }

    /// The mean over customers; infinite where q ≤ 1.
    package var mean: Double { q > 1 ? p * v / (q - 1) : .infinity }

    /// The value to expect of each further purchase: between the customer's own mean and that of all (equation 5).
    package func expectedValue(_ summary: PurchaseSummary) -> Double {
        guard summary.repeats > 0, summary.meanValue > 0 else { return mean }
        let x = Double(summary.repeats)
        return p * (v + x * summary.meanValue) / (p * x + q - 1)
    }

    /// The most likely parameters, from customers with repeat purchases worth more than 0.
    ///
    /// Where customers hardly differ, q and v have no likeliest value; a weak prior then holds them, as with BG/NBD.
    ///
    /// - Returns: Nil where the data do not tell them, such as where all values are alike.
    /// - Complexity: O(*n*) per step of the search.
    package static func fitted(
        to summaries: [PurchaseSummary], from start: GammaGammaModel? = nil
    ) -> Fitted<GammaGammaModel>? {
        let used = summaries.filter { $0.repeats > 0 && $0.meanValue > 0 }
        guard used.count > 3, used.contains(where: { $0.meanValue != used[0].meanValue }) else { return nil }
        // In units of the mean value, so that neither the search nor the prior knows the currency.
        let unit = ValuedRepeats(used).mean
        guard unit > 0, unit.isFinite else { return nil }
        let values = ValuedRepeats(
            used.map { summary in
                var scaled = summary
                scaled.meanValue /= unit
                return scaled
            })
        let guess = GammaGammaModel(p: 2, q: 3, v: 1)
        let first = start.map { GammaGammaModel(p: $0.p, q: $0.q, v: $0.v / unit) } ?? guess
        let likelihood = { (model: GammaGammaModel) in values.likelihood(model) }
        let found =
            maximisedLikelihood(from: first, count: used.count, likelihood)
            ?? maximisedLikelihood(from: guess, count: used.count, priorDeviation: 3, likelihood)
        guard var fitted = found else { return nil }
        fitted.model.v *= unit
        fitted.logLikelihood -= Double(used.count) * log(unit)
        return fitted
    }
}

/// Customers' repeat purchases and their sums, with what does not depend on the parameters.
private struct ValuedRepeats {
    var repeats: [Double]
    /// x · mean.
    var sums: [Double]
    /// Customers by number of repeat purchases; only those that occur.
    var kinds: [(x: Double, count: Double)]
    /// Σ x ln(x · mean).
    var weightedLogarithms: Double
    /// Σ ln mean.
    var logarithms: Double
    var mean: Double

    init(_ summaries: [PurchaseSummary]) {
        repeats = summaries.map { Double($0.repeats) }
        sums = summaries.map { Double($0.repeats) * $0.meanValue }
        weightedLogarithms = zip(repeats, sums).reduce(0) { $0 + $1.0 * log($1.1) }
        logarithms = summaries.reduce(0) { $0 + log($1.meanValue) }
        mean = sums.reduce(0, +) / repeats.reduce(0, +)
        kinds = []
        for x in repeats.sorted() {
            if kinds.last?.x == x { kinds[kinds.count - 1].count += 1 } else { kinds.append((x, 1)) }
        }
    }

    /// The log-likelihood (equation 1a of the paper) with exact derivatives by p, q, v.
    func likelihood(_ model: GammaGammaModel) -> LikelihoodPoint {
        let (p, q, v) = (model.p, model.q, model.v)
        let n = Double(repeats.count)
        let ofQ = LogGamma(q)
        var value = n * (q * log(v) - ofQ.value) + p * weightedLogarithms - logarithms
        var (dp, dq, dv) = (weightedLogarithms, n * (log(v) - ofQ.first), n * q / v)
        var (pp, pq, pv, qq) = (0.0, 0.0, 0.0, -n * ofQ.second)
        var (qv, vv) = (n / v, -n * q / (v * v))
        for (x, count) in kinds {
            let (both, own) = (LogGamma(p * x + q), LogGamma(p * x))
            value += count * (both.value - own.value)
            dp += count * x * (both.first - own.first)
            dq += count * both.first
            pp += count * x * x * (both.second - own.second)
            pq += count * x * both.second
            qq += count * both.second
        }
        for (x, sum) in zip(repeats, sums) {
            let (logarithm, inverse, shape) = (log(sum + v), 1 / (sum + v), p * x + q)
            value -= shape * logarithm
            dp -= x * logarithm
            dq -= logarithm
            dv -= shape * inverse
            pv -= x * inverse
            qv -= inverse
            vv += shape * inverse * inverse
        }
        return LikelihoodPoint(
            value: value, gradient: [dp, dq, dv],
            hessian: Matrix(rows: 3, columns: 3, values: [pp, pq, pv, pq, qq, qv, pv, qv, vv]))
    }
}
