import Foundation
package import WeirLearning
import WeirStatistics

extension Calibration {
    /// Shifts all margins alike, so that the mean probability is the rate.
    ///
    /// It gives back what class weights took from the probabilities, and leaves the order alone. The rate is pulled to one
    /// half by half a row, so that rows of one label give no endless shift.
    ///
    /// Source: King, Zeng, "Logistic Regression in Rare Events Data" (Political Analysis 9(2), 2001), section 4.
    ///
    /// - Parameters:
    ///   - margins: Of rows that the model has not learned from; none gives no shift.
    ///   - labels: As many.
    package static func fittedIntercept(margins: [Double], labels: [Bool]) -> Calibration {
        guard !margins.isEmpty else { return .none }
        let count = Double(margins.count)
        let wanted = count * (Double(labels.count { $0 }) + 0.5) / (count + 1)
        // The sum of probabilities rises with the shift, so halving is safe where Newton's method may fly off.
        var low = -60.0 - (margins.max() ?? 0)
        var high = 60.0 - (margins.min() ?? 0)
        for _ in 0..<60 {
            let middle = (low + high) / 2
            if margins.reduce(0, { $0 + sigmoid($1 + middle) }) < wanted { low = middle } else { high = middle }
        }
        return .platt(slope: 1, intercept: (low + high) / 2)
    }
}
