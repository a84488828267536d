public import WeirDomain
import WeirJSON

/// A profile read back from the store.
public enum StoredProfile: Sendable, Equatable {
    case current(Profile)
    /// Stored under other declarations: its features are empty, all else is there. Apply the person's events up to
    /// `lastSequence` to it once more; traits, consent and times stay as they are by that.
    case outdated(Profile)
}

extension Profile {
    private static let version: UInt8 = 2

    /// Writes the stored form; equal profiles give equal bytes. Version 1 is what knows no orders, as before there were.
    public func encode(into writer: inout ByteWriter, schema: FeatureSchema) {
        writer.fixed(orders.isEmpty ? 1 : Self.version)
        writer.fixed(schema.fingerprint)
        writer.integer(lastSequence)
        for time in [firstSeen, lastSeen, lastStamp] { writer.optional(time) { $0.timestamp($1) } }
        writer.list(consent.answers) { writer, answer in
            writer.string(answer.purpose.rawValue)
            writer.optional(answer.channel?.rawValue) { $0.string($1) }
            writer.bool(answer.isGranted)
            writer.timestamp(answer.time)
        }
        writer.list(zip(datedTraits.members, datedTraits.times).map(\.self)) { writer, trait in
            writer.string(trait.0.name)
            writer.json(trait.0.value)
            writer.timestamp(trait.1)
        }
        writer.list(recentDecisions) { $0.recentDecision($1) }
        writer.integer(0)  // A list that version 1 has and no release ever filled.
        writer.featureState(featureState)
        if !orders.isEmpty { writer.list(orders) { $0.knownOrder($1) } }
    }

    /// Reads what `encode` wrote.
    public static func decode(
        _ reader: inout ByteReader, schema: FeatureSchema
    ) throws(DamagedRecord) -> StoredProfile {
        let form = try reader.version(atMost: version)
        let isCurrent = try reader.fixed(UInt64.self) == schema.fingerprint
        let lastSequence = Int64(try reader.integer())
        let firstSeen = try reader.optionalTimestamp()
        var profile = Profile(firstSeen: firstSeen, lastSeen: try reader.optionalTimestamp())
        profile.lastSequence = lastSequence
        profile.lastStamp = try reader.optionalTimestamp()
        for _ in 0..<(try reader.count()) {
            let purpose = Purpose(try reader.string())
            let channel = try reader.optionalString().map { Channel($0) }
            let isGranted = try reader.bool()
            profile.consent.recordAnswer(
                ConsentState.Answer(
                    purpose: purpose, channel: channel, isGranted: isGranted, time: try reader.timestamp()))
        }
        for _ in 0..<(try reader.count()) {
            let name = try reader.string()
            let member = JSON.Member(name, try reader.json())
            profile.datedTraits.recordTrait(member, at: try reader.timestamp())
        }
        profile.recentDecisions = try reader.list { reader throws(DamagedRecord) in try reader.recentDecision() }
        guard try reader.integer() == 0 else { throw DamagedRecord(offset: 0) }
        let features = try reader.featureState()
        let orders = form >= 2 ? try reader.list { reader throws(DamagedRecord) in try reader.knownOrder() } : []
        guard isCurrent else { return .outdated(profile) }
        guard features.isSound(for: schema) else { throw DamagedRecord(offset: 0) }
        guard orders.isSound(for: schema) else { throw DamagedRecord(offset: 0) }
        profile.featureState = features
        profile.orders = orders
        return .current(profile)
    }
}

extension FeatureState {
    /// Whether the walk over the cells can trust them.
    fileprivate func isSound(for schema: FeatureSchema) -> Bool {
        func isSound(_ orders: some RandomAccessCollection<UInt64>) -> Bool {
            zip(orders, orders.dropFirst()).allSatisfy(<) && orders.last.map { $0 >> 48 < schema.slots.count } ?? true
        }
        return isSound(cells.lazy.map(\.order)) && isSound(decayedCells.lazy.map(\.order))
            && decayedCells.allSatisfy(\.value.isFinite)
    }
}

extension [KnownOrder] {
    /// Whether what is taken out of the features again can have been put there.
    fileprivate func isSound(for schema: FeatureSchema) -> Bool {
        zip(self, dropFirst()).allSatisfy { $0.key < $1.key }
            && allSatisfy { $0.contributions.allSatisfy { $0.order >> 48 < schema.slots.count } }
    }
}

extension ByteWriter {
    fileprivate mutating func knownOrder(_ order: KnownOrder) {
        fixed(order.key)
        for time in [order.time, order.newest] { optional(time) { $0.timestamp($1) } }
        optional(order.value) { $0.integer($1) }
        list(order.contributions) { writer, contribution in
            writer.fixed(contribution.order)
            writer.integer(contribution.amount)
        }
        list(order.refunds) { writer, refund in
            writer.fixed(refund.name)
            writer.fixed(refund.id)
            writer.optional(refund.amount) { $0.integer($1) }
        }
    }

    fileprivate mutating func recentDecision(_ decision: RecentDecision) {
        timestamp(decision.time)
        string(decision.offer.rawValue)
        string(decision.campaign.rawValue)
        string(decision.channel.rawValue)
    }

    /// Neighbouring cells lie close together, so that their distances take few bytes.
    fileprivate mutating func featureState(_ state: FeatureState) {
        var last: UInt64 = 0
        list(state.cells) { writer, cell in
            writer.integer(cell.order - last)
            writer.integer(cell.value)
            last = cell.order
        }
        last = 0
        list(state.decayedCells) { writer, cell in
            writer.integer(cell.order - last)
            writer.double(cell.value)
            writer.timestamp(cell.time)
            last = cell.order
        }
    }
}

extension ByteReader {
    fileprivate mutating func knownOrder() throws(DamagedRecord) -> KnownOrder {
        var order = KnownOrder(key: try fixed(UInt64.self))
        order.time = try optionalTimestamp()
        order.newest = try optionalTimestamp()
        order.value = try bool() ? Int64(try integer()) : nil
        order.contributions = try list { reader throws(DamagedRecord) in
            let place = try reader.fixed(UInt64.self)
            return KnownOrder.Contribution(order: place, amount: Int64(try reader.integer()))
        }
        order.refunds = try list { reader throws(DamagedRecord) in
            let name = try reader.fixed(UInt64.self)
            let id = try reader.fixed(UInt64.self)
            return KnownOrder.Refund(name: name, id: id, amount: try reader.bool() ? Int64(try reader.integer()) : nil)
        }
        return order
    }

    fileprivate mutating func recentDecision() throws(DamagedRecord) -> RecentDecision {
        let time = try timestamp()
        let offer = OfferID(try string())
        let campaign = CampaignID(try string())
        return RecentDecision(time: time, offer: offer, campaign: campaign, channel: Channel(try string()))
    }

    fileprivate mutating func featureState() throws(DamagedRecord) -> FeatureState {
        var state = FeatureState()
        var order: UInt64 = 0
        state.cells = try list { reader throws(DamagedRecord) in
            order &+= UInt64(bitPattern: Int64(try reader.integer()))
            return FeatureState.Cell(order: order, value: Int64(try reader.integer()))
        }
        order = 0
        state.decayedCells = try list { reader throws(DamagedRecord) in
            order &+= UInt64(bitPattern: Int64(try reader.integer()))
            let value = try reader.double()
            return FeatureState.DecayedCell(order: order, value: value, time: try reader.timestamp())
        }
        return state
    }
}
