import Testing
import WeirBudgeting
import WeirCoupons
import WeirDecisioning
import WeirDomain
import WeirEngine
import WeirJSON
import WeirLogInsight
import WeirStorage

@Suite("Codes at the moment of use")
struct CouponTests {
    @Test("Each person gets a code of the pool that nobody else gets; an empty pool stops the offer and says so")
    func pool() throws {
        let shop = try CouponShop()
        let codes = try ["ada", "bob", "cyd"].map { try shop.give(to: $0).code }
        #expect(Set(codes) == ["AAA111", "BBB222", "CCC333"])
        let reply = try shop.harness.decide("dan", at: "home")
        #expect(reply.record.decision.chosen == nil)
        #expect(reply.record.decision.candidates[0].gate?.code == "out_of_codes")
        #expect(reply.why == "no codes left: spring")
        try shop.load(["DDD444"])
        #expect(try shop.give(to: "dan").code == "DDD444")
        let level = shop.harness.engine.couponPools[0]
        #expect(level.count == 4 && level.free == 0 && level.given == 4)
    }

    @Test("The code stands in the message and the log, and the decision replays bit for bit")
    func replay() throws {
        let shop = try CouponShop()
        let reply = try shop.harness.decide("ada", at: "home")
        #expect(reply.message == "Use AAA111")
        #expect(try shop.harness.store.latestDecisions(of: nil, limit: 1)[0].coupon == "AAA111")
        try shop.harness.restart()
        let (checked, different) = try Audit(store: shop.harness.store).replayAll()
        #expect(checked == 1 && different.isEmpty)
        #expect(try shop.give(to: "bob").code == "BBB222")
    }

    @Test("An order uses a code once; told again it gets the same answer, another order is refused")
    func once() throws {
        let shop = try CouponShop()
        let (decision, code) = try shop.give()
        #expect(try shop.use(.validate, "aaa 111", by: "ada", order: "o1").use?.amount == usd(10))
        #expect(shop.spent == 0 && shop.reserved == 1_000)
        let first = try shop.use(.redeem, "aaa 111", by: "ada", order: "o1")
        #expect(first.use?.amount == usd(10) && first.use?.decision == decision && !first.isRepeated)
        #expect(shop.spent == 1_000 && shop.reserved == 0)
        let again = try shop.use(.redeem, code!, by: "ada", order: "o1", basket: 500)
        #expect(again.isRepeated && again.use == first.use)
        #expect(try shop.use(.redeem, code!, by: "ada", order: "o2").refusal == .used(code!, order: "o1"))
        #expect(try shop.use(.validate, code!, by: "ada", order: "o2").refusal == .used(code!, order: "o1"))
        #expect(shop.spent == 1_000)
        #expect(try shop.outcomes(of: decision) == [.converted])
        try shop.harness.restart()
        #expect(try shop.use(.redeem, code!, by: "ada", order: "o1").use == first.use)
        #expect(try shop.use(.redeem, code!, by: "ada", order: "o2").refusal == .used(code!, order: "o1"))
    }

    @Test("A basket that is worth less than the discount gets no more off, and the rest goes back to the budget")
    func smallBasket() throws {
        let shop = try CouponShop()
        _ = try shop.give()
        #expect(try shop.use(.redeem, "AAA111", by: "ada", order: "o1", basket: 725).use?.amount == usd(7.25))
        #expect(shop.spent == 725 && shop.reserved == 0)
        #expect(shop.account()?.available == 99_275)
    }

    @Test("An order of which an event tells later is the same use: spent once, learned once")
    func eventAfter() throws {
        let shop = try CouponShop()
        let (decision, _) = try shop.give()
        _ = try shop.use(.redeem, "AAA111", by: "ada", order: "o1")
        try shop.tell("Order Completed", ["order_id": "o1", "coupon": "AAA111", "revenue": 50])
        #expect(shop.spent == 1_000)
        #expect(try shop.outcomes(of: decision) == [.converted])
        try shop.tell("Order Refunded", ["order_id": "o1"])
        #expect(shop.spent == 0)
        #expect(try shop.outcomes(of: decision) == [.converted, .reversed])
        #expect(try shop.use(.rollback, "AAA111", order: "o1").isRepeated)
        #expect(shop.spent == 0)
    }

