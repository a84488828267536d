public import WeirDomain
import WeirJSON

/// A decision as it stands in the log: what it looked at and what it found.
public struct DecisionRecord: Sendable, Equatable {
    public var situation: Situation
    public var decision: Decision
    /// The offers' names at the time, one per candidate, so that a log entry can be read without its catalog.
    public var offers: [OfferID]
    /// How what the chosen offer costs follows from its order, as it was given; nil where it is fixed.
    public var terms: Discount?

    public init(situation: Situation, decision: Decision, plan: CatalogPlan) {
        self.situation = situation
        self.decision = decision
        offers = decision.candidates.map { plan.offers[$0.offer].offer.id }
        if decision.assignment == .treated, let chosen = decision.chosen {
            terms = plan.offers[decision.candidates[chosen].offer].offer.discount
        }
    }

    /// The chosen offer; nil for none.
    public var chosenOffer: OfferID? { decision.chosen.map { offers[$0] } }

    /// Why it came out this way, in a few words.
    public func why(policy: Policy) -> String {
        switch decision.assignment {
        case .heldOut: return "universal holdout"
        case .given: return "chosen elsewhere"
        case .treated: break
        }
        if decision.candidates.isEmpty { return "nothing on offer here" }
        if decision.chosen == nil, decision.candidates.allSatisfy({ $0.gate != nil }) {
            // That other campaigns are over says less than what stopped one that is on.
            let gates = decision.candidates.compactMap(\.gate)
            let current = gates.filter { $0 != .notStarted && $0 != .ended }
            let counts = Dictionary(grouping: current.isEmpty ? gates : current, by: \.words).mapValues(\.count)
            let most = counts.max { ($0.value, $1.key) < ($1.value, $0.key) }!.key
            return most
        }
        let share = (decision.propensity * 100).rounded() / 100
        if decision.isExplored { return "explored \(share)" }
        return decision.chosen == nil ? "no offer pays (\(policy.name) \(share))" : "\(policy.name) \(share)"
    }
}

// MARK: Binary form

extension DecisionRecord {
    public var bytes: [UInt8] {
        var writer = ByteWriter(reserving: 1024)
        // Version 2 adds what experiments did. Where they did nothing the older form says all.
        let hasExperiments = !decision.experiments.isEmpty || !situation.stoppedArms.isEmpty
        // Version 3 adds, after that part, what costs that depend on the order go by; version 4 the code that was given, and
        // whether those stand before it.
        let hasTerms = hasTerms
        let version: UInt8 = situation.code != nil ? 4 : hasTerms ? 3 : hasExperiments ? 2 : 1
        writer.fixed(version)
        write(situation, into: &writer)
        write(decision, into: &writer)
        if version >= 2 { writeExperiments(into: &writer) }
        if version >= 4 { writer.fixed(UInt8(hasTerms ? 1 : 0)) }
        if hasTerms { writeTerms(into: &writer) }
        if let code = situation.code { writer.string(code) }
        return writer.bytes
    }

    /// Whether a stored record can tell of experiments; quicker than to read it.
    public static func mayHoldExperiments(_ bytes: [UInt8]) -> Bool { bytes.first.map { $0 >= 2 } ?? false }

    /// - Throws: `DamagedRecord`.
    public init(decoding bytes: [UInt8]) throws(DamagedRecord) {
        var reader = ByteReader(bytes)
        let version = try reader.version(atMost: 4)
        situation = try Self.situation(&reader)
        var offers: [OfferID] = []
        decision = try Self.decision(&reader, offers: &offers)
        self.offers = offers
        if version >= 2 { try readExperiments(&reader) }
        // Three has them always, four says whether.
        var hasTerms = version == 3
        if version >= 4 { hasTerms = try reader.fixed(UInt8.self) == 1 }
        if hasTerms { try readTerms(&reader) }
        if version >= 4 { situation.code = try reader.string() }
    }

    private func writeExperiments(into writer: inout ByteWriter) {
        writer.list(situation.stoppedArms) { writer, stopped in
            writer.string(stopped.experiment.rawValue)
            writer.string(stopped.arm.rawValue)
        }
        writer.list(decision.experiments) { writer, participation in
            writer.string(participation.experiment.rawValue)
            writer.string(participation.arm.rawValue)
            writer.bool(participation.isExposed)
            writer.bool(participation.isStopped)
            writer.bool(participation.block != nil)
            guard let block = participation.block else { return }
            writer.string(block.unit)
            writer.integer(block.period)
        }
    }

    private mutating func readExperiments(_ reader: inout ByteReader) throws(DamagedRecord) {
        situation.stoppedArms = try reader.list { reader throws(DamagedRecord) in
            StoppedArm(experiment: ExperimentID(try reader.string()), arm: ArmID(try reader.string()))
        }
        decision.experiments = try reader.list { reader throws(DamagedRecord) in
            var participation = Participation(
                experiment: ExperimentID(try reader.string()), arm: ArmID(try reader.string()),
                isExposed: try reader.bool(), isStopped: try reader.bool())
            if try reader.bool() {
                participation.block = Participation.Block(unit: try reader.string(), period: try reader.integer())
            }
            return participation
        }
    }

