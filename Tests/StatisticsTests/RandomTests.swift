import Testing
import WeirStatistics

@Suite("Random numbers")
struct RandomTests {
    @Test("SplitMix64 gives the published sequence")
    func splitMix() {
        var random = SplitMix64(seed: 1_234_567)
        #expect(
            (0..<3).map { _ in random.next() }
                == [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423])
    }

    @Test("xoshiro256** gives the sequence of its authors' program")
    func xoshiro() {
        // From the recurrence run in Python on the state that SplitMix64 makes of seed 42.
        var random = Xoshiro256StarStar(seed: 42)
        #expect(
            (0..<3).map { _ in random.next() } == [
                1_546_998_764_402_558_742, 6_990_951_692_964_543_102, 12_544_586_762_248_559_009,
            ])
    }

    @Test("Equal seeds give equal draws, near seeds unlike ones")
    func seeds() {
        func draws(_ seed: UInt64) -> [Double] {
            var random = SplitMix64(seed: seed)
            return (0..<50).map { _ in random.standardNormal() }
        }
        #expect(draws(7) == draws(7))
        #expect(zip(draws(7), draws(8)).allSatisfy { $0 != $1 })
    }

    @Test("A unit draw lies in 0 ≤ u < 1, at both ends of the word")
    func unitEnds() {
        struct Constant: RandomNumberGenerator {
            var word: UInt64
            mutating func next() -> UInt64 { word }
        }
        var lowest = Constant(word: 0)
        var highest = Constant(word: .max)
        #expect(lowest.unit() == 0)
        #expect(highest.unit() < 1)
        #expect(highest.unit() == 1 - 0x1p-53)
    }

    @Test("Unit and normal draws have their moments", arguments: UInt64(0)..<10)
    func moments(seed: UInt64) {
        var random = Xoshiro256StarStar(seed: seed)
        let unit = RunningMoments((0..<100_000).map { _ in random.unit() })
        let normal = (0..<100_000).map { _ in random.standardNormal() }
        let moments = RunningMoments(normal)

        // Five standard errors.
        #expect(abs(unit.mean - 0.5) < 5 * 0.2887 / 316)
        #expect(abs(unit.variance - 1.0 / 12) < 0.002)
        #expect(abs(moments.mean) < 5.0 / 316)
        #expect(abs(moments.variance - 1) < 5 * 1.4143 / 316)
        let far = Double(normal.count { abs($0) > 1.959964 }) / 100_000
        #expect(abs(far - 0.05) < 5 * 0.00069)
    }
}
