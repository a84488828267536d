package import WeirReporting

/// When customers buy and what it is worth, fitted to what they did so far.
package struct LifetimeModel: Sendable {
    package var purchases: Fitted<BetaGeometricModel>
    package var money: Fitted<GammaGammaModel>

    /// - Throws: `MeasurementError`, where the purchases do not tell the parameters.
    package init(
        fitting summaries: [PurchaseSummary], from start: LifetimeModel? = nil
    ) throws(MeasurementError) {
        let repeaters = summaries.count { $0.repeats > 0 }
        guard let purchases = BetaGeometricModel.fitted(to: summaries, from: start?.purchases.model) else {
            throw MeasurementError(
                """
                BG/NBD cannot be fitted to \(summaries.count) customers of whom \(repeaters) bought again: the \
                likelihood has no maximum. Give a longer period, more customers, or measure observed value alone.
                """)
        }
        guard let money = GammaGammaModel.fitted(to: summaries, from: start?.money.model) else {
            throw MeasurementError(
                """
                Gamma-Gamma cannot be fitted to the values of \(repeaters) customers who bought again: the likelihood \
                has no maximum. Check that the values differ and are in one currency.
                """)
        }
        self.purchases = purchases
        self.money = money
    }

    /// The correlation of how often customers buy again and what it is worth, which the models take to be 0.
    package static func dependence(of summaries: [PurchaseSummary]) -> Double {
        let used = summaries.filter { $0.repeats > 0 && $0.meanValue > 0 }
        let n = Double(used.count)
        let meanX = used.reduce(0) { $0 + Double($1.repeats) } / n
        let meanY = used.reduce(0) { $0 + $1.meanValue } / n
        var (xx, xy, yy) = (0.0, 0.0, 0.0)
        for summary in used {
            let (x, y) = (Double(summary.repeats) - meanX, summary.meanValue - meanY)
            xx += x * x
            xy += x * y
            yy += y * y
        }
        return xx > 0 && yy > 0 ? xy / (xx * yy).squareRoot() : 0
    }
}
