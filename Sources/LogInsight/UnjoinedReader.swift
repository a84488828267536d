import WeirDecisioning
import WeirDomain
import WeirJSON
import WeirLog
import WeirStorage

/// Collects from the log what named a code or took something back and joined no decision, each with the nearest reason.
///
/// An order that names no code of Weir's and fulfils no goal by one is none of it.
struct UnjoinedReader: LogReader {
    /// Why something joined nothing.
    enum Reason: String, CaseIterable {
        /// Nobody was given the code.
        case notGiven = "code given to nobody"
        case anotherPerson = "code given to another person"
        case beforeGiven = "used before it was given"
        case afterWindow = "used after its window"
        case tooLate = "told too late"
        case usedAlready = "used by another order"
        case unknownOrder = "refund of an unknown order"
        case noOrder = "refund that names no order"
        case other = "for another reason"
    }

    /// Something that joined nothing.
    struct Row {
        var time: Timestamp
        var event: String
        var order: String?
        var code: String?
        var reason: Reason
        /// For people: what is nearest to it, and the remedy.
        var words: String
    }

    /// An event that may have joined nothing.
    private struct Deed {
        var time: Timestamp
        var received: Timestamp
        var event: String
        var person: CustomerID
        var order: String?
        /// Nil for what takes something back.
        var code: CouponKey?
        var goal: GoalID
    }

    /// A decision that gave a code.
    private struct Gift {
        var decision: DecisionID
        var person: CustomerID
        var time: Timestamp
        var closesAt: Timestamp
        /// The order that used it last.
        var order: String?
        var isUsed = false
        var isUsedAt: Timestamp?
    }

    private let plan: CatalogPlan
    private var gifts: [CouponKey: [Gift]] = [:]
    private var codeOf: [DecisionID: CouponKey] = [:]
    private var deeds: [Deed] = []
    /// Orders that were told, and those that took part in an outcome.
    private var told: Set<String> = []
    private var joined: Set<String> = []
    /// When something without an order was taken back, by person.
    private var reversals: Set<Reversal> = []

    private struct Reversal: Hashable {
        var person: CustomerID
        var time: Timestamp
    }

    init(plan: CatalogPlan) { self.plan = plan }

    var kinds: Set<RecordKind> { [.decision, .outcome, .event] }

    mutating func read(_ entry: LogEntry) throws {
        guard let person = entry.person else { return }
        switch entry.content {
        case .decision(let decision):
            guard let code = decision.stored.coupon, let closesAt = decision.stored.closesAt else { return }
            let key = CouponKey(code)
            codeOf[decision.stored.id] = key
            gifts[key, default: []].append(
                Gift(decision: decision.stored.id, person: person, time: decision.stored.time, closesAt: closesAt))
        case .outcome(let outcome): record(outcome, of: person)
        case .event(let event): record(event, of: person)
        case .other: break
        }
    }

    private mutating func record(_ outcome: Outcome, of person: CustomerID) {
        if let order = outcome.order { joined.insert(order) }
        switch outcome.kind {
        case .converted:
            guard let key = codeOf[outcome.decision],
                let place = gifts[key]?.firstIndex(where: { $0.decision == outcome.decision })
            else { return }
            gifts[key]![place].isUsed = true
            gifts[key]![place].isUsedAt = outcome.eventTime
            gifts[key]![place].order = outcome.order
        case .reversed, .partlyReversed:
            reversals.insert(Reversal(person: person, time: outcome.eventTime))
        default: break
        }
    }

    private mutating func record(_ event: Event, of person: CustomerID) {
        guard event.kind == .track else { return }
        let orders = plan.catalog.orders ?? Orders()
        let order = orders.id(of: event)
        if event.name == orders.event, let order { told.insert(order) }
        for goal in plan.goals {
            if goal.pattern?.matches(event) == true, let path = goal.couponPath {
                if let order { told.insert(order) }
                for code in orders.coupons(of: event, at: JSONPath(path)).sorted(by: { $0.text < $1.text }) {
                    append(event, person, order, code, goal.id)
                }
            }
            if goal.isTakenBack(by: event, orders: orders) { append(event, person, order, nil, goal.id) }
        }
    }

