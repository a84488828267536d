import Testing
import WeirStatistics

@Suite("LatencyHistogram")
struct LatencyHistogramTests {
    @Test("A quantile is within 1.6 % of the exact one", arguments: UInt64(0)..<10)
    func precision(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var histogram = LatencyHistogram()
        // Spread over nine powers of ten.
        let durations = (0..<5000).map { _ in UInt64(1 << (random.next() % 38)) + random.next() % 1000 }
        for duration in durations { histogram.record(nanoseconds: duration) }
        let sorted = durations.sorted()
        for q in [0, 0.01, 0.5, 0.9, 0.99, 0.999, 1] {
            let exact = Double(sorted[max(1, Int((q * 5000).rounded(.up))) - 1])
            #expect(abs(Double(histogram.quantile(q)) - exact) <= 0.016 * exact)
        }
        #expect(histogram.count == 5000)
        #expect(histogram.maximum == sorted.last)
        #expect(histogram.quantile(1) == sorted.last)
    }

    @Test("Below 64 ns each nanosecond is exact", arguments: UInt64(0)..<64)
    func small(nanoseconds: UInt64) {
        var histogram = LatencyHistogram()
        histogram.record(nanoseconds: nanoseconds)
        histogram.record(nanoseconds: 1000)
        #expect(histogram.quantile(0.5) == nanoseconds)
    }

    @Test(
        "A quantile is the smallest duration that at least so many did not exceed",
        arguments: [(0.0, 10), (1.0 / 3, 10), (0.34, 20), (0.5, 20), (0.6, 20), (0.67, 30), (1, 30)])
    func rank(share: Double, nanoseconds: UInt64) {
        var histogram = LatencyHistogram()
        for duration: UInt64 in [10, 20, 30] { histogram.record(nanoseconds: duration) }
        #expect(histogram.quantile(share) == nanoseconds)
    }

    @Test("Durations are counted up to a bound and to the width of its bucket, and summed exactly")
    func bounds() {
        var histogram = LatencyHistogram()
        for duration: UInt64 in [10, 499_000, 500_000, 516_000, 700_000, .max] {
            histogram.record(nanoseconds: duration)
        }
        #expect([9, 10, 480_000, 500_000, 530_000, 1 << 40].map { histogram.count(upTo: $0) } == [0, 1, 1, 3, 4, 6])
        histogram = LatencyHistogram()
        for duration: UInt64 in [3, 1_000_001] { histogram.record(nanoseconds: duration) }
        #expect(histogram.nanoseconds == 1_000_004)
    }

    @Test("Merging equals recording everything in one")
    func merging() {
        var random = SplitMix64(seed: 1)
        var (first, second, whole) = (LatencyHistogram(), LatencyHistogram(), LatencyHistogram())
        for index in 0..<1000 {
            let duration = random.next() % 1_000_000
            if index < 300 { first.record(nanoseconds: duration) } else { second.record(nanoseconds: duration) }
            whole.record(nanoseconds: duration)
        }
        first.merge(second)
        #expect(first == whole)
    }

    @Test("Nothing recorded has quantile 0; the longest possible fits")
    func edges() {
        var histogram = LatencyHistogram()
        #expect(histogram.quantile(0.5) == 0)
        histogram.record(nanoseconds: .max)
        histogram.record(nanoseconds: .max)
        #expect(histogram.quantile(1) == .max)
        #expect(histogram.quantile(0.5) > 1 << 39)
    }
}
