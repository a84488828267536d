import WeirDecisioning
import WeirDomain
import WeirLog
import WeirProfiles
import WeirStorage

/// What was known of each person, rebuilt from the records of the log in their order, by the code that serves.
///
/// A decision is numbered when it is committed, so records that stand shortly before it in the log may not have been applied
/// yet when it was made: its person is seen as of some record before it, with the offers given since as those still on their
/// way into the log. So the latest records about each person are kept apart, and `views` shows the person before and after
/// each of them. Nothing that stands after a decision can have been applied before it, since a group is applied in the order
/// in which it was handed in.
struct ProfileHistory {
    /// What a record changed about a person.
    fileprivate struct Step {
        enum Change {
            case event(Event)
            /// Somebody else turned out to be the same person.
            case merge(CustomerID, Profile)
            /// With whom it was given to, as the decision has it, and how far back caps looked.
            case offer(RecentDecision, to: CustomerID, keeping: TimeSpan)
        }

        let sequence: Int64
        let change: Change

        var isOffer: Bool { if case .offer = change { true } else { false } }

        /// Of a merge who was somebody else before.
        var merged: CustomerID? { if case .merge(let old, _) = change { old } else { nil } }

        /// The offer, unless it was given to somebody who was still somebody else.
        func offer(except others: Set<CustomerID>) -> RecentDecision? {
            guard case .offer(let offer, let customer, _) = change, !others.contains(customer) else { return nil }
            return offer
        }

        func apply(to profile: inout Profile, schema: FeatureSchema) {
            switch change {
            case .event(let event): profile.apply(event, schema: schema)
            case .merge(_, let other): profile.merge(other, schema: schema)
            case .offer(let offer, _, let span): profile.remember(offer, keeping: span)
            }
        }
    }

    fileprivate struct Person {
        /// With all steps taken.
        private(set) var profile: Profile
        /// Before the steps.
        private(set) var settled: Profile
        private(set) var steps: [Step] = []
        /// Offers that stand in the log after the person had turned out to be somebody else, or features had been declared
        /// anew, but were given before.
        var late: [RecentDecision] = []

        init(_ profile: Profile = Profile()) {
            self.profile = profile
            settled = profile
        }

        mutating func take(_ step: Step, schema: FeatureSchema) {
            step.apply(to: &profile, schema: schema)
            steps.append(step)
        }

        mutating func settle(through sequence: Int64, schema: FeatureSchema) {
            let count = steps.prefix { $0.sequence <= sequence }.count
            for step in steps.prefix(count) { step.apply(to: &settled, schema: schema) }
            steps.removeFirst(count)
            // The two are alike, and so need to be kept only once.
            if steps.isEmpty { settled = profile }
        }
    }

    /// A person as a decision may have seen them.
    struct View {
        var profile: Profile
        /// What frequency caps look at.
        var recentDecisions: [RecentDecision]
        /// Records about the person that stand before the decision and were not applied yet, ascending; offers are left
        /// out, since a decision sees them at once.
        var unapplied: [Int64]
    }

    /// Everyone, under one declaration of the features.
    private struct Era {
        var plan: CatalogPlan
        var people: [CustomerID: Person] = [:]
        /// Those who turned out to be somebody else lately, as they were then.
        var departed: [CustomerID: Departed] = [:]

        /// Keeps an offer given at a moment of this era that is committed in a later one, or under another name.
        mutating func keepLate(_ offer: RecentDecision, of customer: CustomerID) {
            if departed[customer] != nil {
                departed[customer]!.person.late.append(offer)
            } else {
                people[customer, default: Person()].late.append(offer)
            }
        }
    }

    private struct Departed {
        var person: Person
        /// The record that told who they are.
        let since: Int64
    }

    /// How many records about people are kept apart: as many as may wait to be committed on a busy day, and their
    /// memory, at about a kilobyte each, stays small beside the profiles'.
    private let window: Int
    private var identities = IdentityMap()
    private var era: Era?
    /// The people under the features as they were declared before, for decisions that were made then but committed since.
    private var earlier: (era: Era, until: Int64)?
    /// Whose record stands apart, oldest first, from `oldest` on.
    private var apart: [(sequence: Int64, customer: CustomerID)] = []
    private var oldest = 0

    /// Who is who at the log's end: of what events say of it, only that was done; nil where all of it was.
    private let settled: IdentityMap?

    init(window: Int = 32_768, settled: IdentityMap? = nil) {
        self.window = window
        self.settled = settled
    }

    // MARK: Records

    mutating func apply(_ event: Event, sequence: Int64) {
        let settled = settled
        let merges = identities.tieIdentifiers(of: event) { proposal in
            settled.map { $0.current(proposal.old) == $0.current(proposal.new) } ?? true
        }
        for merge in merges { join(merge, sequence: sequence) }
        guard let schema = era?.plan.schema,
            let customer = identities.customer(userID: event.userID, anonymousID: event.anonymousID)
        else { return }
        take(Step(sequence: sequence, change: .event(event)), of: customer, schema: schema)
    }

    private mutating func join(_ merge: IdentityMap.Merge, sequence: Int64) {
        guard let schema = era?.plan.schema else { return }
        let old = era?.people.removeValue(forKey: merge.old) ?? Person()
        era?.departed[merge.old] = Departed(person: old, since: sequence)
        setApart(sequence, of: merge.old)
        take(Step(sequence: sequence, change: .merge(merge.old, old.profile)), of: merge.link.customer, schema: schema)
    }

