package import WeirDomain
import WeirJSON

extension Profile {
    /// How many orders a profile remembers: those told last.
    static let rememberedOrders = 32

    /// What is remembered of an order; nil where the profile knows none of that id.
    public func order(_ id: String) -> KnownOrder? {
        let key = KnownOrder.key(of: id)
        return orders.first { $0.key == key }
    }

    /// What the orders that are remembered were worth, newest first, in minor units; those that do not say are left out.
    package func baskets(in currency: Currency, limit: Int) -> [Int64] {
        let told = orders.filter { $0.time != nil && ($0.value ?? 0) > 0 }
        return told.sorted { ($0.lastMoment, $0.key) > ($1.lastMoment, $1.key) }.prefix(limit).compactMap {
            $0.worth(in: currency)
        }
    }

    /// Takes in a telling of an order: what its newest telling says counts, once, at the moment of its earliest.
    ///
    /// What cannot be taken out again (the last moment of a recency, the different values of a distinct) keeps what any
    /// telling said.
    mutating func applyOrder(_ id: String, _ event: Event, at time: Timestamp, newestDay: Int, schema: FeatureSchema) {
        let place = place(ofOrder: id)
        var known = orders[place]
        let value = schema.orders?.value(of: event).flatMap { JSON.number($0).millionths }
        let first = known.time.map { min($0, time) } ?? time
        let isOutdated = known.isOutdated(by: time, value: value)
        if let former = known.time, former != first || isOutdated {
            featureState.change(known.contributions, at: former, sign: -1, newestDay: newestDay, schema: schema)
        } else if known.time != nil {
            return  // An older telling, later than the first: nothing that is not known.
        }
        if isOutdated {
            (known.newest, known.value) = (time, value)
            known.contributions = featureState.applyOrder(event, at: time, newestDay: newestDay, schema: schema)
        }
        known.time = first
        featureState.change(known.contributions, at: first, sign: 1, newestDay: newestDay, schema: schema)
        orders[place] = known
        forgetOldOrders()
    }

    /// Takes in a refund or cancellation, whether its order is known or not.
    mutating func applyRefund(of id: String, _ refund: KnownOrder.Refund) {
        orders[place(ofOrder: id)].recordRefund(refund)
        forgetOldOrders()
    }

    /// Joins the orders of another identifier that turned out to be the same person; the features are joined already, so
    /// an order that both knew counts twice until here.
    mutating func mergeOrders(_ theirs: [KnownOrder], newestDay: Int, schema: FeatureSchema) {
        for other in theirs {
            guard let place = orders.firstIndex(where: { $0.key == other.key }) else {
                orders.insert(other, at: orders.firstIndex { $0.key > other.key } ?? orders.endIndex)
                continue
            }
            var mine = orders[place]
            for refund in other.refunds { mine.recordRefund(refund) }
            if let theirTime = other.time, let theirNewest = other.newest {
                featureState.change(other.contributions, at: theirTime, sign: -1, newestDay: newestDay, schema: schema)
                if let myTime = mine.time {
                    featureState.change(mine.contributions, at: myTime, sign: -1, newestDay: newestDay, schema: schema)
                }
                if mine.isOutdated(by: theirNewest, value: other.value) {
                    (mine.newest, mine.value) = (other.newest, other.value)
                    mine.contributions = other.contributions
                }
                let first = mine.time.map { min($0, theirTime) } ?? theirTime
                mine.time = first
                featureState.change(mine.contributions, at: first, sign: 1, newestDay: newestDay, schema: schema)
            }
            orders[place] = mine
        }
        forgetOldOrders()
    }

    private mutating func place(ofOrder id: String) -> Int {
        let key = KnownOrder.key(of: id)
        let place = orders.firstIndex { $0.key >= key } ?? orders.endIndex
        if place == orders.endIndex || orders[place].key != key { orders.insert(KnownOrder(key: key), at: place) }
        return place
    }

    private mutating func forgetOldOrders() {
        while orders.count > Self.rememberedOrders {
            let oldest = orders.indices.min {
                (orders[$0].lastMoment, orders[$0].key) < (orders[$1].lastMoment, orders[$1].key)
            }
            orders.remove(at: oldest!)
        }
    }
}
