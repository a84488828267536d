import WeirStatistics

/// Candidates for predicting uplift, compared on rows that none of them had seen when it predicted them.
///
/// A candidate's figure is the mean Qini coefficient over folds and repetitions: within a fold all predictions come from one
/// model, so that its scale cannot pass for skill. All candidates meet the same bootstrap resamples, so that what is common
/// to them cancels out of their differences.
package struct UpliftComparison: Sendable, Equatable {
    package struct Candidate: Sendable, Equatable {
        package var name: String
        package var qini: Double
        package var standardError: Double
        /// How much below the best, ≥ 0, and the standard error of that.
        package var behind: Double
        package var behindStandardError: Double
    }

    /// In the order in which they were given.
    package let candidates: [Candidate]
    /// Index of the highest mean Qini; the first of equals.
    package let best: Int

    /// - Parameters:
    ///   - predictions: By candidate, repetition and row.
    ///   - folds: By repetition and row: which fold the row was predicted in.
    ///   - samples: Bootstrap resamples, ≥ 2.
    /// - Throws: `UpliftTrialError`, also where a fold has rows of one group only.
    /// - Complexity: O(samples × candidates × repetitions × rows).
    package init(
        names: [String], predictions: [[[Double]]], folds: [[Int]], isTreated: [Bool], outcomes: [Double],
        samples: Int = 100, seed: UInt64
    ) throws(UpliftTrialError) {
        precondition(!names.isEmpty && names.count == predictions.count && samples > 1)
        var trials: [[FoldTrial]] = []
        for candidate in predictions {
            var own: [FoldTrial] = []
            for (scores, folds) in zip(candidate, folds) {
                for fold in 0...(folds.max() ?? 0) {
                    own.append(try FoldTrial(folds.indices.filter { folds[$0] == fold }, scores, isTreated, outcomes))
                }
            }
            trials.append(own)
        }
        let qinis = trials.map { folds in folds.reduce(0) { $0 + $1.trial.areas.qini } / Double(folds.count) }
        let best = qinis.indices.max { qinis[$0] < qinis[$1] }!
        var own = names.map { _ in RunningMoments() }
        var behind = own
        var counts = ResampleCounts(rows: isTreated.count, seed: seed)
        for _ in 0..<samples {
            counts.draw()
            let drawn = trials.map { folds in
                folds.reduce(0) { $0 + $1.qini(counts.counts) } / Double(folds.count)
            }
            for index in names.indices {
                own[index].include(drawn[index])
                behind[index].include(drawn[best] - drawn[index])
            }
        }
        self.best = best
        candidates = names.indices.map { index in
            Candidate(
                name: names[index], qini: qinis[index], standardError: own[index].populationDeviation,
                behind: qinis[best] - qinis[index], behindStandardError: behind[index].populationDeviation)
        }
    }

    private struct FoldTrial {
        let rows: [Int]
        let trial: UpliftTrial

        init(
            _ rows: [Int], _ scores: [Double], _ isTreated: [Bool], _ outcomes: [Double]
        ) throws(UpliftTrialError) {
            self.rows = rows
            // The Qini coefficient needs no propensities.
            trial = try UpliftTrial(
                scores: rows.map { scores[$0] }, isTreated: rows.map { isTreated[$0] },
                outcomes: rows.map { outcomes[$0] }, propensities: rows.map { _ in 0.5 })
        }

        func qini(_ counts: [Int32]) -> Double {
            rows.map { counts[$0] }.withUnsafeBufferPointer { trial.areas(counts: $0).qini }
        }
    }
}

extension UpliftComparison {
    /// The candidates whose mean prediction is to be used: the three best, less those that lie more than two standard errors
    /// behind the best; best first.
    ///
    /// Which candidate is best by a hair changes from sample to sample; the mean of a few good ones keeps most of the skill
    /// without that luck. Among five rules in a nested cross-validation on the training half of the Hillstrom experiment the
    /// three best did best, by less than its noise; leaving out those clearly behind was added for worlds in which one
    /// candidate is far better, and was not part of that comparison. See docs/uplift.md.
    package var chosen: [Int] {
        let ranked = candidates.indices.sorted {
            candidates[$0].qini != candidates[$1].qini ? candidates[$0].qini > candidates[$1].qini : $0 < $1
        }
        return ranked.prefix(3).filter { candidates[$0].behind <= 2 * candidates[$0].behindStandardError }
    }
}
