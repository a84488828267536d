extension OnlineLogistic {
    /// What all candidates of one decision share: computed once, in O(d²).
    public struct Shared: Sendable {
        /// Bias and scalars; the rest 0.
        var values: [Double] = []
        /// Covariance times `values`.
        var projected: [Double] = []
        var mean = 0.0
        var variance = 0.0

        public init() {}
    }

    /// Prepares the part of the inputs that does not depend on the offer.
    ///
    /// - Parameter features: Plain values of all declared scalar features.
    public func prepare(_ features: [Float], into shared: inout Shared) {
        layout.customerInputs(features, into: &shared.values)
        project(shared.values, nonzero: 1 + layout.scalars.count, into: &shared.projected)
        var mean = 0.0
        var variance = 0.0
        for index in 0..<(1 + layout.scalars.count) {
            mean += self.mean[index] * shared.values[index]
            variance += shared.projected[index] * shared.values[index]
        }
        shared.mean = mean
        shared.variance = variance
    }

    /// The belief about one offer, given what all candidates share; O(d) for a handful of keyed features.
    ///
    /// - Parameters:
    ///   - affinities: Plain values of all declared keyed features for this offer; empty for "no offer", which has none.
    ///   - kind: Index of the campaign's kind in the layout; nil for none.
    ///   - bucket: Of the offer.
    public func belief(_ shared: Shared, affinities: ArraySlice<Float>, kind: Int?, bucket: UInt32) -> Belief {
        let firstKeyed = 1 + layout.scalars.count
        let width = layout.crossWidth
        let dimension = layout.dimension
        let isOffer = !affinities.isEmpty || kind != nil
        // What belongs to the offer alone: affinities, its kind, and the lifts.
        let firstLift = layout.keyed.count + 1
        let ownCount = !isOffer ? 0 : firstLift + (layout.hasLifts ? layout.scalars.count : 0)
        return withUnsafeTemporaryAllocation(of: Double.self, capacity: max(ownCount, firstLift)) { own in
            own.initialize(repeating: 0)
            if isOffer {
                for (index, position) in layout.keyedPositions.enumerated() where !affinities.isEmpty {
                    own[index] = layout.keyed[index].standardized(affinities[affinities.startIndex + position])
                }
                own[layout.keyed.count] = kind == nil ? 0 : 1
                if layout.hasLifts {
                    for index in layout.scalars.indices { own[firstLift + index] = shared.values[1 + index] }
                }
            }
            func row(_ index: Int) -> Int {
                index < layout.keyed.count
                    ? firstKeyed + index
                    : index < firstLift ? width + (kind ?? 0) : layout.firstLift + index - firstLift
            }

            var mean = shared.mean
            var variance = shared.variance
            for index in 0..<ownCount {
                let first = row(index)
                mean += self.mean[first] * own[index]
                variance += 2 * shared.projected[first] * own[index]
                for other in 0..<ownCount {
                    variance += covariance[first * dimension + row(other)] * own[index] * own[other]
                }
            }

            // The offer's own weights lie side by side, so this runs along the table.
            let mask = offerMean.count - 1
            var position = Int(bucket) & mask
            for index in 0..<width {
                let value = index < firstKeyed ? shared.values[index] : own[index - firstKeyed]
                mean += Double(offerMean[position]) * value
                variance += Double(offerVariance[position]) * priorVariance(index) * value * value
                position = (position + 1) & mask
            }
            return Belief(mean: mean, variance: max(variance, 0))
        }
    }

    /// The belief about one whole input, as learning sees it.
    public func belief(_ input: ModelInput) -> Belief {
        var projected: [Double] = []
        project(input.values, nonzero: layout.dimension, into: &projected)
        return belief(input, projected: projected)
    }

    func belief(_ input: ModelInput, projected: [Double]) -> Belief {
        var mean = 0.0
        var variance = 0.0
        for index in 0..<layout.dimension {
            mean += self.mean[index] * input.values[index]
            variance += projected[index] * input.values[index]
        }
        let mask = offerMean.count - 1
        var position = Int(input.bucket) & mask
        for index in 0..<layout.crossWidth {
            let value = input.values[index]
            mean += Double(offerMean[position]) * value
            variance += Double(offerVariance[position]) * priorVariance(index) * value * value
            position = (position + 1) & mask
        }
        return Belief(mean: mean, variance: max(variance, 0))
    }

    /// Covariance times `values`, of which only the first `nonzero` may differ from 0.
    ///
    /// Goes row by row of the symmetric matrix and adds whole rows, so that the compiler can use vector instructions
    /// without reordering a sum.
    func project(_ values: [Double], nonzero: Int, into projected: inout [Double]) {
        let dimension = layout.dimension
        projected.removeAll(keepingCapacity: true)
        for _ in 0..<dimension { projected.append(0) }
        projected.withUnsafeMutableBufferPointer { sums in
            covariance.withUnsafeBufferPointer { covariance in
                for row in 0..<nonzero {
                    let value = values[row]
                    if value == 0 { continue }
                    let start = row * dimension
                    for column in 0..<dimension { sums[column] += covariance[start + column] * value }
                }
            }
        }
    }
}
