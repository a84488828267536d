import WeirAccess
import WeirConsole
import WeirDomain

/// Names in place of customers' ids, for who need not know them: the same for the same customer until the server is started
/// anew, so that what one person got can still be followed.
enum CustomerMask {
    private static let key = Secret.randomBytes(32)

    static func masked(_ customer: CustomerID) -> CustomerID {
        CustomerID("customer-\(Secret.signature(of: customer.rawValue, key: key).prefix(10))")
    }

    static func shown(_ customer: CustomerID, to caller: Caller) -> CustomerID {
        caller.may(.viewPeople) ? customer : masked(customer)
    }
}

extension NowSnapshot {
    func shown(to caller: Caller) -> NowSnapshot {
        guard !caller.may(.viewPeople) else { return self }
        var snapshot = self
        for index in snapshot.latest.indices {
            snapshot.latest[index].customer = CustomerMask.masked(snapshot.latest[index].customer)
        }
        snapshot.explained = snapshot.explained?.shown(to: caller)
        return snapshot
    }
}

extension ExplainedDecision {
    func shown(to caller: Caller) -> ExplainedDecision {
        var decision = self
        decision.customer = CustomerMask.shown(decision.customer, to: caller)
        return decision
    }
}
