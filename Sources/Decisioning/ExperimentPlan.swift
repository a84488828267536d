public import WeirDomain
import WeirJSON
import WeirStatistics

/// An experiment made ready for assigning people to its arms and for closing what their arm does not give.
public final class ExperimentPlan: Sendable {
    public let experiment: Experiment
    /// Of the numbers 0 … 1 that customers have in the experiment's group those who take part.
    public let slot: Range<Double>
    /// For each offer of the plan the arms that may give it, one bit each.
    let givers: [UInt16]
    private let groupSalt: UInt64
    private let armSalt: UInt64

    /// - Parameters:
    ///   - salt: The catalog's.
    ///   - start: Where the group's earlier experiments end, in 0 ≤ start ≤ 1.
    ///   - offers: Of the plan, each with its campaign.
    init(_ experiment: Experiment, salt: String, start: Double, offers: [(id: OfferID, campaign: CampaignID)]) {
        self.experiment = experiment
        // A last slot that ends a rounding error before 1 would leave somebody out.
        let end = start + experiment.share
        slot = start..<(end > 1 - 1e-9 ? 1 : end)
        // No id holds a slash, so neither a campaign's holdout nor another experiment has these salts.
        let group = experiment.group.map { "group/\($0)" } ?? "share/\(experiment.id)"
        groupSalt = StableHash.of("\(salt)/experiments/\(group)")
        armSalt = StableHash.of("\(salt)/experiments/arm/\(experiment.id)")
        let everyArm = UInt16(1 << experiment.arms.count) - 1
        givers = offers.map { offer in
            guard experiment.campaigns.isEmpty || experiment.campaigns.contains(offer.campaign) else { return everyArm }
            return experiment.arms.enumerated().reduce(0) { mask, arm in
                arm.element.offers.contains(offer.id) ? mask | 1 << arm.offset : mask
            }
        }
    }

    /// Whether arms differ in an offer of the plan.
    func isAtStake(_ offer: Int) -> Bool { givers[offer] != UInt16(1 << experiment.arms.count) - 1 }

    func gives(_ offer: Int, arm: Int) -> Bool { givers[offer] & (1 << arm) != 0 }

    /// Whether a customer is among those who take part, whatever the moment.
    public func includes(_ customerHash: UInt64) -> Bool {
        slot.contains(StableHash.unit(StableHash.combining(customerHash, groupSalt)))
    }

    /// The arm of a customer for good, whether or not they take part.
    public func arm(of customerHash: UInt64) -> Int {
        let place = StableHash.unit(StableHash.combining(customerHash, armSalt))
        var sum = 0.0
        for (index, arm) in experiment.arms.enumerated() {
            sum += arm.share
            if place < sum { return index }
        }
        return experiment.arms.count - 1
    }

    /// The arm of a whole unit in one period of a switchback.
    ///
    /// Periods come in blocks of as many as there are arms, and in each block every arm has one, in an order drawn anew:
    /// with two arms a pair of periods always holds both.
    public func arm(of unit: String, period: Int) -> Int {
        let count = experiment.arms.count
        let block = (period - ((period % count) + count) % count) / count
        let seed = StableHash.combining(UInt64(bitPattern: Int64(block)), StableHash.of(unit, salt: armSalt))
        var random = SplitMix64(seed: seed)
        var order = Array(0..<count)
        for index in stride(from: count - 1, to: 0, by: -1) {
            order.swapAt(index, Int(random.unit() * Double(index + 1)))
        }
        return order[period - block * count]
    }

    /// Whether somebody takes part at a moment, and in which arm.
    ///
    /// A pure function of the salted hashes, the moment and, of a switchback, the unit's name: the same at every decision
    /// and on every machine.
    func seat(_ situation: Situation, customerHash: UInt64) -> Seat? {
        guard experiment.isInForce(at: situation.time), includes(customerHash) else { return nil }
        guard let switchback = experiment.switchback else { return Seat(arm: arm(of: customerHash), block: nil) }
        let unit: String
        switch switchback.unit {
        case .placement: unit = situation.placement.rawValue
        case .trait(let path):
            guard let value = situation.traits[JSONPath(path)] else { return nil }
            unit = value.string ?? value.text
        }
        let period = Self.period(at: situation.time, length: switchback.period)
        return Seat(arm: arm(of: unit, period: period), block: Participation.Block(unit: unit, period: period))
    }

    /// How many whole periods from 1970 on have passed.
    public static func period(at time: Timestamp, length: TimeSpan) -> Int {
        let (quotient, rest) = time.microseconds.quotientAndRemainder(dividingBy: length.microseconds)
        return Int(rest < 0 ? quotient - 1 : quotient)
    }

    struct Seat {
        var arm: Int
        var block: Participation.Block?
    }
}

/// An experiment that a person took part in when it was decided.
public struct Participation: Sendable, Equatable {
    public var experiment: ExperimentID
    public var arm: ArmID
    /// Whether arms differ in something that nothing else had closed: only then can the arm have mattered.
    public var isExposed: Bool
    /// Whether the arm had been stopped, so that the control's treatment was given instead.
    public var isStopped: Bool
    /// Of a switchback.
    public var block: Block?

    /// A unit in one period, whose arm is the same for everybody.
    public struct Block: Sendable, Hashable {
        public var unit: String
        /// Counted in whole periods from 1970 on.
        public var period: Int

        public init(unit: String, period: Int) {
            self.unit = unit
            self.period = period
        }
    }

    public init(experiment: ExperimentID, arm: ArmID, isExposed: Bool, isStopped: Bool = false, block: Block? = nil) {
        self.experiment = experiment
        self.arm = arm
        self.isExposed = isExposed
        self.isStopped = isStopped
        self.block = block
    }
}

/// An arm that gets the control's treatment.
public struct StoppedArm: Sendable, Hashable {
    public var experiment: ExperimentID
    public var arm: ArmID

    public init(experiment: ExperimentID, arm: ArmID) {
        self.experiment = experiment
        self.arm = arm
    }
}
