public import WeirDomain

/// What a store keeps in order: each record has a sequence number, and a group of records is kept whole or not at all.
///
/// Here the kinds of record are named: a new one is a file with its type, number and row (`StoredRow`), and here a case
/// and its lines in the two lists below.
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
    case couponLot(CouponLot)
    case couponUse(CouponUse)
}

extension Record {
    /// Shows each type of record to the visitor, in the order of their numbers.
    package static func forEachType<Visitor: RecordTypeVisitor>(
        _ visitor: inout Visitor
    ) throws(Visitor.Failure) {
        try visitor.visit(Event.self)
        try visitor.visit(StoredDecision.self)
        try visitor.visit(Outcome.self)
        try visitor.visit(LedgerEntry.self)
        try visitor.visit(IdentifierLink.self)
        try visitor.visit(Close.self)
        try visitor.visit(QuarantinedMessage.self)
        try visitor.visit(StoredCatalog.self)
        try visitor.visit(RegisteredModel.self)
        try visitor.visit(StageChange.self)
        try visitor.visit(ArmStop.self)
        try visitor.visit(CouponLot.self)
        try visitor.visit(CouponUse.self)
    }

    /// Shows the record to the visitor as what it is.
    package func visit<Visitor: RecordVisitor>(
        _ visitor: inout Visitor
    ) throws(Visitor.Failure) -> Visitor.Result {
        switch self {
        case .event(let row): try visitor.visit(row)
        case .decision(let row): try visitor.visit(row)
        case .outcome(let row): try visitor.visit(row)
        case .ledger(let row): try visitor.visit(row)
        case .link(let row): try visitor.visit(row)
        case .close(let decision): try visitor.visit(Close(decision))
        case .quarantine(let row): try visitor.visit(row)
        case .catalog(let row): try visitor.visit(row)
        case .model(let row): try visitor.visit(row)
        case .stage(let row): try visitor.visit(row)
        case .armStop(let row): try visitor.visit(row)
        case .couponLot(let row): try visitor.visit(row)
        case .couponUse(let row): try visitor.visit(row)
        }
    }

    public var kind: RecordKind {
        struct Naming: RecordVisitor {
            func visit<Row: StoredRow>(_ row: Row) -> RecordKind { Row.recordKind }
        }
        var naming = Naming()
        return visit(&naming)
    }
}

/// Is shown records of all types; a generic method rather than `any StoredRow`, so that no row is boxed.
package protocol RecordVisitor {
    associatedtype Result
    associatedtype Failure: Error
    mutating func visit<Row: StoredRow>(_ row: Row) throws(Failure) -> Result
}

/// Is shown all types of records.
package protocol RecordTypeVisitor {
    associatedtype Failure: Error
    mutating func visit<Row: StoredRow>(_ type: Row.Type) throws(Failure)
}
