package import WeirDomain
package import WeirStorage

/// A record of the log, with what its readers want to know of it.
package struct LogEntry {
    package enum Content {
        case event(Event)
        case decision(LoggedDecision)
        case outcome(Outcome)
        case other(Record)
    }

    package let sequence: Int64
    package let content: Content
    /// Whom it is about, by what the log knows of identifiers in the end; nil for what is about nobody.
    package let person: CustomerID?

    init(_ entry: Sequenced, identities: IdentityMap, plans: LoggedPlans) {
        sequence = entry.sequence
        switch entry.record {
        case .event(let event):
            content = .event(event)
            person = identities.customer(userID: event.userID, anonymousID: event.anonymousID)
        case .decision(let stored):
            content = .decision(LoggedDecision(stored, plans: plans))
            person = identities.current(stored.customer)
        case .outcome(let outcome):
            content = .outcome(outcome)
            person = identities.current(outcome.customer)
        default:
            content = .other(entry.record)
            person = nil
        }
    }
}