    @Test("An order of which an event has told has used its code")
    func eventBefore() throws {
        let shop = try CouponShop()
        let (decision, _) = try shop.give()
        try shop.tell("Order Completed", ["order_id": "o1", "coupon": "AAA111", "revenue": 50])
        #expect(shop.spent == 1_000)
        #expect(try shop.use(.redeem, "AAA111", by: "ada", order: "o2").refusal == .used("AAA111", order: "o1"))
        #expect(try shop.use(.redeem, "AAA111", by: "ada", order: "o1").isRepeated)
        #expect(shop.spent == 1_000)
        #expect(try shop.outcomes(of: decision) == [.converted])
    }

    @Test(
        "A use that is taken back frees the money and the code; the next one spends anew",
        arguments: [
            CouponRequest.Action.release, .rollback,
        ])
    func takenBack(_ action: CouponRequest.Action) throws {
        let shop = try CouponShop()
        let (decision, _) = try shop.give()
        _ = try shop.use(.redeem, "AAA111", by: "ada", order: "o1")
        let back = try shop.use(action, "AAA111", order: "o1")
        #expect(back.use?.amount == usd(10) && !back.isRepeated)
        #expect(shop.spent == 0 && shop.reserved == 0)
        #expect(try shop.use(action, "AAA111", order: "o1").isRepeated)
        #expect(try shop.use(action, "AAA111", order: "o9").refusal == .notRedeemed("AAA111", order: "o9"))
        #expect(try shop.use(.redeem, "AAA111", by: "ada", order: "o2", basket: 400).use?.amount == usd(4))
        #expect(shop.spent == 400)
        #expect(try shop.outcomes(of: decision) == [.converted, .reversed, .converted])
        try shop.pass(.days(15))
        #expect(shop.spent == 400 && shop.reserved == 0)
    }

    @Test("A use is taken back long after the window has closed")
    func lateRollback() throws {
        let shop = try CouponShop()
        let (decision, _) = try shop.give()
        _ = try shop.use(.redeem, "AAA111", by: "ada", order: "o1")
        try shop.pass(.days(40))
        #expect(shop.spent == 1_000)
        _ = try shop.use(.rollback, "AAA111", order: "o1")
        #expect(shop.spent == 0)
        #expect(try shop.outcomes(of: decision).last == .reversed)
        #expect(try shop.use(.redeem, "AAA111", by: "ada", order: "o2").refusal?.name == "code_expired")
    }

    @Test("What came back is gone where the budget has given it to somebody else meanwhile")
    func budgetGone() throws {
        let shop = try CouponShop(CouponShop.catalog(limit: 10))
        _ = try shop.give()
        _ = try shop.use(.redeem, "AAA111", by: "ada", order: "o1")
        _ = try shop.use(.release, "AAA111", order: "o1")
        #expect(try shop.give(to: "bob").code == "BBB222")
        #expect(try shop.use(.validate, "AAA111", by: "ada", order: "o2").refusal == .noBudget("AAA111"))
        #expect(try shop.use(.redeem, "AAA111", by: "ada", order: "o2").refusal == .noBudget("AAA111"))
        #expect(try shop.use(.redeem, "BBB222", by: "bob", order: "o3").use?.amount == usd(10))
        #expect(shop.spent == 1_000 && shop.account()?.available == 0)
    }

    @Test("A code is good until its decision's window closes")
    func expired() throws {
        let shop = try CouponShop()
        _ = try shop.give()
        _ = try shop.harness.decide("ada", at: "till")
        let end = shop.harness.clock.now + .days(14)
        try shop.pass(.days(14))
        #expect(try shop.use(.redeem, "AAA111", by: "ada", order: "o1").refusal == .expired("AAA111", until: end))
        #expect(try shop.use(.redeem, "SAVE5", by: "ada", order: "o1").refusal == .expired("SAVE5", until: end))
        #expect(shop.spent == 0 && shop.reserved == 0)
    }

