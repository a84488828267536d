/// The non-decreasing sequence closest to `values` in weighted least squares.
///
/// Pool adjacent violators, O(n).
///
/// Source: Barlow, Bartholomew, Bremner, Brunk, "Statistical Inference under Order Restrictions" (Wiley, 1972).
///
/// - Parameters:
///   - values: In the order along which they must not fall.
///   - weights: One for each value, > 0; nil weighs all alike.
/// - Returns: As many values, none below the one before it.
public func isotonicRegression(_ values: [Double], weights: [Double]? = nil) -> [Double] {
    precondition(weights == nil || weights!.count == values.count, "each value needs a weight")
    var means: [Double] = []
    var masses: [Double] = []
    var counts: [Int] = []
    for (index, value) in values.enumerated() {
        var mean = value
        var mass = weights?[index] ?? 1
        var count = 1
        while let last = means.last, last > mean {
            let lastMass = masses.removeLast()
            means.removeLast()
            mean = (mean * mass + last * lastMass) / (mass + lastMass)
            mass += lastMass
            count += counts.removeLast()
        }
        means.append(mean)
        masses.append(mass)
        counts.append(count)
    }
    return zip(means, counts).flatMap { mean, count in repeatElement(mean, count: count) }
}
