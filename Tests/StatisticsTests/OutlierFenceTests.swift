import Foundation
import Testing
import WeirStatistics

@Suite("The fence beyond which amounts are outliers")
struct OutlierFenceTests {
    @Test("Lognormal amounts lie within it, whatever their spread", arguments: [0.1, 0.5, 1, 1.5, 2])
    func lognormal(spread: Double) throws {
        var random = SplitMix64(seed: 9)
        let amounts = (0..<20_000).map { _ in exp(spread * random.standardNormal()) }
        let fence = try #require(OutlierFence.bound(of: amounts))
        #expect(amounts.allSatisfy { $0 < fence })
        #expect(fence < 100_000 * exp(spread))
    }

    @Test("It lies at ten times the upper quartile at least, follows the unit, and looks at sizes alone")
    func scale() throws {
        let alike = [Double](repeating: 20, count: 40)
        #expect(OutlierFence.bound(of: alike) == 200)
        #expect(OutlierFence.bound(of: alike.map { $0 * -3 }) == 600)
        #expect(OutlierFence.bound(of: alike + [1e6, -1e9, 0, .nan, .infinity]) == 200)
    }

    @Test("Fewer than twenty amounts say nothing of their spread")
    func few() {
        #expect(OutlierFence.bound(of: [Double](repeating: 1, count: 19) + [0, 0, 0]) == nil)
        #expect(OutlierFence.bound(of: [Double](repeating: 1, count: 20)) == 10)
    }
}
