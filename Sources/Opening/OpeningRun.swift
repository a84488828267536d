package import WeirDomain
import WeirJSON

/// Drives a server through the first weeks of a shop, and keeps account of what it believed and what was true.
package struct OpeningRun: Sendable {
    private struct Order {
        var time: Timestamp
        var visit: Int
        var offer: String?
    }

    package let world: OpeningWorld
    /// What may be spent, in dollars; nil where money is no object.
    package let limit: Double?
    private let visits: [OpeningWorld.Visit]
    private let segmentWorths: [Double]
    private let knownPerVisit: Double
    /// By week.
    package private(set) var weeks: [OpeningAccount]
    /// By how long the shop has been open: up to each of `ages`.
    package private(set) var byAge: [OpeningAccount]
    private var orders: [Order] = []
    private var messages: [OpeningMessage] = []

    /// Ends of the shop's first ages.
    package static let ages: [TimeSpan] = [
        .hour, .hour * 6, .days(1), .days(2), .days(4), .days(7), .days(14), .days(28),
    ]

    package init(_ world: OpeningWorld, seed: UInt64) {
        self.world = world
        visits = world.visits(seed: seed)
        segmentWorths = OpeningSegments.worths(world, visits, seed: seed)
        let knowledge = OpeningKnowledge(world, visits)
        limit = world.name == .tight ? (knowledge.cost / 3).rounded() : nil
        knownPerVisit = knowledge.worth(within: limit ?? .infinity) / Double(max(1, visits.count))
        weeks = Array(repeating: OpeningAccount(), count: (world.days + 6) / 7)
        byAge = Array(repeating: OpeningAccount(), count: Self.ages.count)
    }

    /// - Parameter step: How far time goes between two looks at the clock.
    package mutating func run(on server: some OpeningServer, step: TimeSpan = .hour) async throws {
        var next = world.start
        for index in visits.indices {
            let visit = visits[index]
            while next <= visit.time {
                try await tellOrders(until: next, server)
                try await server.advance(to: next)
                next = next + step
            }
            try await tellOrders(until: visit.time, server)
            let category: JSON = ["category": .string(visit.looksAtCoffee ? "coffee" : "kitchen")]
            tell("Product Viewed", visit, at: visit.time, index, category)
            try await send(server)
            let answer = try await server.decide(visit.customer, at: visit.time)
            if world.buys(visit, offer: answer.offer) {
                orders.append(
                    Order(time: visit.time + .seconds(visit.delay), visit: index, offer: answer.offer))
            }
            // What is held out has no policy.
            if !answer.isHeldOut { book(answer, index) }
        }
        let end = world.start + .days(Double(world.days))
        try await tellOrders(until: end, server)
        try await server.advance(to: end)
    }

    private mutating func book(_ answer: OpeningAnswer, _ index: Int) {
        let visit = visits[index]
        var account = OpeningAccount()
        account.visits = 1
        if let offer = answer.offer, let probability = answer.probability {
            account.offers = 1
            account.believed = probability
            account.chance = world.chance(visit, offer: offer)
        }
        account.earned = world.worth(visit, offer: answer.offer)
        account.spent = world.cost(visit, offer: answer.offer)
        account.known = knownPerVisit
        account.segments = segmentWorths[index]
        for offer in OpeningWorld.costs.keys {
            account.ofOffer[offer] = world.worth(visit, offer: offer)
            account.costOfOffer[offer] = world.cost(visit, offer: offer)
        }
        let week = (visit.time.day - world.start.day) / 7
        weeks[week] = weeks[week] + account
        if let age = Self.ages.firstIndex(where: { visit.time < world.start + $0 }) {
            byAge[age] = byAge[age] + account
        }
    }

    /// Sends what was ordered by then.
    private mutating func tellOrders(until time: Timestamp, _ server: some OpeningServer) async throws {
        guard orders.contains(where: { $0.time <= time }) else { return }
        let due = orders.filter { $0.time <= time }.sorted { ($0.time, $0.visit) < ($1.time, $1.visit) }
        orders.removeAll { $0.time <= time }
        for order in due {
            var properties: JSON = ["order_id": .string("o-\(order.visit)"), "revenue": .number(45), "currency": "USD"]
            if let coupon = order.offer.flatMap({ Self.coupons[$0] }) { properties = properties.with("coupon", coupon) }
            tell("Order Completed", visits[order.visit], at: order.time, order.visit, properties)
            // Each at its moment: what follows from the one is known at the next.
            try await server.advance(to: order.time)
            try await send(server)
        }
    }

    /// Codes of the starter catalog.
    private static let coupons = ["free-shipping": "SHIPFREE", "five-off": "FIVE"]

    private mutating func send(_ server: some OpeningServer) async throws {
        try await server.send(messages)
        messages.removeAll(keepingCapacity: true)
    }

    private mutating func tell(
        _ event: String, _ visit: OpeningWorld.Visit, at time: Timestamp, _ index: Int, _ properties: JSON
    ) {
        messages.append(
            OpeningMessage(
                event: event, customer: visit.customer, id: "\(event) \(index)", time: time, properties: properties))
    }
}

extension JSON {
    fileprivate func with(_ name: String, _ text: String) -> JSON {
        .object((members ?? []) + [Member(name, .string(text))])
    }
}
