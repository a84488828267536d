import Foundation
package import WeirStatistics

/// A family of distributions whose parameters are all positive, so that they are fitted by their logarithms.
package protocol PositiveParameters: Sendable {
    /// As published.
    static var names: [String] { get }
    /// In the order of `names`; each > 0.
    var parameters: [Double] { get }
    init(parameters: [Double])
}

/// What maximum likelihood found.
package struct Fitted<Model: PositiveParameters>: Sendable {
    package var model: Model
    /// Of the logarithms of the parameters: the inverse of the observed information.
    package var covariance: Matrix
    package var logLikelihood: Double
    package var iterations: Int
    /// Customers that the likelihood is of.
    package var count: Int
    /// Whether a weak prior holds the parameters, since the data alone do not.
    package var isHeld: Bool

    /// Whether the data tell every parameter at least to within some powers of ten.
    var isTold: Bool {
        covariance.columnIndices.allSatisfy { covariance[$0, $0] <= Self.widest * Self.widest }
    }

    /// Standard errors of logarithms beyond this say that the likelihood is flat up to rounding.
    private static var widest: Double { 10 }

    /// A parameter with its 95 % interval, normal on the logarithm.
    package func interval(_ index: Int) -> Interval {
        let value = model.parameters[index]
        let reach = exp(StandardNormal.quantile(0.975) * covariance[index, index].squareRoot())
        return Interval(estimate: value, lower: value / reach, upper: value * reach)
    }

    /// The parameter's standard error, by the delta method.
    package func standardError(_ index: Int) -> Double {
        model.parameters[index] * covariance[index, index].squareRoot()
    }

    /// Models as likely as the data allow: normal draws of the logarithms of the parameters.
    func drawn<Generator: RandomNumberGenerator>(using random: inout Generator) -> Model {
        let factor = covariance.choleskyFactor ?? Matrix(rows: covariance.rows, columns: covariance.rows)
        let normals = covariance.columnIndices.map { _ in random.standardNormal() }
        let shifts = factor * normals
        // A factor of e⁵⁰ either way is as good as 0 or infinity, and leaves parameters that can be computed with.
        let drawn = zip(model.parameters, shifts).map { $0 * exp(min(max($1, -50), 50)) }
        return drawn.allSatisfy { $0 > 0 && $0 < .infinity } ? Model(parameters: drawn) : model
    }
}

extension Matrix {
    fileprivate var columnIndices: Range<Int> { 0..<columns }
}

/// A log-likelihood with its derivatives by the parameters.
struct LikelihoodPoint {
    var value: Double
    var gradient: [Double]
    var hessian: Matrix

    /// The same by the logarithms of the parameters.
    func byLogarithms(of parameters: [Double]) -> LikelihoodPoint {
        var changed = self
        for row in parameters.indices {
            changed.gradient[row] = gradient[row] * parameters[row]
            for column in parameters.indices {
                changed.hessian[row, column] = hessian[row, column] * parameters[row] * parameters[column]
            }
            changed.hessian[row, row] += changed.gradient[row]
        }
        return changed
    }
}

/// Climbs to the maximum by Newton's method on the logarithms, its curvature made negative where it is not.
///
/// Source: Nocedal, Wright, "Numerical Optimization" (2006), section 3.4 (eigenvalue modification) and algorithm 3.1.
///
/// - Parameter priorDeviation: Of a normal prior about 0 on each logarithm; nil for the likelihood alone.
/// - Returns: Nil where a parameter runs to 0 or to infinity, or may lie anywhere, so that the data do not tell it.
func maximisedLikelihood<Model: PositiveParameters>(
    from start: Model, count: Int, priorDeviation: Double? = nil, _ likelihood: (Model) -> LikelihoodPoint
) -> Fitted<Model>? {
    func point(_ logarithms: [Double]) -> LikelihoodPoint {
        let parameters = logarithms.map { exp($0) }
        // A step too far is no better than any other, and is taken back.
        guard parameters.allSatisfy({ $0 > 0 && $0 < .infinity }) else {
            return LikelihoodPoint(
                value: -.infinity, gradient: logarithms,
                hessian: Matrix(rows: logarithms.count, columns: logarithms.count))
        }
        var point = likelihood(Model(parameters: parameters)).byLogarithms(of: parameters)
        guard let priorDeviation else { return point }
        let weight = 1 / (priorDeviation * priorDeviation)
        for (index, logarithm) in logarithms.enumerated() {
            point.value -= weight * logarithm * logarithm / 2
            point.gradient[index] -= weight * logarithm
            point.hessian[index, index] -= weight
        }
        return point
    }
    var place = start.parameters.map { log($0) }
    var current = point(place)
    for iteration in 1...200 {
        guard current.value.isFinite, let (values, vectors) = current.hessian.symmetricEigen else { return nil }
        let flattest = 1e-6 * (values.map { abs($0) }.max() ?? 1)
        var step = [Double](repeating: 0, count: place.count)
        for index in place.indices {
            let vector = vectors.column(index)
            let slope = zip(vector, current.gradient).reduce(0) { $0 + $1.0 * $1.1 }
            let length = slope / max(abs(values[index]), flattest)
            for row in place.indices { step[row] += length * vector[row] }
        }
        let gain = zip(step, current.gradient).reduce(0) { $0 + $1.0 * $1.1 }
        // Within 0.0001 standard errors, and above what rounding does to the sum over a million customers.
        if gain < 1e-8 {
            guard values.allSatisfy({ $0 < 0 }) else { return nil }
            var information = current.hessian
            for index in information.values.indices { information.values[index] *= -1 }
            guard let covariance = information.inverseOfPositiveDefinite else { return nil }
            let parameters = zip(place, step).map { exp($0 + $1) }
            guard parameters.allSatisfy({ $0 > 0 && $0 < .infinity }) else { return nil }
            let fitted = Fitted(
                model: Model(parameters: parameters), covariance: covariance,
                logLikelihood: current.value,
                iterations: iteration, count: count, isHeld: priorDeviation != nil)
            return fitted.isTold ? fitted : nil
        }
        // The likelihood is far from quadratic a factor of e² away.
        let longest = step.map { abs($0) }.max() ?? 0
        guard longest.isFinite else { return nil }
        var scale = longest > 0 ? min(1, 2 / longest) : 1
        var next = current
        repeat {
            next = point(zip(place, step).map { $0 + scale * $1 })
            scale /= 2
        } while !(next.value >= current.value + 1e-4 * scale * gain) && scale > 1e-12
        place = zip(place, step).map { $0 + 2 * scale * $1 }
        // Beyond e¹² the likelihood is flat.
        guard place.allSatisfy({ abs($0) < 12 }) else { return nil }
        current = next
    }
    return nil
}