    /// Takes a decision, after whoever wants has looked at its person.
    ///
    /// - Parameter offer: What caps count of it; nil where nothing was given.
    mutating func remember(_ offer: RecentDecision?, to customer: CustomerID, sequence: Int64) {
        guard let offer, let plan = era?.plan else { return }
        let step = Step(sequence: sequence, change: .offer(offer, to: customer, keeping: plan.longestCap))
        take(step, of: identities.current(customer), schema: plan.schema)
        // Decisions of the same moment saw it under the name and the features of that moment.
        if era?.departed[customer] != nil { era?.keepLate(offer, of: customer) }
        earlier?.era.keepLate(offer, of: customer)
    }

    /// What the log has of somebody before features are declared anew.
    enum Past {
        case event(Event)
        case offer(RecentDecision, to: CustomerID)
    }

    /// Another catalog is in force.
    ///
    /// - Parameter past: Hands over everything before it, in order, where features are declared anew.
    mutating func adopt(
        _ plan: CatalogPlan, sequence: Int64, past: ((Past) -> Void) throws -> Void
    ) rethrows {
        guard let former = era, former.plan.schema.fingerprint == plan.schema.fingerprint else {
            return try rebuild(plan, sequence: sequence, past: past)
        }
        era!.plan = plan
    }

    /// As the engine does: everyone from all records, by what is known of identifiers now.
    private mutating func rebuild(
        _ plan: CatalogPlan, sequence: Int64, past: ((Past) -> Void) throws -> Void
    ) rethrows {
        var rebuilt: [CustomerID: Profile] = [:]
        let identities = identities
        try past { record in
            switch record {
            case .event(let event):
                let customer = identities.customer(userID: event.userID, anonymousID: event.anonymousID)
                if let customer { rebuilt[customer, default: Profile()].apply(event, schema: plan.schema) }
            case .offer(let offer, let customer):
                rebuilt[identities.current(customer), default: Profile()].remember(offer, keeping: plan.longestCap)
            }
        }
        let next = Era(plan: plan, people: rebuilt.mapValues { Person($0) })
        if let era { earlier = (era, sequence + Int64(window)) }
        era = next
    }

    // MARK: Views

    /// The person of a decision as the decision may have seen them.
    ///
    /// - Parameters:
    ///   - customer: As the decision has it.
    ///   - plan: Of the decision.
    /// - Returns: Nil where the log has no such moment: before the first catalog, or long after the decision's.
    func views(of customer: CustomerID, under plan: CatalogPlan) -> Views? {
        let fingerprint = plan.schema.fingerprint
        guard
            let seen = [era, earlier?.era].lazy.compactMap(\.self).first(where: {
                $0.plan.schema.fingerprint == fingerprint
            })
        else { return nil }
        let person = seen.departed[customer]?.person ?? seen.people[customer] ?? Person()
        return Views(person: person, schema: plan.schema)
    }

    struct Views {
        fileprivate let person: Person
        fileprivate let schema: FeatureSchema

        /// How many records are tried at most: more of one person seldom wait at a time.
        private static let reach = 1_024

        /// With everything that stands before the decision.
        var latest: View {
            View(profile: person.profile, recentDecisions: person.profile.recentDecisions + person.late, unapplied: [])
        }

        /// The first view that a condition holds for: with everything that stands before the decision, then without the last
        /// record, and so on.
        func first(where condition: (View) -> Bool) -> View? {
            let latest = latest
            return condition(latest) ? latest : earlier.first(where: condition)
        }

        private var earlier: [View] {
            let start = max(0, person.steps.count - Self.reach)
            var profile = person.settled
            for step in person.steps.prefix(start) { step.apply(to: &profile, schema: schema) }
            var views: [View] = []
            for index in start..<person.steps.count {
                let rest = person.steps[index...]
                let others = Set(rest.compactMap(\.merged))
                views.append(
                    View(
                        profile: profile,
                        recentDecisions: profile.recentDecisions + rest.compactMap { $0.offer(except: others) }
                            + person.late,
                        unapplied: Set(rest.filter { !$0.isOffer }.map(\.sequence)).sorted()))
                person.steps[index].apply(to: &profile, schema: schema)
            }
            return views.reversed()
        }
    }

    // MARK: Memory

    private mutating func take(_ step: Step, of customer: CustomerID, schema: FeatureSchema) {
        era?.people[customer, default: Person()].take(step, schema: schema)
        setApart(step.sequence, of: customer)
    }

    /// Notes that a record about somebody stands apart, and puts the oldest to the others where there are too many.
    private mutating func setApart(_ sequence: Int64, of customer: CustomerID) {
        apart.append((sequence, customer))
        while apart.count - oldest > window {
            settle(apart[oldest].customer, through: apart[oldest].sequence)
            oldest += 1
        }
        if oldest > window {
            apart.removeFirst(oldest)
            oldest = 0
        }
        if let until = earlier?.until, sequence > until { earlier = nil }
    }

    private mutating func settle(_ customer: CustomerID, through sequence: Int64) {
        guard let schema = era?.plan.schema else { return }
        era?.people[customer]?.settle(through: sequence, schema: schema)
        // Whatever was decided before they departed is committed by now.
        if let since = era?.departed[customer]?.since, since <= sequence { era?.departed[customer] = nil }
    }
}