    private mutating func append(
        _ event: Event, _ person: CustomerID, _ order: String?, _ code: CouponKey?, _ goal: GoalID
    ) {
        deeds.append(
            Deed(
                time: event.eventTime, received: event.receivedTime, event: event.name, person: person, order: order,
                code: code, goal: goal))
    }

    // MARK: What joined nothing

    /// In the order of the log; what was told several times comes once.
    func rows() -> [Row] {
        var known: Set<String> = []
        var rows: [Row] = []
        for deed in deeds {
            guard let row = deed.code == nil ? refund(deed) : use(deed) else { continue }
            let mark = [deed.order ?? "\(deed.person) \(deed.time.microseconds)", deed.code?.text ?? deed.event]
            if known.insert(mark.joined(separator: "\n")).inserted { rows.append(row) }
        }
        return rows
    }

    /// Nil for a code that was joined.
    private func use(_ deed: Deed) -> Row? {
        let code = deed.code!
        func row(_ reason: Reason, _ words: String) -> Row {
            Row(time: deed.time, event: deed.event, order: deed.order, code: code.text, reason: reason, words: words)
        }
        guard let gifts = gifts[code], !gifts.isEmpty else {
            return row(.notGiven, "No decision gave it. " + nearestCode(to: code))
        }
        let isJoined = gifts.contains { gift in
            guard gift.isUsed else { return false }
            return deed.order.map { $0 == gift.order } ?? (gift.person == deed.person && gift.isUsedAt == deed.time)
        }
        // One that an order used and that was taken over by another since has joined, too.
        if isJoined || deed.order.map({ joined.contains($0) }) == true { return nil }
        let own = gifts.filter { $0.person == deed.person }
        guard let last = own.last(where: { $0.time <= deed.time }) ?? own.last else {
            return row(
                .anotherPerson,
                "It was given to \(Set(gifts.map(\.person)).count) others. If this is one of them, tie the identifiers: send an "
                    + "identify with both, or an alias.")
        }
        let goal = plan.goals.first { $0.id == deed.goal }
        if last.time > deed.time + (goal?.clockTolerance ?? .hour) {
            return row(
                .beforeGiven,
                "It was given at \(last.time.iso8601), after this. Set the sender's clock, or declare clock_tolerance.")
        }
        if deed.time >= last.closesAt {
            return row(
                .afterWindow,
                "It could be used until \(last.closesAt.iso8601). Lengthen the goal's window if it should count.")
        }
        if deed.received >= last.closesAt + (goal?.lateBy ?? .zero) {
            return row(
                .tooLate,
                "It arrived at \(deed.received.iso8601), past the goal's late_by. Send files sooner, or declare more.")
        }
        if last.isUsed {
            return row(
                .usedAlready, last.order.map { "Order “\($0)” used it." } ?? "An order that named no id used it.")
        }
        return row(.other, "See the decision that gave it: \(last.decision).")
    }

    private func nearestCode(to code: CouponKey) -> String {
        let known = (gifts.keys.map(\.text) + plan.offers.compactMap { $0.offer.coupon.map { CouponKey($0).text } })
            .sorted()
        // Of many thousands none is meant more than another.
        guard known.count <= 2_000 else { return "It is none of Weir's." }
        return code.text.nearest(in: known).map { "Nearest is “\($0)”." } ?? "It is none of Weir's."
    }

    /// Nil for a refund of an order that was told, or that took something back.
    private func refund(_ deed: Deed) -> Row? {
        func row(_ reason: Reason, _ words: String) -> Row {
            Row(time: deed.time, event: deed.event, order: deed.order, code: nil, reason: reason, words: words)
        }
        guard let order = deed.order else {
            if reversals.contains(Reversal(person: deed.person, time: deed.time)) { return nil }
            return row(.noOrder, "Nothing was there to take back. Send order_id.")
        }
        if told.contains(order) || joined.contains(order) { return nil }
        return row(.unknownOrder, "No event told of this order. " + nearestOrder(to: order))
    }

    /// The order that differs in signs or capital letters only, as `#1001` and `1001` do.
    private func nearestOrder(to order: String) -> String {
        func plain(_ text: String) -> String { text.lowercased().filter { $0.isLetter || $0.isNumber } }
        let wanted = plain(order)
        let same = told.filter { plain($0) == wanted }.min()
        return same.map { "“\($0)” differs in signs only: send one of the two." } ?? "Send its order event, too."
    }
}
