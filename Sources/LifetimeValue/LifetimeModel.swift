package import WeirReporting

/// When customers buy and what it is worth, fitted to what they did so far.
package struct LifetimeModel: Sendable {
    package var purchases: Fitted<BetaGeometricModel>
    package var money: PurchaseValue

    /// - Throws: `MeasurementError`, where the purchases do not tell how customers buy; what a purchase is worth always has an
    ///   answer, that of customers who are all alike where the values tell no more.
    package init(
        fitting summaries: [PurchaseSummary], from start: LifetimeModel? = nil, onePrice: Double? = nil
    ) throws(MeasurementError) {
        let repeaters = summaries.count { $0.repeats > 0 }
        guard let purchases = BetaGeometricModel.fitted(to: summaries, from: start?.purchases.model) else {
            throw MeasurementError(
                """
                BG/NBD cannot be fitted to \(summaries.count) customers of whom \(repeaters) bought again: the \
                likelihood has no maximum. Give a longer period, more customers, or measure observed value alone.
                """)
        }
        self.purchases = purchases
        money = PurchaseValue(fitting: summaries, from: start?.money, onePrice: onePrice)
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
