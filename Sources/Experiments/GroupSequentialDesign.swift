import Foundation
import WeirStatistics

/// A test with a few planned looks at the data, each with a boundary for the z statistic, that together err as rarely as
/// one look would.
///
/// Sources: Armitage, McPherson, Rowe, "Repeated Significance Tests on Accumulating Data" (JRSS A 132, 1969) for the
/// recursion; Lan, DeMets, "Discrete Sequential Boundaries for Clinical Trials" (Biometrika 70, 1983) for the spending.
package struct GroupSequentialDesign: Sendable, Equatable {
    /// How the error is dealt out over the looks.
    package enum Shape: String, Codable, Sendable, CaseIterable {
        /// Hard to cross early, hardly dearer at the end: error spent as 2 − 2Φ(z ÷ √t).
        case obrienFleming = "obrien-fleming"
        /// Evenly: error spent as α log(1 + (e − 1) t).
        case pocock
        /// The boundary is c ÷ √t, c such that the whole error is spent; the looks are planned in advance.
        case classicObrienFleming = "classic-obrien-fleming"
        /// The boundary is the same at each look; the looks are planned in advance.
        case classicPocock = "classic-pocock"
    }

    /// Share of the planned units at each look, rising, in 0 < share ≤ 1.
    package var looks: [Double]
    package var shape: Shape
    /// Of a two-sided test, or of a one-sided one.
    package var isTwoSided: Bool

    /// - Parameter looks: Rising, each in 0 < share ≤ 1; at least one.
    package init(looks: [Double], shape: Shape = .obrienFleming, isTwoSided: Bool = true) {
        precondition(
            !looks.isEmpty && looks[0] > 0 && looks[looks.count - 1] <= 1
                && zip(looks, looks.dropFirst()).allSatisfy(<),
            "Looks rise within 0 < share ≤ 1.")
        self.looks = looks
        self.shape = shape
        self.isTwoSided = isTwoSided
    }

    /// Looks at equal distances, the last with all units.
    package init(equallySpaced count: Int, shape: Shape = .obrienFleming, isTwoSided: Bool = true) {
        self.init(looks: (1...count).map { Double($0) / Double(count) }, shape: shape, isTwoSided: isTwoSided)
    }

    /// The error spent up to a share of the units.
    ///
    /// - Parameter alpha: In all; of one side, so half of a two-sided error.
    private func spent(at share: Double, alpha: Double) -> Double {
        switch shape {
        case .obrienFleming, .classicObrienFleming:
            2 * StandardNormal.cumulative(StandardNormal.quantile(alpha / 2) / share.squareRoot())
        case .pocock, .classicPocock: alpha * log(1 + (M_E - 1) * share)
        }
    }

    /// The boundary for |z| (for z, where one-sided) at each look.
    ///
    /// - Parameter alpha: The error in all, in 0 < alpha < 1.
    package func boundaries(alpha: Double = 0.05) -> [Double] {
        switch shape {
        case .classicObrienFleming, .classicPocock:
            // The whole error falls as the constant rises.
            let constant = falling(from: 0, to: 40) { constant in
                var crossing = BoundaryCrossing(isTwoSided: isTwoSided)
                for (share, bound) in zip(looks, classic(constant)) { crossing.look(at: share, bound: bound) }
                return crossing.crossed - alpha
            }
            return classic(constant)
        case .obrienFleming, .pocock:
            var crossing = BoundaryCrossing(isTwoSided: isTwoSided)
            let sides = isTwoSided ? 2.0 : 1
            return looks.map { share in
                let target = sides * spent(at: share, alpha: alpha / sides)
                let bound = falling(from: 0, to: 40) { crossing.crossed(after: share, bound: $0) - target }
                crossing.look(at: share, bound: bound)
                return bound
            }
        }
    }

    /// The smallest error at which the look's boundary would have been crossed.
    ///
    /// Source: Jennison, Turnbull, "Group Sequential Methods" (2000), 9.4: a p-value that may be read at any look.
    ///
    /// - Parameters:
    ///   - look: From 1.
    ///   - z: The larger, the more it says against no effect; its absolute value where the test has two sides.
    package func repeatedPValue(z: Double, look: Int) -> Double {
        precondition((1...looks.count).contains(look), "The look is one of those planned.")
        // In logarithms, so that small errors are found as closely as large ones.
        let logarithm = falling(from: log(1e-12), to: log(0.9999)) { boundaries(alpha: exp($0))[look - 1] - z }
        return logarithm >= log(0.9998) ? 1 : exp(logarithm)
    }

    private func classic(_ constant: Double) -> [Double] {
        looks.map { shape == .classicPocock ? constant : constant / ($0 / looks[looks.count - 1]).squareRoot() }
    }

    /// The root of a falling function.
    private func falling(from low: Double, to high: Double, _ function: (Double) -> Double) -> Double {
        var (low, high) = (low, high)
        for _ in 0..<60 {
            let middle = (low + high) / 2
            guard high - low > 1e-12 * max(1, abs(middle)) else { break }
            if function(middle) > 0 { low = middle } else { high = middle }
        }
        return (low + high) / 2
    }
}

/// The density of a Brownian motion that has not yet crossed, carried from look to look.
struct BoundaryCrossing {
    let isTwoSided: Bool
    private(set) var crossed = 0.0
    private var share = 0.0
    /// Where the motion may be, and how likely: nodes of a quadrature with weights times density.
    private var places = [0.0]
    private var masses = [1.0]

    init(isTwoSided: Bool) { self.isTwoSided = isTwoSided }

    /// What will have been crossed after a look at `next` with the boundary `bound` for z.
    func crossed(after next: Double, bound: Double) -> Double {
        let spread = (next - share).squareRoot()
        let edge = bound * next.squareRoot()
        var sum = crossed
        for (place, mass) in zip(places, masses) {
            sum += mass * StandardNormal.cumulative((place - edge) / spread)
            if isTwoSided { sum += mass * StandardNormal.cumulative((-edge - place) / spread) }
        }
        return sum
    }

    mutating func look(at next: Double, bound: Double) {
        crossed = crossed(after: next, bound: bound)
        let spread = (next - share).squareRoot()
        let high = min(bound, 10) * next.squareRoot()
        let low = isTwoSided ? -high : -10 * next.squareRoot()
        // Panels no wider than a standard deviation of the step: the integrand is then a polynomial to 14 digits.
        let panels = max(4, Int(((high - low) / spread).rounded(.up)))
        let width = (high - low) / Double(panels)
        var (newPlaces, newMasses) = ([Double](), [Double]())
        for panel in 0..<panels {
            for (node, weight) in GaussLegendre.nodes {
                let place = low + width * (Double(panel) + (1 + node) / 2)
                let density = zip(places, masses).reduce(0) { sum, from in
                    sum + from.1 * StandardNormal.density((place - from.0) / spread)
                }
                newPlaces.append(place)
                newMasses.append(density / spread * weight * width / 2)
            }
        }
        (places, masses, share) = (newPlaces, newMasses, next)
    }
}

/// The ten-point rule of Gauss and Legendre on −1...1.
enum GaussLegendre {
    static let nodes: [(place: Double, weight: Double)] = [
        (0.148874338981631210, 0.295524224714752870), (0.433395394129247191, 0.269266719309996355),
        (0.679409568299024406, 0.219086362515982044), (0.865063366688984511, 0.149451349150580593),
        (0.973906528517171720, 0.066671344308688138),
    ].flatMap { [(-$0.0, $0.1), ($0.0, $0.1)] }
}
