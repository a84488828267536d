import WeirExperiments
import Foundation
import Testing
import WeirDecisioning
import WeirDomain
import WeirEngine
import WeirJSON
import WeirLogInsight
import WeirReporting
import WeirStatistics
import WeirStorage

@Suite("Experiments in the engine")
struct ExperimentTests {
    // MARK: Guardrails

    @Test("A guardrail stops the arm that loses sales, not the other, and for good", arguments: UInt64(1)...3)
    func guardrail(seed: UInt64) throws {
        let shop = try ExperimentShop(ExperimentShop.guarded, seed: seed)
        try shop.serve(0..<1_500) { $0 == "bad" ? 6 : 10 }
        let stops = try shop.stops()
        #expect(stops.map(\.arm) == ["bad"] && stops.first?.actor == "guardrail")
        #expect(stops[0].reason.contains("not below −5.0 % is put up with"))
        let arms = shop.status.arms
        #expect(arms[2].stop == stops[0] && arms[1].stop == nil && arms[0].stop == nil)
        let exposed = arms.map(\.customers)
        #expect(exposed[2] < exposed[1] - 100)  // Whoever comes later does not count for a stopped arm.

        // From the stop on the arm gets what the control gets, after a restart and under another catalog too.
        func inBad() throws -> [OfferID?] {
            try (2_000..<2_060).map { try shop.decide("u\($0)") }.filter { $0.arm == "bad" }.map(\.offer)
        }
        #expect(try !inBad().isEmpty && inBad().allSatisfy { $0 == nil })
        try shop.harness.restart()
        #expect(try inBad().allSatisfy { $0 == nil })
        #expect(shop.status.arms[2].stop == stops[0])
        try shop.apply(ExperimentShop.guarded, holdout: 3)
        #expect(try inBad().allSatisfy { $0 == nil })
        #expect(try shop.stops() == stops)
        let audit = Audit(store: shop.harness.store)
        let replayed = try audit.replayAll()
        #expect(replayed.checked > 1_500 && replayed.different.isEmpty)
    }

    @Test("Arms that change nothing are stopped in less than 5 % of streams, looked at all the time")
    func falseStops() throws {
        // Without the engine around it, so that there are streams enough to tell.
        var stopped = 0
        let runs = ProcessInfo.processInfo.environment["WEIR_LONG_TESTS"] == "1" ? 2_000 : 200
        for seed in 0..<runs {
            var random = Xoshiro256StarStar(seed: UInt64(seed))
            var moments = [RunningMoments(), RunningMoments()]
            let bound = AlwaysValid(confidence: 0.95)
            for customer in 0..<3_000 {
                moments[customer % 2].include(max(0, 10 + 8 * random.standardNormal()))
                guard customer >= 400, customer % 20 == 0 else { continue }
                let samples = moments.map { SampleSummary(count: $0.count, mean: $0.mean, variance: $0.variance) }
                if bound.effect(samples[0], samples[1], side: .less).upper < 0 {
                    stopped += 1
                    break
                }
            }
        }
        print("An equal arm was stopped in \(stopped) of \(runs) streams.")
        #expect(stopped <= runs / 20)
    }

    @Test("One enormous total disarms no guardrail, in whichever arm it is, and the stop says that it was cut")
    func outlier() throws {
        for (arm, amount) in [("bad", 1e6), ("control", -1e6), ("bad", 9e12), ("control", 1e6)] as [(ArmID, Double)] {
            let shop = try ExperimentShop(ExperimentShop.guarded)
            var isTold = false
            try shop.serve(0..<60) { _ in 10 }
            for number in 0..<200 where !isTold {
                guard try shop.decide("rich\(number)").arm == arm else { continue }
                try shop.harness.send(shop.harness.event("rich\(number)", properties: ["revenue": .number(amount)]))
                isTold = true
            }
            try shop.serve(60..<2_600) { $0 == "bad" ? 7 : 10 }
            let status = shop.status
            #expect(status.arms.first { $0.arm.id == "bad" }?.stop != nil, "\(arm) \(amount)")
            #expect(status.arms.first { $0.arm.id == "good" }?.stop == nil, "\(arm) \(amount)")
            let readings = status.guardrails.filter { arm == "control" || $0.arm == arm }
            #expect(readings.allSatisfy { $0.cut == 1 && $0.cutAt.map { $0 > 50 && $0 < 1_000 } == true })
        }
    }

    @Test("Totals without outliers are judged by their plain sums, to the last bit")
    func plainSums() throws {
        let shop = try ExperimentShop(ExperimentShop.guarded)
        try shop.serve(0..<600) { _ in 10 }
        #expect(shop.status.guardrails.allSatisfy { $0.cutAt == nil && $0.cut == 0 })
        let means = shop.status.arms.map { $0.means[0] }
        #expect(shop.status.guardrails.map(\.controlMean) == [means[0], means[0]])
        #expect(shop.status.guardrails.map(\.mean) == [means[1], means[2]])
    }

    @Test("A guardrail says nothing of fewer than 100 customers in an arm, or of a control that earns nothing")
    func early() throws {
        let shop = try ExperimentShop(ExperimentShop.guarded)
        try shop.serve(0..<150) { $0 == "bad" ? 0 : 10 }
        #expect(shop.status.guardrails.allSatisfy { $0.atMost == nil && !$0.isBreached && $0.change != nil })
        let idle = try ExperimentShop(ExperimentShop.guarded)
        try idle.serve(0..<400) { _ in 0 }
        #expect(idle.status.guardrails.allSatisfy { $0.change == nil && $0.atMost == nil })
        #expect(try idle.stops().isEmpty && shop.stops().isEmpty)
    }

    // MARK: Stopping by hand

