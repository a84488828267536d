import WeirDomain
import WeirEngine
import WeirDecisioning
import WeirJSON
import WeirStatistics
import WeirStorage

/// A shop that runs experiments, and its customers, whose purchases follow their arm.
final class ExperimentShop {
    /// Half of the customers get the offers of one campaign.
    static let halves =
        "  - {id: e, campaigns: spring, arms: [{id: control, offers: none}, {id: offer, offers: all}]}"
    /// Three arms, and a guardrail on what customers are worth.
    static let guarded =
        "  - {id: e, guardrails: [{metric: value, not_below: -5 %}], arms: [{id: control, offers: none}, "
        + "{id: good, offers: all}, {id: bad, offers: all}]}"

    let harness: Harness
    var random: Xoshiro256StarStar

    static let arms = """
        arms:
              - {id: control, offers: none}
              - {id: offer, offers: all}
        """

    /// - Parameter experiments: As YAML, two spaces deep.
    init(_ experiments: String, seed: UInt64 = 1, holdout: Int = 0) throws {
        harness = try Harness(nil)
        random = Xoshiro256StarStar(seed: seed)
        try apply(experiments, holdout: holdout)
    }

    func apply(_ experiments: String, holdout: Int = 0) throws {
        let text = """
            currency: USD
            salt: shop
            holdout: \(holdout) %
            groups: [region]
            consent: {default: {marketing: granted}}
            features: [{name: orders, aggregate: count, event: Order Completed, window: 30d}]
            goals:
              - {id: purchase, event: Order Completed, window: 2d, baseline: learned, reversal: {event: Order Refunded}}
              - {id: redemption, event: Order Completed, coupon: coupon, window: 2d}
            placements: [{id: home, policy: greedy}, {id: till, policy: greedy}]
            metric: {name: sales, event: Order Completed, value: revenue}
            campaigns:
              - {id: spring, placements: [home], goal: purchase, channel: web, offers: [{id: five-off, cost: 0, value: 9}]}
              - id: coupons
                placements: [till]
                goal: redemption
                channel: till
                offers: [{id: ten-off, cost: 0, value: 9, coupon: TEN}]
            experiments:
            \(experiments)
            """
        try harness.engine.apply([StoredCatalog.File(name: "weir.yaml", text: text)]) { _ in }
        try harness.commit()
    }

    func pass(_ span: TimeSpan) { harness.clock.set(harness.clock.now + span) }

    /// The arm that a decision was made in, and what it was.
    @discardableResult
    func decide(_ user: String, at placement: PlacementID = "home") throws -> (arm: ArmID?, offer: OfferID?) {
        let reply = try harness.decide(user, at: placement)
        return (reply.record.decision.experiments.first?.arm, reply.record.chosenOffer)
    }

    /// Customers one after another, each decided for and buying for as much as `revenue` says of their arm.
    func serve(_ customers: Range<Int>, revenue: (ArmID) -> Double) throws {
        for number in customers {
            let user = "u\(number)"
            let arm = try decide(user).arm
            if let arm {
                let amount = max(0, revenue(arm) * (1 + 0.5 * random.standardNormal()))
                try harness.send(harness.event(user, properties: ["revenue": .number(amount)]))
            }
            pass(.second * 10)
        }
    }

    var status: ExperimentStatus { harness.engine.experimentStatuses[0] }

    func stops() throws -> [ArmStop] {
        try harness.store.records(after: 0, kinds: [.armStop], limit: 100).compactMap {
            if case .armStop(let stop) = $0.record { stop } else { nil }
        }
    }

    func stop(_ arm: ArmID) async throws {
        let engine = harness.engine
        let task = Task { try await engine.stop(arm, of: "e", actor: "ada", reason: "complaints") }
        let isDone = Harness.Slot<Bool>()
        let watcher = Task {
            _ = await task.result
            isDone.fill(true)
        }
        while isDone.value == nil {
            try harness.commit()
            await Task.yield()
        }
        await watcher.value
        _ = try await task.value
    }
}
