import Testing
import WeirCoupons
import WeirDomain
import WeirStatistics

@Suite("The book of codes")
struct CouponBookTests {
    private static let now = Timestamp(microseconds: 0)

    private func book(_ codes: [String]) -> CouponBook {
        var book = CouponBook()
        book.take(CouponLot(pool: "p", origin: .loaded, codes: codes, time: Self.now, actor: "test"))
        return book
    }

    private func use(_ kind: CouponUse.Kind, _ code: String, order: String? = nil) -> CouponUse {
        CouponUse(kind: kind, code: code, pool: "p", decision: DecisionID(number: 1), order: order, time: Self.now)
    }

    @Test("Draws each code once, and one that was put back once more")
    func drawing() {
        var book = book(["AAAAAA", "BBBBBB", "aaa aaa"])
        #expect(book.free(in: "p") == 2)
        #expect(book.draw(from: "p") == "AAAAAA")
        book.putBack("AAAAAA")
        #expect(book.free(in: "p") == 2)
        #expect(Set([book.draw(from: "p"), book.draw(from: "p")]) == ["AAAAAA", "BBBBBB"])
        #expect(book.draw(from: "p") == nil && book.draw(from: "q") == nil)
    }

    @Test("A code that was given is never put back or drawn")
    func given() {
        var book = book(["AAAAAA", "BBBBBB"])
        book.take(use(.given, "AAAAAA"))
        book.putBack("AAAAAA")
        #expect(book.draw(from: "p") == "BBBBBB")
        #expect(book.draw(from: "p") == nil)
        #expect(book.levels[0].given == 1 && book.levels[0].free == 0)
    }

    @Test("One order has a code at a time, and what it did with it is known afterwards")
    func orders() {
        var book = book(["AAAAAA"])
        let key = CouponKey("aaaaaa")
        book.take(use(.given, "AAAAAA"))
        #expect(book.standing(of: key)?.state == "given")
        book.take(use(.redeemed, "AAAAAA", order: "o1"))
        #expect(book.order(using: key) == "o1" && book.levels[0].redeemed == 1)
        #expect(book.use(of: DecisionID(number: 1))?.order == "o1")
        book.take(use(.released, "AAAAAA", order: "o1"))
        #expect(book.order(using: key) == nil && book.use(of: key, by: "o1")?.kind == .released)
        #expect(book.use(of: DecisionID(number: 1)) == nil && book.levels[0].redeemed == 0)
        book.take(use(.redeemed, "AAAAAA", order: "o2"))
        // What is taken back of another order says nothing of this one.
        book.take(use(.rolledBack, "AAAAAA", order: "o1"))
        #expect(book.order(using: key) == "o2" && book.standing(of: key)?.state == "redeemed")
    }

    @Test("Whatever is drawn and put back, no code is with two people", arguments: UInt64(0)..<50)
    func property(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var book = book((0..<20).map { "CODE\(100 + $0)" })
        var out: Set<String> = []
        for _ in 0..<300 {
            if Bool.random(using: &random), let code = book.draw(from: "p") {
                #expect(out.insert(code).inserted)
            } else if let code = out.sorted().randomElement(using: &random) {
                out.remove(code)
                book.putBack(code)
            }
            #expect(book.free(in: "p") == 20 - out.count)
        }
    }
}
