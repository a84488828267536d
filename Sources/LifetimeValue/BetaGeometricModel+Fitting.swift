import WeirReporting
import Foundation
import WeirStatistics

extension BetaGeometricModel {
    /// The most likely parameters.
    ///
    /// Where hardly anybody leaves or customers hardly differ, there are none (any large b, or r and α, will do); a weak prior
    /// then holds them, a normal one with deviation 3 about 0 on each logarithm, which says no more than that a parameter is of
    /// a usual size.
    ///
    /// - Returns: Nil where the data do not tell them, such as without repeat purchases.
    /// - Complexity: O(*n* log *n*), and per step of the search three logarithms for each kind of customer.
    package static func fitted(
        to summaries: [PurchaseSummary], from start: BetaGeometricModel? = nil
    ) -> Fitted<BetaGeometricModel>? {
        let counted = CountedSummaries(summaries)
        guard counted.repeats > 0, counted.weeks > 0 else { return nil }
        // As if all bought at the rate of the average and one in three left.
        let guess = BetaGeometricModel(r: 0.5, alpha: 0.5 * counted.weeks / counted.repeats, a: 1, b: 2)
        let likelihood = { (model: BetaGeometricModel) in counted.likelihood(model) }
        return maximisedLikelihood(from: start ?? guess, count: summaries.count, likelihood)
            ?? maximisedLikelihood(from: guess, count: summaries.count, priorDeviation: 3, likelihood)
    }

    /// The sum over customers, constants included (equation 6 of the paper).
    package func logLikelihood(of summaries: [PurchaseSummary]) -> Double {
        CountedSummaries(summaries).likelihood(self).value
    }
}

/// Customers counted by kind, since equal ones add the same to a likelihood.
private struct CountedSummaries {
    struct Kind {
        var x: Double
        var recency: Double
        var age: Double
        var count: Double
    }

    var kinds: [Kind] = []
    /// By i: customers with more than i repeat purchases.
    var moreThan: [Double] = []
    var customers: Double
    var repeats = 0.0
    var weeks = 0.0

    init(_ summaries: [PurchaseSummary]) {
        customers = Double(summaries.count)
        let sorted = summaries.sorted {
            ($0.repeats, $0.recencyDays, $0.ageDays) < ($1.repeats, $1.recencyDays, $1.ageDays)
        }
        var last: PurchaseSummary?
        for summary in sorted {
            repeats += Double(summary.repeats)
            weeks += summary.age
            if let last, last.repeats == summary.repeats, last.recencyDays == summary.recencyDays,
                last.ageDays == summary.ageDays
            {
                kinds[kinds.count - 1].count += 1
            } else {
                kinds.append(
                    Kind(x: Double(summary.repeats), recency: summary.recency, age: summary.age, count: 1))
            }
            last = summary
        }
        moreThan = [Double](repeating: 0, count: sorted.last?.repeats ?? 0)
        for summary in sorted where summary.repeats > 0 { moreThan[summary.repeats - 1] += 1 }
        for index in moreThan.indices.dropLast().reversed() { moreThan[index] += moreThan[index + 1] }
    }

    /// The log-likelihood with exact derivatives by r, α, a, b.
    ///
    /// Γ(r + x) / Γ(r) and the beta functions are products over 0 ≤ i < x, whose logarithms and derivatives are sums that need no
    /// special function; each is weighted with the customers that have more than i repeat purchases.
    func likelihood(_ model: BetaGeometricModel) -> LikelihoodPoint {
        let (r, alpha, a, b) = (model.r, model.alpha, model.a, model.b)
        var value = customers * r * log(alpha)
        var (dr, dAlpha, dA, dB) = (customers * log(alpha), customers * r / alpha, 0.0, 0.0)
        var (rr, rAlpha, alphaAlpha) = (0.0, customers / alpha, -customers * r / (alpha * alpha))
        var (rA, rB, alphaA, alphaB, aa, ab, bb) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
        for (index, count) in moreThan.enumerated() {
            let i = Double(index)
            let (ofR, ofB, ofSum) = (1 / (r + i), 1 / (b + i), 1 / (a + b + i))
            value += count * log((r + i) * (b + i) * ofSum)
            dr += count * ofR
            rr -= count * ofR * ofR
            dA -= count * ofSum
            dB += count * (ofB - ofSum)
            aa += count * ofSum * ofSum
            ab += count * ofSum * ofSum
            bb += count * (ofSum * ofSum - ofB * ofB)
        }
        let logA = log(a)
        for kind in kinds {
            let shape = r + kind.x
            let (stay, inverseStay) = (log(alpha + kind.age), 1 / (alpha + kind.age))
            guard kind.x > 0 else {
                value -= kind.count * r * stay
                dr -= kind.count * stay
                dAlpha -= kind.count * r * inverseStay
                rAlpha -= kind.count * inverseStay
                alphaAlpha += kind.count * r * inverseStay * inverseStay
                continue
            }
            let (leave, inverseLeave) = (log(alpha + kind.recency), 1 / (alpha + kind.recency))
            let (inverseA, inverseB) = (1 / a, 1 / (b + kind.x - 1))
            // ln of the odds that the customer has left.
            let odds = logA + log(inverseB) + shape * (stay - leave)
            let ratio = exp(-abs(odds))
            let gone = (odds > 0 ? 1 : ratio) / (1 + ratio)
            value += kind.count * (-shape * stay + max(odds, 0) + log1p(ratio))
            // Derivatives: those of staying, and the step from there to those of leaving.
            let stepR = stay - leave
            let stepAlpha = shape * (inverseStay - inverseLeave)
            dr += kind.count * (-stay + gone * stepR)
            dAlpha += kind.count * (-shape * inverseStay + gone * stepAlpha)
            dA += kind.count * gone * inverseA
            dB -= kind.count * gone * inverseB
            let spread = kind.count * gone * (1 - gone)
            let left = kind.count * gone
            rr += spread * stepR * stepR
            rAlpha += -kind.count * inverseStay + left * (inverseStay - inverseLeave) + spread * stepR * stepAlpha
            alphaAlpha +=
                kind.count * shape * inverseStay * inverseStay
                + left * shape * (inverseLeave * inverseLeave - inverseStay * inverseStay)
                + spread * stepAlpha * stepAlpha
            rA += spread * stepR * inverseA
            rB -= spread * stepR * inverseB
            alphaA += spread * stepAlpha * inverseA
            alphaB -= spread * stepAlpha * inverseB
            aa += (spread - left) * inverseA * inverseA
            ab -= spread * inverseA * inverseB
            bb += (spread + left) * inverseB * inverseB
        }
        return LikelihoodPoint(
            value: value, gradient: [dr, dAlpha, dA, dB],
            hessian: Matrix(
                rows: 4, columns: 4,
                values: [
                    rr, rAlpha, rA, rB, rAlpha, alphaAlpha, alphaA, alphaB, rA, alphaA, aa, ab, rB, alphaB, ab, bb,
                ]))
    }
}
