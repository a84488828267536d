public import WeirDomain

/// A placement made ready for deciding.
public final class PlacementPlan: Sendable {
    public let placement: Placement
    /// Indices of the offers that can appear here, in catalog order.
    public let candidates: [Int]
    /// Indices of the accounts that these offers draw on, ascending.
    public let accounts: [Int]
    /// For each candidate the places among `accounts` of what it draws on, one per draw.
    let slots: [[Int]]
    /// For each candidate the place among `accounts` of the pool whose codes it gives; nil for none.
    let poolSlots: [Int?]
    /// Indices of the experiments whose arms differ in what these offers give.
    public let experiments: [Int]

    init(
        placement: Placement, candidates: [Int], accounts: [Int], slots: [[Int]], poolSlots: [Int?], experiments: [Int]
    ) {
        self.placement = placement
        self.candidates = candidates
        self.accounts = accounts
        self.slots = slots
        self.poolSlots = poolSlots
        self.experiments = experiments
    }
}
