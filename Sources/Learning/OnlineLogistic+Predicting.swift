extension OnlineLogistic {
    /// What all candidates of one decision share: computed once, in O(d²).
    public struct Shared: Sendable {
        /// Bias and scalars; the rest 0.
        var values: [Double] = []
        /// Covariance times `values`.
        var projected: [Double] = []
        var mean = 0.0
        var variance = 0.0
        /// By how much the logit moves where each stage's does by one.
        var weight = 1.0

        public init() {}
    }

    /// Prepares the part of the inputs that does not depend on the offer.
    ///
    /// - Parameter features: Plain values of all declared scalar features.
    public func prepare(_ features: [Float], into shared: inout Shared) {
        layout.customerInputs(features, into: &shared.values)
        limits.cutScalars(&shared.values, layout)
        let count = 1 + layout.scalars.count
        var mean = 0.0
        for index in 0..<count { mean += self.mean[index] * shared.values[index] }
        if hyperparameters.stages > 0 { shared.weight = appendStages(to: &shared.values, at: mean) }
        project(shared.values, nonzero: hyperparameters.stages > 0 ? dimension : count, into: &shared.projected)
        var variance = 0.0
        for index in 0..<count { variance += shared.projected[index] * shared.values[index] }
        for index in layout.dimension..<dimension { variance += shared.projected[index] * shared.values[index] }
        shared.mean = mean
        shared.variance = variance
    }

    /// The belief about one offer, given what all candidates share; O(d) for a handful of keyed features.
    ///
    /// - Parameters:
    ///   - affinities: Plain values of all declared keyed features for this offer; empty for "no offer", which has none.
    ///   - kind: Index of the campaign's kind in the layout; nil for none.
    ///   - bucket: Of the offer.
    ///   - offset: The logit of a prior that the weights have learned the residual of; 0 for none.
    public func belief(
        _ shared: Shared, affinities: ArraySlice<Float>, kind: Int?, bucket: UInt32, offset: Double = 0
    ) -> Belief {
        let isOffer = !affinities.isEmpty || kind != nil
        // What belongs to the offer alone: affinities, its kind, and the lifts.
        let firstLift = layout.keyed.count + 1
        let ownCount = !isOffer ? 0 : firstLift + (layout.hasLifts ? layout.scalars.count : 0)
        let count = max(ownCount, firstLift)
        return withUnsafeTemporaryAllocation(of: Double.self, capacity: count) { own in
            own.initialize(repeating: 0)
            if isOffer { fillIn(own, shared, affinities: affinities, kind: kind) }
            return withUnsafeTemporaryAllocation(of: Int.self, capacity: count) { rows in
                for index in 0..<count { rows.initializeElement(at: index, to: row(ofOwn: index, kind: kind)) }
                var belief = Belief(mean: shared.mean, variance: shared.variance)
                extend(&belief, shared, own: own[..<ownCount], rows: UnsafeBufferPointer(rows))
                extend(&belief, shared, own: UnsafeBufferPointer(own), bucket: bucket)
                belief.mean += offset
                belief.variance = max(belief.variance, 0)
                if hyperparameters.stages > 0 {
                    belief.mean = logitOfShowing(at: belief.mean)
                    belief.variance *= shared.weight * shared.weight
                }
                return within(belief)
            }
        }
    }

    private func fillIn(
        _ own: UnsafeMutableBufferPointer<Double>, _ shared: Shared, affinities: ArraySlice<Float>, kind: Int?
    ) {
        if !affinities.isEmpty {
            for index in layout.keyed.indices {
                let value = layout.keyed[index].standardized(
                    affinities[affinities.startIndex + layout.keyedPositions[index]])
                own[index] = limits.cutKeyed(value, index, layout)
            }
        }
        own[layout.keyed.count] = kind == nil ? 0 : 1
        guard layout.hasLifts else { return }
        let firstLift = layout.keyed.count + 1
        for index in layout.scalars.indices { own[firstLift + index] = shared.values[1 + index] }
    }

    /// The row of the covariance for one of the inputs that belong to the offer alone.
    private func row(ofOwn index: Int, kind: Int?) -> Int {
        let keyedCount = layout.keyed.count
        if index < keyedCount { return 1 + layout.scalars.count + index }
        return index == keyedCount ? layout.crossWidth + (kind ?? 0) : layout.firstLift + index - keyedCount - 1
    }

    /// Adds what the shared weights of an offer's own inputs say.
    private func extend(
        _ belief: inout Belief, _ shared: Shared, own: Slice<UnsafeMutableBufferPointer<Double>>,
        rows: UnsafeBufferPointer<Int>
    ) {
        let dimension = dimension
        covariance.withUnsafeBufferPointer { covariance in
            // An input of 0 adds nothing; most of somebody's are.
            for index in own.indices where own[index] != 0 {
                let first = rows[index]
                belief.mean += mean[first] * own[index]
                belief.variance += 2 * shared.projected[first] * own[index]
                for other in own.indices {
                    belief.variance += covariance[first * dimension + rows[other]] * own[index] * own[other]
                }
            }
        }
    }

    /// Adds what the offer's own weights say; they lie side by side, so this runs along the table.
    private func extend(
        _ belief: inout Belief, _ shared: Shared, own: UnsafeBufferPointer<Double>, bucket: UInt32
    ) {
        let firstKeyed = 1 + layout.scalars.count
        let mask = offerMean.count - 1
        let crossVariance = priorVariance(1)
        var mean = belief.mean
        var variance = belief.variance
        offerMean.withUnsafeBufferPointer { means in
            offerVariance.withUnsafeBufferPointer { variances in
                var position = Int(bucket) & mask
                func weigh(_ value: Double, prior: Double) {
                    mean += Double(means[position]) * value
                    variance += Double(variances[position]) * prior * value * value
                    position = (position + 1) & mask
                }
                shared.values.withUnsafeBufferPointer { values in
                    weigh(values[0], prior: priorVariance(0))
                    for index in 1..<firstKeyed { weigh(values[index], prior: crossVariance) }
                }
                for index in layout.keyed.indices { weigh(own[index], prior: crossVariance) }
            }
        }
        belief = Belief(mean: mean, variance: variance)
    }

    /// The belief about one whole input, as learning sees it.
    ///
    /// - Parameters:
    ///   - offset: As in `learn`.
    ///   - stages: In which the outcome is to show after it has not shown in those before; nil for all.
    public func belief(_ input: ModelInput, offset: Double = 0, stages: Range<Int>? = nil) -> Belief {
        var projected: [Double] = []
        return observe(limits.cut(input, layout), offset: offset, stages: stages, into: &projected).belief
    }

    /// A belief that no outcome could shake is none: with bounds a probability lies at least 10⁻¹³ from 0 and 1.
    private func within(_ belief: Belief) -> Belief {
        guard layout.isBounded else { return belief }
        let farthest = 30 * (1 + .pi * belief.variance / 8).squareRoot()
        var belief = belief
        belief.mean = min(max(belief.mean, -farthest), farthest)
        return belief
    }

    /// What is believed of an input's outcome, and the input that the logit is locally linear in.
    ///
    /// - Parameter input: Within the limits.
    /// - Parameter projected: Becomes the covariance times that input.
    func observe(
        _ input: ModelInput, offset: Double, stages: Range<Int>?, into projected: inout [Double]
    ) -> (input: ModelInput, belief: Belief) {
        guard hyperparameters.stages > 0 else {
            project(input.values, nonzero: dimension, into: &projected)
            var belief = belief(input, projected: projected)
            belief.mean += offset
            return (input, within(belief))
        }
        let showing = showing(in: stages, at: score(input) + offset)
        let input = staged(input, showing, stages)
        project(input.values, nonzero: dimension, into: &projected)
        return (input, Belief(mean: showing.logit, variance: belief(input, projected: projected).variance))
    }

    private func belief(_ input: ModelInput, projected: [Double]) -> Belief {
        var mean = 0.0
        var variance = 0.0
        for index in 0..<dimension {
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
    /// without reordering a sum. Four rows at a time load and store the sums a quarter as often; each sum still adds its
    /// terms one by one, in the order of the rows.
    func project(_ values: [Double], nonzero: Int, into projected: inout [Double]) {
        let dimension = dimension
        projected.removeAll(keepingCapacity: true)
        projected.append(contentsOf: repeatElement(0, count: dimension))
        projected.withUnsafeMutableBufferPointer { sums in
            covariance.withUnsafeBufferPointer { covariance in
                withUnsafeTemporaryAllocation(of: Int.self, capacity: nonzero) { rows in
                    var count = 0
                    for row in 0..<nonzero where values[row] != 0 {
                        rows.initializeElement(at: count, to: row)
                        count += 1
                    }
                    // By pointers: an index that is added up may overflow, and the check for it keeps the loop from vectors.
                    guard let sums = sums.baseAddress, let matrix = covariance.baseAddress else { return }
                    var next = 0
                    while next + 4 <= count {
                        let (a, b, c, d) = (rows[next], rows[next + 1], rows[next + 2], rows[next + 3])
                        let (rowA, rowB) = (matrix + a * dimension, matrix + b * dimension)
                        let (rowC, rowD) = (matrix + c * dimension, matrix + d * dimension)
                        let (byA, byB, byC, byD) = (values[a], values[b], values[c], values[d])
                        for column in 0..<dimension {
                            var sum = sums[column] + rowA[column] * byA
                            sum += rowB[column] * byB
                            sum += rowC[column] * byC
                            sums[column] = sum + rowD[column] * byD
                        }
                        next += 4
                    }
                    for row in rows[next..<count] {
                        let (terms, value) = (matrix + row * dimension, values[row])
                        for column in 0..<dimension { sums[column] += terms[column] * value }
                    }
                }
            }
        }
    }
}
