public import WeirDomain

/// What a store keeps in order: each record has a sequence number, and a group of records is kept whole or not at all.
public enum Record: Sendable, Equatable {
    case event(Event)
    case decision(StoredDecision)
    case outcome(Outcome)
    case ledger(LedgerEntry)
    /// From now on this identifier means this customer.
    case link(IdentifierLink)
    /// No outcome of this decision is awaited any more.
    case close(DecisionID)
    case quarantine(QuarantinedMessage)
    case catalog(StoredCatalog)
    case model(RegisteredModel)
    case stage(StageChange)
    case armStop(ArmStop)
}
