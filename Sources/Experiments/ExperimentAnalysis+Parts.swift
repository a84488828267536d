import Foundation
import WeirReporting
import WeirStatistics

func quantileComparisons(
    _ data: ExperimentData, _ rowsOfArm: [[Int]], _ settings: ExperimentSettings
) throws(MeasurementError) -> [QuantileComparison] {
    var found: [QuantileComparison] = []
    for request in settings.quantiles {
        guard let metric = data.metrics.first(where: { $0.name == request.metric }) else { continue }
        guard metric.kind == .amount else {
            throw MeasurementError(
                "“\(metric.name)” is a \(metric.kind.rawValue); quantiles are of amounts. Leave the quantile out.")
        }
        let quantiles = rowsOfArm.map { rows in
            QuantileSummary(
                sorted: metric.values(of: rows.filter(metric.isKnown)).sorted(), share: request.share,
                confidence: settings.confidence)
        }
        for arm in quantiles.indices.dropFirst() {
            let canCompare = quantiles[0].standardError.isFinite && quantiles[arm].standardError.isFinite
            let difference =
                canCompare
                ? meanEffect(
                    quantiles[0].summary, quantiles[arm].summary, confidence: settings.confidence, side: settings.side)
                : nil
            found.append(
                QuantileComparison(
                    metric: metric.name, unit: metric.unit, share: request.share, control: data.arms[0].name,
                    arm: data.arms[arm].name, controlQuantile: quantiles[0], armQuantile: quantiles[arm],
                    difference: difference))
        }
    }
    return found
}

/// The effect on every metric within the levels of each segment, and whether it differs between them.
func segmentReadings(
    _ data: ExperimentData, _ rowsOfArm: [[Int]], _ settings: ExperimentSettings, _ warnings: inout [String]
) -> [SegmentReading] {
    var readings: [SegmentReading] = []
    for segment in data.segments {
        guard segment.levels.count <= 50 else {
            warnings.append(
                "Segment “\(segment.name)” has \(segment.levels.count) levels, too many to tell apart; group them into at most 50."
            )
            continue
        }
        let rows = rowsOfArm.map { rows in
            var parts = [[Int]](repeating: [], count: segment.levels.count)
            for row in rows where segment.codes[row] >= 0 { parts[Int(segment.codes[row])].append(row) }
            return parts
        }
        for metric in data.metrics {
            let levels = segment.levels.indices.map { level in
                MetricSamples(metric, rowsOfArm: rows.map { $0[level] }, clusters: data.cluster?.codes)
            }
            for arm in data.arms.indices.dropFirst() {
                let usable = levels.indices.filter { levels[$0].arms[0].count > 1 && levels[$0].arms[arm].count > 1 }
                readings.append(
                    SegmentReading(
                        segment: segment.name, metric: metric.name, unit: metric.unit, arm: data.arms[arm].name,
                        levels: usable.map { .init(segment.levels[$0], levels[$0], arm: arm, settings) }))
            }
        }
    }
    let adjusted = settings.correction.adjusted(readings.map(\.pValue))
    let ofLevels = settings.correction.adjusted(readings.flatMap { $0.levels.map(\.absolute.pValue) })
    var next = 0
    for index in readings.indices {
        readings[index].adjustedPValue = adjusted[index]
        for level in readings[index].levels.indices {
            readings[index].levels[level].adjustedPValue = ofLevels[next]
            next += 1
        }
    }
    return readings
}

extension SegmentReading.Level {
    fileprivate init(_ name: String, _ samples: MetricSamples, arm: Int, _ settings: ExperimentSettings) {
        var fixed = settings
        // A level is looked at once all is over; the looks are those of the whole.
        if case .groupSequential = settings.reading { fixed.reading = .fixed }
        let names = samples.arms.indices.map { "\($0)" }
        let comparison = MetricComparison(samples, arm: arm, names: names, settings: fixed)
        self.init(
            name: name, controlSample: samples.arms[0], armSample: samples.arms[arm], absolute: comparison.absolute,
            relative: comparison.relative, adjustedPValue: comparison.absolute.pValue)
    }
}

extension SegmentReading {
    /// Cochran's Q: the effects' weighted squared distances from their common mean.
    ///
    /// Source: Cochran, "The Combination of Estimates from Different Experiments" (Biometrics 10, 1954).
    fileprivate init(segment: String, metric: String, unit: Quantity.Unit, arm: String, levels: [Level]) {
        let known = levels.filter { $0.absolute.standardError > 0 }
        let weights = known.map { 1 / ($0.absolute.standardError * $0.absolute.standardError) }
        let whole = weights.reduce(0, +)
        let mean = zip(known, weights).reduce(0) { $0 + $1.1 * $1.0.absolute.value } / max(whole, .leastNormalMagnitude)
        let q = zip(known, weights).reduce(0) { sum, level in
            sum + level.1 * (level.0.absolute.value - mean) * (level.0.absolute.value - mean)
        }
        let degrees = max(0, known.count - 1)
        let pValue = degrees > 0 ? chiSquareSurvival(q, degreesOfFreedom: Double(degrees)) : 1
        self.init(
            segment: segment, metric: metric, unit: unit, arm: arm, levels: levels, chiSquare: q,
            degreesOfFreedom: degrees, pValue: pValue, adjustedPValue: pValue)
    }
}

/// The effect on the first metric at up to 40 times, each with all units exposed until then.
func timeline(_ data: ExperimentData, _ rowsOfArm: [[Int]], _ settings: ExperimentSettings) -> [TimelinePoint] {
    guard let times = data.exposedAt, let metric = data.metrics.first else { return [] }
    let known = rowsOfArm.map { rows in
        rows.filter { metric.isKnown($0) && times[$0].isFinite }.sorted { (times[$0], $0) < (times[$1], $1) }
    }
    let all = known.joined()
    guard let first = all.map({ times[$0] }).min(), let last = all.map({ times[$0] }).max(), last > first else {
        return []
    }
    var tuning = 5_000.0
    if case .alwaysValid(let chosen) = settings.reading { tuning = chosen }
    let sequence = AlwaysValid(tuning: tuning, confidence: settings.confidence)
    let days = max(1, ((last - first) / 86_400).rounded(.up))
    let steps = Int(min(40, days < 2 ? 20 : days))
    var points: [TimelinePoint] = []
    for step in 1...steps {
        let time = first + (last - first) * Double(step) / Double(steps)
        let until = known.map { rows in Array(rows[..<rows.partitioningIndex { times[$0] > time }]) }
        let samples = MetricSamples(metric, rowsOfArm: until, clusters: data.cluster?.codes)
        for arm in until.indices.dropFirst() where samples.arms[0].count > 1 && samples.arms[arm].count > 1 {
            let pair = samples.adjusted[arm - 1]
            let (control, treatment) = (pair?.control ?? samples.arms[0], pair?.treatment ?? samples.arms[arm])
            guard effectVariance(control, treatment, isRelative: false) > 0 else { continue }
            points.append(
                TimelinePoint(
                    arm: data.arms[arm].name, time: time, units: until[0].count + until[arm].count,
                    effect: sequence.effect(control, treatment)))
        }
    }
    return points
}

extension [Int] {
    /// The first index whose element fulfils a condition that all later ones fulfil too.
    fileprivate func partitioningIndex(where isAfter: (Int) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if isAfter(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
