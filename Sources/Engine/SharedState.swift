import Logging
import WeirBudgeting
import WeirCoupons
import WeirLimits
import WeirLog
import WeirStorage

/// What deciding and committing share: each part behind locks of its own that are held for moments only.
///
/// Order of locks: shard, then identities, treasury or coupons, none of them inside another, then journal.
final class SharedState: Sendable {
    let store: any Store
    let settings: EngineSettings
    let identities = Guarded(IdentityMap())
    let treasury = Guarded(Treasury())
    let coupons = Guarded(CouponBook())
    let profiles: HotProfiles
    let limitCounts = LimitCounts()

    init(store: any Store, settings: EngineSettings, logger: Logger) {
        self.store = store
        self.settings = settings
        profiles = HotProfiles(store: store, settings: settings, identities: identities, logger: logger)
    }
}
