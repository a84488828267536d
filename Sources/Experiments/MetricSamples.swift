package import WeirReporting

/// What each arm says about a metric; where there are no rows, all that an experiment needs.
package struct MetricSamples: Sendable {
    package var name: String
    package var kind: ExperimentData.Metric.Kind
    package var unit: Quantity.Unit
    package var isLowerBetter: Bool
    /// Per arm, the control first.
    package var arms: [SampleSummary]
    /// Of a share, per arm.
    package var counts: [ShareCount]?
    /// Per treatment arm: both sides with noise taken away.
    var adjusted: [AdjustedPair?]

    struct AdjustedPair: Sendable {
        var control: SampleSummary
        var treatment: SampleSummary
        var theta: Double
        var isStratified: Bool
    }

    /// A share, from counts.
    package init(_ name: String, counts: [ShareCount], isLowerBetter: Bool = false) {
        self.init(
            name, .share, unit: .percent,
            arms: counts.map { SampleSummary(successes: $0.successes, trials: $0.trials) },
            isLowerBetter: isLowerBetter)
        self.counts = counts
    }

    /// An amount or a ratio.
    package init(
        _ name: String, _ kind: ExperimentData.Metric.Kind = .amount, unit: Quantity.Unit = .number(),
        arms: [SampleSummary], isLowerBetter: Bool = false
    ) {
        self.name = name
        self.kind = kind
        self.unit = unit
        self.isLowerBetter = isLowerBetter
        self.arms = arms
        adjusted = arms.dropFirst().map { _ in nil }
    }

    /// From rows.
    ///
    /// - Parameters:
    ///   - strata: By row, with their number.
    ///   - clusters: By row: who was assigned with it; nil: each row by itself.
    init(
        _ metric: ExperimentData.Metric, rowsOfArm: [[Int]], strata: (codes: [Int32], count: Int)? = nil,
        clusters: ContiguousArray<Int32>? = nil
    ) {
        if let clusters {
            self.init(
                metric.name, metric.kind, unit: metric.unit,
                arms: rowsOfArm.map { SampleSummary(metric, $0.filter(metric.isKnown), clusters: clusters) },
                isLowerBetter: metric.isLowerBetter)
            return
        }
        let known = rowsOfArm.map { $0.filter(metric.isKnown) }
        let summaries: [SampleSummary]
        var counts: [ShareCount]?
        switch metric.kind {
        case .share:
            let found = known.map { rows in ShareCount(rows.count { metric.values[$0] == 1 }, of: rows.count) }
            summaries = found.map { SampleSummary(successes: $0.successes, trials: $0.trials) }
            counts = found
        case .amount: summaries = known.map { SampleSummary(metric.values(of: $0)) }
        case .ratio:
            summaries = known.map { rows in
                SampleSummary(ratio: PairedMoments(metric.values(of: rows), metric.denominators!.chosen(rows)))
            }
        }
        self.init(
            metric.name, metric.kind, unit: metric.unit, arms: summaries, isLowerBetter: metric.isLowerBetter)
        self.counts = counts
        guard metric.kind != .ratio, metric.covariate != nil || strata != nil else { return }
        adjusted = known.indices.dropFirst().map { metric.adjusted(known[0], known[$0], known, strata) }
    }
}

extension SampleSummary {
    /// The mean over units, or the ratio, with the variance of clusters: the ratio of two sums per cluster.
    fileprivate init(_ metric: ExperimentData.Metric, _ rows: [Int], clusters: ContiguousArray<Int32>) {
        var place: [Int32: Int] = [:]
        var (sums, counts) = ([Double](), [Double]())
        for row in rows where clusters[row] >= 0 {
            let index = place[clusters[row]] ?? sums.count
            if index == sums.count {
                place[clusters[row]] = index
                sums.append(0)
                counts.append(0)
            }
            sums[index] += metric.values[row]
            counts[index] += metric.denominators?[row] ?? 1
        }
        self.init(ratio: PairedMoments(sums, counts))
    }
}

extension ExperimentData.Metric {
    func values(of rows: [Int]) -> [Double] { values.chosen(rows) }

    /// Two arms with CUPED and post-stratification, as far as the data have what they need.
    fileprivate func adjusted(
        _ control: [Int], _ treatment: [Int], _ allArms: [[Int]], _ strata: (codes: [Int32], count: Int)?
    ) -> MetricSamples.AdjustedPair? {
        guard control.count > 1, treatment.count > 1 else { return nil }
        let theta = covariate.map { cupedTheta(moments(control, $0), moments(treatment, $0)) } ?? 0
        guard let strata else {
            guard let covariate, theta != 0 else { return nil }
            return MetricSamples.AdjustedPair(
                control: SampleSummary(adjusting: moments(control, covariate), by: theta),
                treatment: SampleSummary(adjusting: moments(treatment, covariate), by: theta), theta: theta,
                isStratified: false)
        }
        func split(_ rows: [Int]) -> [[Int]] {
            var parts = [[Int]](repeating: [], count: strata.count)
            for row in rows { parts[Int(strata.codes[row])].append(row) }
            return parts
        }
        let (one, two) = (split(control), split(treatment))
        // Units whose value is unknown may have emptied a stratum.
        guard one.allSatisfy({ $0.count > 1 }), two.allSatisfy({ $0.count > 1 }) else { return nil }
        var weights = [Double](repeating: 0, count: strata.count)
        for row in allArms.joined() { weights[Int(strata.codes[row])] += 1 }
        func weighted(_ parts: [[Int]]) -> SampleSummary {
            let summaries = parts.map { rows in
                covariate.map { SampleSummary(adjusting: moments(rows, $0), by: theta) }
                    ?? SampleSummary(values(of: rows))
            }
            return postStratified(summaries, weights: weights)
        }
        return MetricSamples.AdjustedPair(
            control: weighted(one), treatment: weighted(two), theta: theta, isStratified: true)
    }

    private func moments(_ rows: [Int], _ others: ContiguousArray<Double>) -> PairedMoments {
        PairedMoments(values(of: rows), others.chosen(rows))
    }
}

extension ContiguousArray<Double> {
    func chosen(_ rows: [Int]) -> [Double] { rows.map { self[$0] } }
}
