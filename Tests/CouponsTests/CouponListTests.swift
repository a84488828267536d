import Testing
import WeirCoupons
import WeirDomain
import WeirStatistics

@Suite("Codes that are made and loaded")
struct CouponListTests {
    private func made(_ count: Int, length: Int = 10, seed: UInt64 = 1) throws -> [String] {
        var random = SplitMix64(seed: seed)
        return try CouponOrder(count: count, length: length).make(using: &random)
    }

    @Test("Made codes have the length that was asked for, no look-alikes, and are unlike each other")
    func making() throws {
        let codes = try made(5_000)
        #expect(Set(codes).count == 5_000)
        #expect(codes.allSatisfy { $0.count == 10 && $0.allSatisfy { !"0O1IL2Z5S8B".contains($0) } })
        #expect(CouponList(lines: codes).faults.isEmpty)
        #expect(CouponList(lines: codes).warning == nil)
    }

    @Test("A code that is taken elsewhere is not made")
    func taken() throws {
        let first = try made(50)
        var random = SplitMix64(seed: 1)
        let others = try CouponOrder(count: 50, length: 10).make(using: &random) { first.contains($0) }
        #expect(Set(first).isDisjoint(with: others))
    }

    @Test(
        "What would be found by guessing is not made",
        arguments: [(1_000, 6, true), (100, 6, false), (10_000, 7, true)])
    func short(count: Int, length: Int, isRefused: Bool) {
        let order = try? CouponOrder(count: count, length: length)
        #expect((order == nil) == isRefused)
    }

    @Test(
        "An alphabet has letters and digits, each once, and enough of them",
        arguments: ["ABC", "AABCDEFGH", "ABCDEFG!", "aAbcdefgh"])
    func alphabet(text: String) {
        #expect(throws: CouponFault.self) { try CouponAlphabet(text) }
    }

    @Test("A bad line is refused and named, and the others land")
    func lines() {
        let list = CouponList(
            lines: ["QX7RT-4WPA", "", "abc", "qx7rt-4w pa", "ümlaut-99", "TAKEN-9173", "HH3KP-99RW"]
        ) { $0 == CouponKey("taken-9173") }
        #expect(list.codes == ["QX7RT-4WPA", "HH3KP-99RW"])
        #expect(list.faults.map(\.line) == [3, 4, 5, 6])
        #expect(list.faults[0].detail.contains("“ABC” has 3 characters"))
        #expect(list.faults[1].detail.contains("line 1"))
        #expect(list.faults[2].detail.contains("“Ü”"))
    }

    @Test("Counted codes are told from random ones, with the figure")
    func sequences() throws {
        let counted = CouponList(lines: (0..<500).map { "SAVE-\(1_000 + $0)" })
        #expect(counted.warning?.hasPrefix("100 %") == true)
        let few = CouponList(lines: (0..<10).map { "SPRING\(99_995 + $0)" })
        #expect(few.warning?.hasPrefix("100 %") == true)
        let wide = CouponList(lines: (0..<500).map { "SAVE-\(1_000 + 7 * $0)" })
        #expect(wide.warning?.contains("20 guesses") == true)
        #expect(CouponList(lines: try made(20, seed: 3)).warning == nil)
    }

    @Test("As many guesses as there are codes of the kind for each code that there is")
    func guesses() {
        #expect(Guessability.guesses(["A1", "B2", "C3"]) == 260.0 / 3)
        #expect(Guessability.guesses(["XA", "XB"]) == 13)
        #expect(Guessability.shareInSequence(["A9", "A10", "B1"]) == 0.5)
        #expect(Guessability.shareInSequence(["ABC"]) == 0)
    }
}
