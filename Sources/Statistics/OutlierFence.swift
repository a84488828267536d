/// How far from zero an amount counts in full, where one of them alone must not decide a mean or its spread.
///
/// The far fence of a box plot, on the scale of ratios: the upper quartile times the cube of the quartiles' ratio, but at
/// least ten times the upper quartile. Of amounts that are spread lognormally one in a million lies beyond, whatever their
/// spread is.
///
/// Source: Tukey, "Exploratory Data Analysis" (1977), section 2D, for the fence; for taking what lies beyond as if it lay on
/// it Dixon, "Simplified Estimation from Censored Normal Samples" (Annals of Mathematical Statistics 31, 1960).
package enum OutlierFence {
    /// Of fewer amounts other than 0 nothing is known of their spread.
    package static let leastAmounts = 20

    /// - Parameters:
    ///   - lower: Lower quartile of the sizes of amounts other than 0; > 0.
    ///   - upper: Their upper quartile; at least `lower`.
    package static func bound(lower: Double, upper: Double) -> Double {
        let ratio = upper / lower
        return min(upper * max(10, ratio * ratio * ratio), .greatestFiniteMagnitude)
    }

    /// The fence of amounts; nil where they are too few.
    ///
    /// - Parameter amounts: What is 0 or no number does not count.
    /// - Complexity: O(n log n).
    package static func bound(of amounts: some Sequence<Double>) -> Double? {
        let sizes = amounts.lazy.filter { $0 != 0 && $0.isFinite }.map(\.magnitude).sorted()
        guard sizes.count >= leastAmounts else { return nil }
        return bound(lower: sizes[sizes.count / 4], upper: sizes[sizes.count * 3 / 4])
    }
}
