package import WeirDomain

/// Who has which code, and which orders used them: what all records about codes come to.
///
/// A value without clock or storage. A code of a pool is free, on its way to somebody (`draw`), or given; it is never
/// given twice. One that is on its way when the process ends was given to nobody: the log does not name it.
package struct CouponBook: Sendable {
    /// How a pool stands.
    package struct Level: Sendable, Equatable {
        package var pool: CouponPoolID
        /// Codes in all.
        package var count = 0
        /// Codes that can be given.
        package var free = 0
        package var given = 0
        /// Codes that an order uses at present.
        package var redeemed = 0
        /// Uses by somebody who was not given the code.
        package var leaked = 0

        package init(pool: CouponPoolID, count: Int = 0, free: Int = 0) {
            self.pool = pool
            self.count = count
            self.free = free
        }
    }

    /// What is known of a code.
    package struct Standing: Sendable, Equatable {
        package var code: String
        package var pool: CouponPoolID?
        package var given: CouponUse?
        /// The last use of each order, the newest last.
        package var uses: [CouponUse] = []

        /// In a word: what was last done with it.
        package var state: String {
            if let current = uses.last(where: { $0.kind == .redeemed }) {
                return current.isLeaked ? "redeemed (leaked)" : "redeemed"
            }
            return uses.last?.kind.name ?? (given == nil ? "free" : "given")
        }
    }

    private struct Pool: Sendable {
        var codes: [String] = []
        /// By place among the codes: whether it is free no more.
        var isGone: [Bool] = []
        /// Before it nothing is free but what was put back.
        var next = 0
        var putBack: [Int] = []
        var gone = 0
    }

    private struct Place: Sendable {
        var pool: CouponPoolID
        var index: Int
    }

    private var pools: [CouponPoolID: Pool] = [:]
    private var places: [CouponKey: Place] = [:]
    private var given: [CouponKey: CouponUse] = [:]
    private var uses: [CouponKey: [String: CouponUse]] = [:]
    /// Of codes that are in use, the order.
    private var orders: [CouponKey: String] = [:]
    /// Codes that decisions gave.
    private var codes: [DecisionID: CouponKey] = [:]
    /// Decisions whose code is in use, with that use's code and order.
    private var inUse: [DecisionID: (key: CouponKey, order: String)] = [:]
    private var counts: [CouponPoolID: (given: Int, redeemed: Int, leaked: Int)] = [:]

    package init() {}

    // MARK: Pools

    package func isKnown(_ key: CouponKey) -> Bool { places[key] != nil }
    package func pool(of key: CouponKey) -> CouponPoolID? { places[key]?.pool }

    /// How many codes of a pool can be given.
    package func free(in pool: CouponPoolID) -> Int { pools[pool].map { $0.codes.count - $0.gone } ?? 0 }

    /// Takes the next code of a pool out, for a decision under way; nil where none is left.
    package mutating func draw(from id: CouponPoolID) -> String? {
        guard var pool = pools.removeValue(forKey: id) else { return nil }
        defer { pools[id] = pool }
        var index = pool.putBack.popLast()
        while index == nil, pool.next < pool.codes.count {
            if !pool.isGone[pool.next] { index = pool.next }
            pool.next += 1
        }
        guard let index else { return nil }
        pool.isGone[index] = true
        pool.gone += 1
        return pool.codes[index]
    }

    /// Puts a drawn code back, because it was given to nobody.
    package mutating func putBack(_ code: String) {
        guard let place = places[CouponKey(code)], given[CouponKey(code)] == nil else { return }
        pools[place.pool]!.isGone[place.index] = false
        pools[place.pool]!.gone -= 1
        pools[place.pool]!.putBack.append(place.index)
    }

    package var levels: [Level] {
        pools.sorted { $0.key < $1.key }.map { id, pool in
            var level = Level(pool: id, count: pool.codes.count, free: pool.codes.count - pool.gone)
            (level.given, level.redeemed, level.leaked) = counts[id] ?? (0, 0, 0)
            return level
        }
    }

    // MARK: Records

    /// Takes in codes; one that is known already stays where it is.
    package mutating func take(_ lot: CouponLot) {
        var pool = pools.removeValue(forKey: lot.pool) ?? Pool()
        for code in lot.codes {
            let key = CouponKey(code)
            guard places[key] == nil else { continue }
            places[key] = Place(pool: lot.pool, index: pool.codes.count)
            pool.codes.append(code)
            pool.isGone.append(false)
        }
        pools[lot.pool] = pool
    }

    /// Takes in what happened to a code.
    package mutating func take(_ use: CouponUse) {
        let key = CouponKey(use.code)
        if let place = places[key], !pools[place.pool]!.isGone[place.index] {
            pools[place.pool]!.isGone[place.index] = true
            pools[place.pool]!.gone += 1
            pools[place.pool]!.putBack.removeAll { $0 == place.index }
        }
        switch use.kind {
        case .given:
            if given.updateValue(use, forKey: key) == nil, let pool = use.pool {
                counts[pool, default: (0, 0, 0)].given += 1
            }
            if let decision = use.decision { codes[decision] = key }
        case .redeemed: takeRedemption(use, key)
        case .released, .rolledBack: takeBack(use, key)
        }
    }

    private mutating func takeRedemption(_ use: CouponUse, _ key: CouponKey) {
        guard let order = use.order else { return }
        uses[key, default: [:]][order] = use
        if let pool = use.pool {
            orders[key] = order
            counts[pool, default: (0, 0, 0)].redeemed += 1
            if use.isLeaked { counts[pool, default: (0, 0, 0)].leaked += 1 }
        }
        if let decision = use.decision, !use.isLeaked { inUse[decision] = (key, order) }
    }

    private mutating func takeBack(_ use: CouponUse, _ key: CouponKey) {
        guard let order = use.order else { return }
        uses[key, default: [:]][order] = use
        if orders[key] == order {
            orders[key] = nil
            if let pool = use.pool { counts[pool, default: (0, 0, 0)].redeemed -= 1 }
        }
        if let decision = use.decision, inUse[decision]?.order == order { inUse[decision] = nil }
    }

    // MARK: Codes

    /// Who was given a code of a pool.
    package func holder(of key: CouponKey) -> CouponUse? { given[key] }

    /// The last that an order did with a code.
    package func use(of key: CouponKey, by order: String) -> CouponUse? { uses[key]?[order] }

    /// The order that uses a code of a pool; nil where none does.
    package func order(using key: CouponKey) -> String? { orders[key] }

    /// The use of what a decision gave by the order that has it at present; nil where none has.
    package func use(of decision: DecisionID) -> CouponUse? {
        inUse[decision].flatMap { uses[$0.key]?[$0.order] }
    }

    /// The code of a pool that a decision gave.
    package func code(of decision: DecisionID) -> CouponUse? { codes[decision].flatMap { given[$0] } }

    package func standing(of key: CouponKey) -> Standing? {
        let place = places[key]
        let uses = (uses[key] ?? [:]).values.sorted { ($0.time, $0.order ?? "") < ($1.time, $1.order ?? "") }
        guard place != nil || !uses.isEmpty else { return nil }
        let code = place.map { pools[$0.pool]!.codes[$0.index] } ?? uses[0].code
        return Standing(code: code, pool: place?.pool, given: given[key], uses: uses)
    }
}
