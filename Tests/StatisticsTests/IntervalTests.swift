import Testing
import WeirStatistics

@Suite("Intervals and moments")
struct IntervalTests {
    @Test(
        "Wilson's interval matches",
        arguments: [
            // scipy 1.17.1: stats.binomtest(s, n).proportion_ci(method="wilson").
            (0, 10, 0, 0.27753279986288926), (10, 10, 0.7224672001371109, 1),
            (3, 17, 0.061911266376209945, 0.4102945856883412), (137, 1000, 0.11707313063299474, 0.1597050960275183),
            (0, 0, 0, 1),
        ])
    func wilson(successes: Int, trials: Int, lower: Double, upper: Double) {
        let interval = Interval.share(successes: successes, trials: trials)
        #expect(isClose(interval.lower, lower, within: 1e-12))
        #expect(isClose(interval.upper, upper, within: 1e-12))
        #expect(interval.contains(interval.estimate))
    }

    @Test(
        "Newcombe's interval gives the figures of his paper",
        arguments: [
            // Newcombe 1998, table II, method 10.
            (56, 70, 48, 80, 0.0524, 0.3339), (9, 10, 3, 10, 0.1705, 0.8090), (10, 10, 0, 20, 0.6791, 1.0000),
            (5, 56, 0, 29, -0.0381, 0.1926),
        ])
    func newcombe(a: Int, m: Int, b: Int, n: Int, lower: Double, upper: Double) {
        let interval = Interval.difference((a, m), (b, n))
        #expect(abs(interval.lower - lower) < 5e-5)
        #expect(abs(interval.upper - upper) < 5e-5)
    }

    @Test("Welch's interval matches")
    func welch() throws {
        let first = RunningMoments([
            27.5, 21.0, 19.0, 23.6, 17.0, 17.9, 16.9, 20.1, 21.9, 22.6, 23.1, 19.6, 19.0, 21.7, 21.4,
        ])
        let second = RunningMoments([
            27.1, 22.0, 20.8, 23.4, 23.4, 23.5, 25.8, 22.0, 24.8, 20.2, 21.9, 22.1, 22.9, 30.5,
        ])
        // scipy 1.17.1: stats.ttest_ind(a, b, equal_var=False).confidence_interval().
        let interval = try #require(Interval.difference(first, second))
        #expect(isClose(interval.estimate, -2.780000000000001, within: 1e-12))
        #expect(isClose(interval.lower, -4.886730044370594, within: 1e-10))
        #expect(isClose(interval.upper, -0.6732699556294084, within: 1e-9))
    }

    @Test("Welch's interval needs two values on each side, and equal values leave no doubt")
    func welchEdges() {
        #expect(Interval.difference(RunningMoments([1]), RunningMoments([1, 2])) == nil)
        #expect(Interval.difference(RunningMoments([1, 2]), RunningMoments([])) == nil)
        #expect(
            Interval.difference(RunningMoments([5, 5]), RunningMoments([2, 2]))
                == Interval(estimate: 3, lower: 3, upper: 3))
    }

    @Test("A 95 % interval holds the truth in about 95 % of samples", arguments: [0.02, 0.3])
    func coverage(rate: Double) {
        var random = SplitMix64(seed: 5)
        let held = (0..<4000).count { _ in
            Interval.share(successes: (0..<300).count { _ in random.unit() < rate }, trials: 300).contains(rate)
        }
        #expect((0.93...0.98).contains(Double(held) / 4000))
    }

    @Test("Moments of values seen one by one match the two-pass formula, far from zero too", arguments: [0.0, 1e9])
    func moments(offset: Double) {
        var random = SplitMix64(seed: 3)
        let values = (0..<1000).map { _ in offset + random.unit() }
        let mean = values.reduce(0) { $0 + ($1 - offset) } / 1000 + offset
        let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 999
        let running = RunningMoments(values)
        #expect(running.count == 1000)
        #expect(abs(running.mean - mean) < 1e-5)
        #expect(isClose(running.variance, variance, within: 1e-5))
    }

    @Test("Merged moments equal those of all values", arguments: [0, 1, 40, 99, 100])
    func merging(cut: Int) {
        var random = SplitMix64(seed: 11)
        let values = (0..<100).map { _ in random.standardNormal() }
        var merged = RunningMoments(values[..<cut])
        merged.merge(RunningMoments(values[cut...]))
        let whole = RunningMoments(values)
        #expect(merged.count == whole.count)
        #expect(abs(merged.mean - whole.mean) < 1e-14)
        #expect(isClose(merged.variance, whole.variance, within: 1e-12))
    }

    @Test("Without values the moments are zero, and one value has no variance")
    func fewMoments() {
        #expect(RunningMoments().mean == 0)
        #expect(RunningMoments().variance == 0)
        #expect(RunningMoments([4]).mean == 4)
        #expect(RunningMoments([4]).variance == 0)
    }
}