    @Test("An arm is stopped by hand once; the control and what does not exist are refused, with the remedy")
    func byHand() async throws {
        let shop = try ExperimentShop(ExperimentShop.guarded)
        try await shop.stop("good")
        #expect(try shop.stops().map(\.actor) == ["ada"] && shop.status.arms[1].stop?.reason == "complaints")
        for (arm, words) in [("good", "stopped already"), ("control", "is the control"), ("other", "has no arm")] {
            let error = await #expect(throws: EngineError.self) {
                _ = try await shop.harness.engine.stop(ArmID(arm), of: "e", actor: "ada", reason: "")
            }
            #expect(error?.description.contains(words) == true)
        }
        let unknown = await #expect(throws: EngineError.self) {
            _ = try await shop.harness.engine.stop("good", of: "f", actor: "ada", reason: "")
        }
        #expect(unknown == .unknownExperiment("f", known: ["e"]))
    }

    // MARK: Counting

    @Test("What the running engine counts is what a restart counts from the log, and the log's own figures")
    func recount() throws {
        let shop = try ExperimentShop(ExperimentShop.halves, holdout: 20)
        try shop.serve(0..<300) { $0 == "offer" ? 12 : 10 }
        for number in stride(from: 0, to: 300, by: 7) { try shop.decide("u\(number)") }
        let before = shop.status
        try shop.harness.restart()
        let after = shop.status
        #expect(before.arms.map(\.customers) == after.arms.map(\.customers))
        #expect(before.metrics == [.value, .goal("purchase")])
        for (one, other) in zip(before.arms, after.arms) {
            for (mean, again) in zip(one.means, other.means) { #expect(abs(mean! - again!) < 1e-9) }
        }
        let logged = try LoggedExperiment(store: shop.harness.store, id: "e")
        #expect(logged.contaminated == 0 && logged.stops.isEmpty && logged.notes.isEmpty)
        for arm in 0..<2 {
            let rows = logged.data.armOfRow.indices.filter { logged.data.armOfRow[$0] == arm }
            #expect(rows.count == after.arms[arm].customers)
            let mean = rows.reduce(0) { $0 + logged.data.metrics[0].values[$1] } / Double(rows.count)
            #expect(abs(mean - after.arms[arm].means[0]!) < 1e-9)
        }
        // Of 300 people a fifth is held out and counts nowhere.
        #expect((220...260).contains(logged.data.armOfRow.count))
        #expect(logged.data.arms == [.init("control", plannedShare: 0.5), .init("offer", plannedShare: 0.5)])
    }

    @Test("Whoever turns out to be seen in two arms counts in none; in one arm, once")
    func contamination() throws {
        let shop = try ExperimentShop(ExperimentShop.halves)
        let harness = shop.harness
        var arms: [String: ArmID] = [:]
        for number in 0..<20 {
            let slot = harness.ask(DecisionRequest(userID: nil, anonymousID: "a\(number)", placement: "home"))
            try harness.commit()
            let anonymous = try slot.value!.get().record.decision.experiments[0].arm
            let known = try shop.decide("u\(number)").arm
            arms["u\(number)"] = anonymous == known ? known : nil
            try harness.send(harness.event("u\(number)"), harness.event(nil, anonymous: "a\(number)"))
            try harness.send(harness.event("u\(number)", anonymous: "a\(number)", kind: .identify))
        }
        let mixed = 20 - arms.count
        try #require(mixed > 0 && mixed < 20)
        func check(_ status: ExperimentStatus) {
            #expect(status.contaminated == mixed)
            #expect(
                status.arms.map(\.customers) == ["control", "offer"].map { arm in arms.values.count { $0 == arm } })
            for arm in status.arms where arm.customers > 0 { #expect(arm.means == [20, 1]) }
        }
        check(shop.status)
        let logged = try LoggedExperiment(store: shop.harness.store, id: "e")
        #expect(logged.contaminated == mixed && logged.data.armOfRow.count == arms.count)
        #expect(logged.data.metrics[0].values.allSatisfy { $0 == 20 })
        #expect(logged.notes.first?.contains("seen in two arms") == true)
        try harness.restart()
        check(shop.status)
    }

    @Test("A coupon goal counts by its outcomes, an offer-free arm has none")
    func coupons() throws {
        let shop = try ExperimentShop(
            "  - {id: e, campaigns: coupons, arms: [{id: control, offers: none}, {id: offer, offers: all}]}")
        for number in 0..<30 {
            try shop.decide("u\(number)", at: "till")
            try shop.harness.send(shop.harness.event("u\(number)", properties: ["revenue": 5, "coupon": "TEN"]))
        }
        let status = shop.status
        #expect(status.metrics == [.value, .goal("redemption")])
        #expect(status.arms[0].means == [5, 0] && status.arms[1].means == [5, 1])
        // What the experiment does not touch exposes nobody.
        try shop.decide("somebody", at: "home")
        #expect(shop.status.arms.map(\.customers).reduce(0, +) == 30)
    }

    @Test("The held out have ghosts but take no part in the sums; the log says whose arm it was")
    func heldOut() throws {
        let shop = try ExperimentShop(ExperimentShop.halves, holdout: 50)
        var ghosts = 0
        for number in 0..<60 {
            let record = try shop.harness.decide("u\(number)", at: "home").record
            guard record.decision.assignment == .heldOut else { continue }
            let arm = try #require(record.decision.experiments.first).arm
            #expect((record.decision.ghost != nil) == (arm == "offer"))
            ghosts += record.decision.ghost == nil ? 0 : 1
        }
        #expect(ghosts > 5 && shop.status.arms.map(\.customers).reduce(0, +) < 45)
    }
}
