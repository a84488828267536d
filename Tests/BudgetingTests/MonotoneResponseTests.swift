import Testing
import WeirBudgeting
import WeirStatistics

@Suite("Monotone response")
struct MonotoneResponseTests {
    @Test("Neighbours that fall are pooled by precision, whatever the order of the offers")
    func pooled() {
        #expect(monotoneResponse([0.1, 0.2, 0.3], depths: [1, 2, 3], precisions: [1, 1, 1]) == [0.1, 0.2, 0.3])
        #expect(monotoneResponse([0.5, 0.1, 0.25], depths: [3, 1, 2], precisions: [1, 1, 1]) == [0.5, 0.1, 0.25])
        let corrected = monotoneResponse([0.1, 0.4, 0.2], depths: [5, 10, 20], precisions: [7, 1, 3])
        #expect(corrected[0] == 0.1)
        #expect(abs(corrected[1] - 0.25) < 1e-12 && corrected[1] == corrected[2])
    }

    @Test("The same depth gets the same probability")
    func sameDepth() {
        let corrected = monotoneResponse([0.2, 0.4, 0.1], depths: [2, 2, 1], precisions: [1, 3, 1])
        #expect(abs(corrected[0] - 0.35) < 1e-12 && corrected[0] == corrected[1] && corrected[2] == 0.1)
    }

    @Test(
        "The result never falls, keeps the weighted mean and the range, and is its own correction",
        arguments: UInt64(0)..<50)
    func properties(seed: UInt64) {
        var random = Xoshiro256StarStar(seed: seed)
        let count = Int(random.next() % 9)
        let depths = (0..<count).map { _ in Double(random.next() % 6) }
        let probabilities = (0..<count).map { _ in random.unit() }
        let precisions = (0..<count).map { _ in 0.1 + random.unit() }
        let corrected = monotoneResponse(probabilities, depths: depths, precisions: precisions)
        for left in 0..<count {
            for right in 0..<count where depths[left] <= depths[right] { #expect(corrected[left] <= corrected[right]) }
        }
        func mean(_ values: [Double]) -> Double { zip(values, precisions).reduce(0) { $0 + $1.0 * $1.1 } }
        #expect(abs(mean(corrected) - mean(probabilities)) < 1e-9)
        #expect(corrected.allSatisfy { (probabilities.min() ?? 0) <= $0 && $0 <= (probabilities.max() ?? 0) })
        let again = monotoneResponse(corrected, depths: depths, precisions: precisions)
        #expect(zip(again, corrected).allSatisfy { abs($0 - $1) < 1e-12 })
    }
}
