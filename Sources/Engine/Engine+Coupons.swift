package import WeirCoupons
import WeirDecisioning
package import WeirDomain
import WeirLimits
import WeirLog
import WeirStorage

extension Engine {
    /// Answers at the moment of use of a code, when that is durable.
    package func use(_ request: CouponRequest) async throws(EngineError) -> CouponReply {
        let result = await withCheckedContinuation { continuation in
            use(request) { continuation.resume(returning: $0) }
        }
        return try result.get()
    }

    /// Answers at the moment of use of a code; `completion` is called when that is durable.
    package func use(
        _ request: CouponRequest, completion: @escaping @Sendable (Result<CouponReply, EngineError>) -> Void
    ) {
        guard plan != nil else { return completion(.failure(.noCatalog)) }
        if journal.isFull {
            limitCounts.countHit(of: .queue)
            return completion(.failure(.overloaded))
        }
        journal.append([.coupon(request)]) { result in
            completion(
                result.flatMap { receipt in
                    guard case .coupon(let reply)? = receipt.results.last else { return .failure(.stopped) }
                    return .success(reply)
                })
        }
    }

    /// Says whether a code is one of a pool, or one for all of an offer of the catalog in force.
    package var isTaken: @Sendable (CouponKey) -> Bool {
        let forAll = Set((plan?.offers ?? []).compactMap { $0.offer.coupon.map { CouponKey($0) } })
        return { [shared] key in forAll.contains(key) || shared.coupons.withLock { $0.isKnown(key) } }
    }

    /// Takes codes into a pool; returns when that is durable.
    ///
    /// - Precondition: They have passed `CouponList` or come from `CouponOrder`.
    package func keep(_ lot: CouponLot) async throws(EngineError) {
        let result = await withCheckedContinuation { continuation in
            keep(lot) { continuation.resume(returning: $0) }
        }
        try result.get()
    }

    /// Takes codes into a pool; `completion` is called when that is durable.
    package func keep(_ lot: CouponLot, completion: @escaping @Sendable (Result<Void, EngineError>) -> Void) {
        let entries = stride(from: 0, to: lot.codes.count, by: Self.codesPerRecord).map { start in
            var part = lot
            part.codes = Array(lot.codes[start..<min(start + Self.codesPerRecord, lot.codes.count)])
            return JournalEntry.record(.couponLot(part))
        }
        journal.append(entries) { completion($0.map { _ in }) }
    }

    private static let codesPerRecord = 5_000

    /// How the pools stand, by name; those that the catalog names and that have no codes are among them.
    package var couponPools: [CouponBook.Level] {
        var levels = shared.coupons.withLock { $0.levels }
        for pool in Set((plan?.offers ?? []).compactMap { $0.offer.codes?.pool }).sorted()
        where !levels.contains(where: { $0.pool == pool }) {
            levels.append(CouponBook.Level(pool: pool))
        }
        return levels.sorted { $0.pool < $1.pool }
    }

    /// What is known of a code; nil for one that no pool has and nobody used.
    package func couponStanding(_ key: CouponKey) -> CouponBook.Standing? {
        shared.coupons.withLock { $0.standing(of: key) }
    }

    /// What became of the code that a decision gave from a pool; nil where it gave none.
    package func couponStanding(of decision: DecisionID) -> CouponBook.Standing? {
        shared.coupons.withLock { book in
            book.code(of: decision).flatMap { book.standing(of: CouponKey($0.code)) }
        }
    }
}
