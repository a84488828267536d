import WeirBudgeting
import WeirDecisioning
import WeirDomain

extension Desk {
    /// Prints what was decided, and why.
    func show(_ record: DecisionRecord) {
        let (situation, decision) = (record.situation, record.decision)
        let why = record.why(policy: plan.placement(situation.placement)!.placement.policy)
        print("\(situation.time.isoDate) \(situation.id): \(record.chosenOffer?.rawValue ?? "no offer") (\(why))")
        for (offer, candidate) in zip(record.offers, decision.candidates) {
            let (probability, utility) = (rounded(candidate.probability), rounded(candidate.utility))
            print("  \(offer): \(candidate.gate?.words ?? "used with \(probability), worth \(utility) \(currency)")")
        }
        if let message = record.message(plan) { print("  “\(message)”") }
        showMoney()
    }

    func show(_ outcome: Outcome) {
        print("\(outcome.eventTime.isoDate) \(outcome.decision): \(outcome.kind.name)")
        showMoney()
    }

    private func showMoney() {
        for (account, price) in zip(ledger.accounts, prices) {
            let price = price.map { "; 1 \(currency) must bring \(rounded($0.publishedPrice))" } ?? ""
            print(
                "  \(account.budget): \(money(account.available)) left, \(money(account.reserved)) reserved,",
                "\(money(account.spent)) spent\(price)")
        }
    }

    private var currency: Currency { plan.catalog.currency }

    private func money(_ minorUnits: Int64) -> Money { Money(minorUnits: minorUnits, currency: currency) }

    private func rounded(_ value: Double) -> Double { (value * 1000).rounded() / 1000 }
}
