package import WeirCoupons
import WeirDomain
import WeirLog
package import WeirStorage

extension CouponBook {
    /// The book as a store's records leave it.
    package init(reading store: any Store) throws {
        self.init()
        try store.forEachRecord(after: 0, kinds: [.couponLot, .couponUse]) { entry in
            switch entry.record {
            case .couponLot(let lot): take(lot)
            case .couponUse(let use): take(use)
            default: break
            }
        }
    }
}
