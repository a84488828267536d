import Testing
import WeirBudgeting
import WeirDomain
import WeirEngine
import WeirJSON
import WeirStatistics
import WeirStorage

/// Whatever way a history comes in, it ends the same.
@Suite("Shuffled histories")
struct HistorySimulationTests {
    /// What a few people do with the code that they were given.
    struct History {
        var customers: [String] = []
        /// By event time.
        var events: [Event] = []

        init(seed: UInt64, from start: Timestamp) {
            var random = SplitMix64(seed: seed)
            var number = 0
            for person in 0..<Int.random(in: 1...3, using: &random) {
                let customer = "p\(person)"
                customers.append(customer)
                for order in 0..<Int.random(in: 0...3, using: &random) {
                    let id = "\(customer)-\(order)"
                    let time = start + .seconds(Double(Int.random(in: 60...1_000_000, using: &random)))
                    let value = Int64.random(in: 2...50, using: &random) * 10
                    // One order of each uses the code, so that it is plain which converts the decision.
                    let usesCode = order == 0
                    let code: JSON = Bool.random(using: &random) ? "save10" : ["X", "SAVE10"]
                    let members: JSON = [
                        "order_id": .string(id), "revenue": .integer(value), "coupon": usesCode ? code : nil,
                    ]
                    func append(_ name: String, _ properties: JSON, _ seconds: Double) {
                        number += 1
                        events.append(
                            OrderShop.event(
                                name, properties, of: customer, at: time + .seconds(seconds), messageID: "m\(number)",
                                source: Bool.random(using: &random) ? "page" : "backend"))
                    }
                    append("Order Completed", members, 0)
                    for telling in 0..<Int.random(in: 0...2, using: &random) {
                        append("Order Completed", members, Double(10 + telling))
                    }
                    switch Int.random(in: 0..<4, using: &random) {
                    case 0: append("Order Refunded", ["order_id": .string(id)], 100)
                    case 1: append("Order Refunded", ["order_id": .string(id), "revenue": .integer(value / 2)], 100)
                    case 2:
                        for part in 1...2 {
                            append(
                                "Order Refunded", ["order_id": .string(id), "revenue": .integer(value / 5)],
                                Double(100 * part))
                        }
                    default: break
                    }
                }
            }
            events.sort { ($0.eventTime, $0.messageID) < ($1.eventTime, $1.messageID) }
        }
    }

    /// What a history has come to.
    struct End: Equatable {
        var features: [[Float]]
        var spent: Int64
        var reserved: Int64
        var lessons: [Double?]
        var treated: Double
    }

    /// - Parameter order: Gives the next delivery: which events come together, and how long after what came before.
    private func end(
        of history: History, deliveries: [(events: [Event], at: Timestamp)], restarts: Bool
    ) throws -> End {
        let shop = try OrderShop()
        let start = shop.harness.clock.now
        let decisions = try history.customers.map { try shop.give(to: $0) }
        for (index, delivery) in deliveries.enumerated() {
            shop.harness.clock.set(max(shop.harness.clock.now, delivery.at))
            shop.harness.engine.tick()
            try shop.harness.commit()
            let events = delivery.events.map { event in
                var event = event
                event.receivedTime = shop.harness.clock.now
                return event
            }
            shop.harness.engine.collect(events) { _ in }
            try shop.harness.commit()
            if restarts, index.isMultiple(of: 3) { try shop.harness.restart() }
        }
        shop.harness.clock.set(max(shop.harness.clock.now, start + .day * 60))
        shop.harness.engine.tick()
        try shop.harness.commit()
        #expect(shop.harness.engine.ledger.trialBalance == 0)
        #expect(shop.harness.engine.unforeseenReads == 0)
        return End(
            features: try history.customers.map { try shop.harness.features(CustomerID($0)) }, spent: shop.spent,
            reserved: shop.reserved,
            lessons: try decisions.map { try shop.lesson(of: $0).map { ($0 * 1e5).rounded() / 1e5 } },
            treated: shop.harness.engine.comparison.treated.sum)
    }

    @Test("Delayed, doubled, split and in any order: the same features, books and lessons", arguments: 0..<20)
    func shuffled(block: Int) throws {
        for seed in UInt64(block * 100)..<UInt64(block * 100 + 100) {
            let history = History(seed: seed, from: Harness.start)
            let inOrder = try end(
                of: history, deliveries: history.events.map { ([$0], $0.eventTime) }, restarts: false)
            var random = SplitMix64(seed: seed ^ 0xabcd)
            var events = history.events
            for event in history.events where Int.random(in: 0..<3, using: &random) == 0 { events.append(event) }
            events.shuffle(using: &random)
            // All after they happened, some in the window, some up to three weeks after its end.
            var time = history.events.last?.eventTime ?? Harness.start
            var deliveries: [(events: [Event], at: Timestamp)] = []
            while !events.isEmpty {
                let count = min(events.count, Int.random(in: 1...4, using: &random))
                time = time + .seconds(Double(Int.random(in: 1...60_000, using: &random)))
                deliveries.append((Array(events.suffix(count)), time))
                events.removeLast(count)
            }
            let shuffled = try end(of: history, deliveries: deliveries, restarts: seed.isMultiple(of: 4))
            #expect(shuffled == inOrder, "seed \(seed)")
        }
    }
}
