import Testing
import WeirStatistics

@Suite("RankingMetrics")
struct RankingMetricsTests {
    @Test("All figures match the Python packages on predictions with ties and with 0 and 1")
    func reference() throws {
        // 237 cases from whole numbers; scipy 1.17.1 with scikit-learn: roc_auc_score, log_loss and the rest by numpy.
        let percents = (0..<237).map { (index: Int) in (index * index * 37 + index * 11) % 101 }
        let probabilities = percents.map { Double($0) / 100 }
        let labels = probabilities.indices.map { (index: Int) in
            Double((index * 7919 + 13) % 97) / 97 < probabilities[index] * 0.7
        }
        let metrics = RankingMetrics(labels: labels, probabilities: probabilities)

        #expect(metrics.count == 237)
        #expect(metrics.rate == 84.0 / 237)
        #expect(isClose(try #require(metrics.auc), 0.742530345471522, within: 1e-13))
        #expect(isClose(metrics.logLoss, 0.6423387752863031, within: 1e-13))
        #expect(isClose(metrics.calibrationError, 0.13616036286919836, within: 1e-12))
        #expect(isClose(metrics.top5, 0.5454545454545454, within: 1e-13))
        #expect(isClose(metrics.top10, 0.6231884057971014, within: 1e-13))
        #expect(isClose(metrics.top20, 0.5957446808510638, within: 1e-13))
    }

    @Test("AUC equals the share of pairs ranked right, ties counting half", arguments: UInt64(0)..<20)
    func pairs(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let scores = (0..<80).map { _ in (random.unit() * 12).rounded() }
        let labels = scores.map { random.unit() < $0 / 14 }
        var (won, all) = (0.0, 0.0)
        for i in labels.indices where labels[i] {
            for j in labels.indices where !labels[j] {
                all += 1
                won += scores[i] > scores[j] ? 1 : scores[i] == scores[j] ? 0.5 : 0
            }
        }
        let auc = RankingMetrics.auc(labels: labels, scores: scores)
        #expect(all > 0 ? abs(auc! - won / all) < 1e-12 : auc == nil)
    }

    @Test("One label alone has no AUC", arguments: [true, false])
    func oneLabel(label: Bool) {
        #expect(RankingMetrics(labels: [label, label], probabilities: [0.2, 0.4]).auc == nil)
    }

    @Test("A constant prediction ranks nothing: AUC ½, the overall rate at the top", arguments: [0.05, 0.1, 0.2])
    func constant(share: Double) {
        let labels = (0..<100).map { $0 < 13 }
        let scores = [Double](repeating: 0.3, count: 100)
        #expect(RankingMetrics.auc(labels: labels, scores: scores) == 0.5)
        #expect(abs(RankingMetrics.rate(inTop: share, labels: labels, scores: scores) - 0.13) < 1e-15)
    }

    @Test("Fewer cases than bins leave some bins empty, and a share of nobody has rate 0")
    func few() {
        let error = RankingMetrics.calibrationError(labels: [true, false, true], probabilities: [0.5, 0.25, 1])
        #expect(abs(error - 0.25) < 1e-15)
        #expect(RankingMetrics.rate(inTop: 0.2, labels: [true, true, true, true], scores: [1, 2, 3, 4]) == 0)
        #expect(RankingMetrics.rate(inTop: 0.2, labels: [true, true, true, true, true], scores: [1, 2, 3, 4, 5]) == 1)
    }
}