    private func write(_ situation: Situation, into writer: inout ByteWriter) {
        writer.integer(situation.id.number)
        writer.string(situation.customer.rawValue)
        writer.string(situation.placement.rawValue)
        writer.timestamp(situation.time)
        writer.integer(situation.catalogVersion)
        writer.integer(situation.modelVersion)
        writer.json(situation.context)
        writer.json(situation.traits)
        writer.string(situation.given?.rawValue ?? "")
        writer.floats(situation.features)
        writer.floats(situation.affinities)
        writer.list(situation.consents) { $0.bool($1) }
        writer.list(situation.cappedBy) { writer, hit in
            writer.bool(hit != nil)
            if let hit { writer.capHit(hit) }
        }
        writer.list(situation.available) { $0.integer($1) }
        writer.list(situation.prices) { $0.double($1) }
    }

    private static func situation(_ reader: inout ByteReader) throws(DamagedRecord) -> Situation {
        let id = DecisionID(number: Int64(try reader.integer()))
        let customer = CustomerID(try reader.string())
        let placement = PlacementID(try reader.string())
        let time = try reader.timestamp()
        let catalogVersion = try reader.integer()
        let modelVersion = Int64(try reader.integer())
        let context = try reader.json()
        let traits = try reader.json()
        let given = try reader.string()
        return Situation(
            id: id, customer: customer, placement: placement, time: time, catalogVersion: catalogVersion,
            modelVersion: modelVersion, context: context, traits: traits, given: given.isEmpty ? nil : OfferID(given),
            features: try reader.floats(), affinities: try reader.floats(),
            consents: try reader.list { reader throws(DamagedRecord) in try reader.bool() },
            cappedBy: try reader.list { reader throws(DamagedRecord) in try reader.bool() ? try reader.capHit() : nil },
            available: try reader.list { reader throws(DamagedRecord) in Int64(try reader.integer()) },
            prices: try reader.list { reader throws(DamagedRecord) in try reader.double() })
    }

    private func write(_ decision: Decision, into writer: inout ByteWriter) {
        writer.fixed(decision.assignment.rawValue)
        writer.double(decision.noOfferProbability)
        writer.integer(decision.chosen ?? -1)
        writer.double(decision.propensity)
        writer.integer(decision.ghost ?? -1)
        writer.bool(decision.isExplored)
        writer.integer(decision.candidates.count)
        for (candidate, offer) in zip(decision.candidates, offers) {
            writer.integer(candidate.offer)
            writer.string(offer.rawValue)
            writer.gate(candidate.gate)
            writer.double(candidate.probability)
            // A closed candidate that was not scored has nothing more to say.
            guard candidate.gate == nil || candidate.probability != 0 else { continue }
            writer.doubles(
                candidate.deviation, candidate.value, candidate.cost, candidate.utility, candidate.choiceProbability)
        }
    }

    private static func decision(_ reader: inout ByteReader, offers: inout [OfferID]) throws(DamagedRecord) -> Decision
    {
        guard let assignment = Assignment(rawValue: try reader.fixed()) else { throw DamagedRecord(offset: 0) }
        let noOfferProbability = try reader.double()
        let chosen = try reader.integer()
        let propensity = try reader.double()
        let ghost = try reader.integer()
        let isExplored = try reader.bool()
        let count = try reader.count()
        var candidates: [Candidate] = []
        candidates.reserveCapacity(count)
        offers.reserveCapacity(count)
        for _ in 0..<count {
            var candidate = Candidate(offer: try reader.integer())
            offers.append(OfferID(try reader.string()))
            candidate.gate = try reader.gate()
            candidate.probability = try reader.double()
            if candidate.gate == nil || candidate.probability != 0 {
                candidate.deviation = try reader.double()
                candidate.value = try reader.double()
                candidate.cost = try reader.double()
                candidate.utility = try reader.double()
                candidate.choiceProbability = try reader.double()
            }
            candidates.append(candidate)
        }
        guard chosen < candidates.count, ghost < candidates.count else { throw DamagedRecord(offset: 0) }
        return Decision(
            assignment: assignment, candidates: candidates, noOfferProbability: noOfferProbability,
            chosen: chosen < 0 ? nil : chosen, propensity: propensity, ghost: ghost < 0 ? nil : ghost,
            isExplored: isExplored)
    }
}

extension ByteWriter {
    mutating func json(_ value: JSON) { value == .emptyObject ? string("") : blob(value.bytes) }
}

extension ByteReader {
    mutating func json() throws(DamagedRecord) -> JSON {
        let bytes = try blob()
        if bytes.isEmpty { return .emptyObject }
        guard let value = try? JSON(parsing: bytes) else { throw DamagedRecord(offset: 0) }
        return value
    }
}