    @Test("A code that was not given to who uses it is refused, unless its campaign books it on an account of its own")
    func leaked() throws {
        let refusing = try CouponShop()
        _ = try refusing.give()
        for code in ["AAA111", "BBB222", "SAVE5"] {
            #expect(try refusing.use(.redeem, code, by: "eve", order: "o1").refusal == .notGiven(code))
        }
        #expect(try refusing.use(.redeem, "SAVE5", order: "o1").refusal == .customerNeeded("SAVE5"))
        #expect(try refusing.use(.redeem, "NONE00", by: "ada", order: "o1").refusal == .unknown("NONE00"))

        let booking = try CouponShop(CouponShop.catalog(leaked: "leaked: book"))
        _ = try booking.give()
        let use = try booking.use(.redeem, "AAA111", by: "eve", order: "o1").use
        #expect(use?.isLeaked == true && use?.amount == usd(10))
        #expect(booking.spent == 0 && booking.account("leaked/spring")?.spent == 1_000)
        #expect(try booking.use(.redeem, "AAA111", by: "ada", order: "o2").refusal == .used("AAA111", order: "o1"))
        #expect(try booking.use(.redeem, "SAVE5", by: "eve", order: "o1").use?.isLeaked == true)
        #expect(booking.account("leaked/posters")?.spent == 500)
        // Nobody is given a code that is used up.
        #expect(try booking.use(.redeem, "BBB222", by: "eve", order: "o3").use?.isLeaked == true)
        #expect(try booking.give(to: "bob").code == "CCC333")
        try booking.harness.restart()
        #expect(booking.account("leaked/spring")?.spent == 2_000)
        _ = try booking.use(.rollback, "AAA111", order: "o1")
        #expect(booking.account("leaked/spring")?.spent == 1_000 && booking.account("leaked/spring")?.limit == 1_000)
        #expect(booking.harness.engine.ledger.trialBalance == 0)
        #expect(booking.harness.engine.couponPools[0].leaked == 2)
    }

    @Test("A code for all is used once per decision that gave it")
    func shared() throws {
        let shop = try CouponShop()
        let first = try shop.harness.decide("ada", at: "till").record.situation.id
        #expect(try shop.use(.redeem, "save5", by: "ada", order: "o1").use?.decision == first)
        #expect(try shop.use(.redeem, "save5", by: "ada", order: "o1").isRepeated)
        #expect(try shop.use(.redeem, "save5", by: "ada", order: "o2").refusal == .used("save5", order: "o1"))
        let second = try shop.harness.decide("ada", at: "till").record.situation.id
        #expect(try shop.use(.redeem, "save5", by: "ada", order: "o2").use?.decision == second)
        try shop.tell("Order Completed", ["order_id": "o2", "coupon": "SAVE5", "revenue": 50])
        #expect(shop.spent == 1_000)
        _ = try shop.use(.release, "save5", order: "o1")
        #expect(shop.spent == 500)
        #expect(try shop.use(.redeem, "save5", by: "ada", order: "o3").use?.decision == first)
    }

    @Test("Two orders that come at once use a code once")
    func race() throws {
        let shop = try CouponShop()
        _ = try shop.give()
        _ = try shop.harness.decide("ada", at: "till")
        let slots = (0..<8).map { _ in Harness.Slot<Result<CouponReply, EngineError>>() }
        for (index, slot) in slots.enumerated() {
            shop.harness.engine.use(
                CouponRequest(
                    .redeem, code: index % 2 == 0 ? "AAA111" : "SAVE5", customer: "ada", order: "o\(index)",
                    time: shop.harness.clock.now)
            ) { slot.fill($0) }
        }
        try shop.harness.commit()
        #expect(try slots.count { try $0.value!.get().use != nil } == 2)
        #expect(shop.spent == 1_500)
    }
}

private func usd(_ dollars: Double) -> Money { Money(minorUnits: Int64((dollars * 100).rounded()), currency: .usd) }
