import WeirReporting
import WeirLift
import WeirDecisioning
import WeirDomain
import WeirEngine
import WeirLog
import WeirProfiles
import WeirStorage

extension LiftReader {
    /// - Throws: `MeasurementError` where there is no such campaign or segment, or nobody is held out;
    ///   `EngineError.noCatalog`, or what the store throws.
    init(
        _ plans: LoggedPlans, campaign: CampaignID? = nil, segment: String? = nil, since: Timestamp? = nil
    ) throws {
        guard let plan = try plans.newest() else { throw EngineError.noCatalog }
        if let campaign, !plan.campaigns.contains(where: { $0.campaign.id == campaign }) {
            let known = plan.campaigns.map(\.campaign.id.rawValue).joined(separator: ", ")
            throw MeasurementError("There is no campaign “\(campaign)” in the catalog. Known: \(known).")
        }
        if let segment, !plan.traitNames.contains(segment), plan.schema.scalarIndex(of: segment) == nil {
            let known = (plan.traitNames.subtracting(["suppressed"]).sorted() + plan.schema.scalarNames)
            throw MeasurementError(
                "segment “\(segment)” is neither a trait that the log keeps (declare it in groups) nor a feature. "
                    + "Known: \(known.joined(separator: ", ")).")
        }
        let own = plan.campaigns.first { $0.campaign.id == campaign }?.campaign
        let isOwn = (own?.holdout ?? 0) > 0
        guard isOwn || plan.catalog.universalHoldout > 0 else {
            throw MeasurementError(
                "Nobody is held out, so there is nothing to compare with. Declare holdout: 10 % in weir.yaml"
                    + (campaign == nil ? "." : " or in the campaign."))
        }
        // Back to where people were last assigned anew.
        var first = plan.version
        while first > 1 {
            let older = try plans.plan(version: first - 1)
            let share =
                isOwn
                ? older.campaigns.first { $0.campaign.id == campaign }?.campaign.holdout ?? 1
                : older.catalog.universalHoldout
            guard older.catalog.salt == plan.catalog.salt, share > 0 else { break }
            first -= 1
        }
        self.init(
            plan: plan, versions: first...plan.version, assignment: isOwn ? .campaign(campaign!) : .universal,
            segment: segment, since: since)
    }

    /// - Parameter wanted: Of a campaign without a holdout of its own leaves only those whose first offer, given or withheld,
    ///   was one of its.
    func trial(of wanted: CampaignID? = nil) -> LiftTrial {
        let campaign = assignment == .universal ? wanted : nil
        let name = plan.campaigns.first { $0.campaign.id == wanted }?.campaign.name ?? wanted?.rawValue
        let from = since ?? customers.map(\.exposed).min() ?? 0
        var trial = LiftTrial(customers: customers, deeds: deeds, from: from, to: max(from, last))
        trial.contaminated = isContaminated.count { $0 }
        trial.campaigns = campaigns
        if let segment {
            let (labels, texts) =
                values.isEmpty ? (Set(traits.compactMap(\.self)).sorted(), traits) : Self.quarters(of: values)
            trial.segment(by: segment, labels, texts)
        }
        if let name { trial.name = name }
        if let campaign { trial.keep(firstOfferOf: campaign.rawValue) }
        if assignment != .universal {
            trial.knowsGhosts = false
            trial.campaigns = []
            trial.data.append("held out from this campaign only; other campaigns' offers go on in both arms")
        }
        trial.currency = plan.catalog.currency.code
        trial.metric = plan.catalog.metric?.name
        trial.isValueComparable = !hasBoundOffers && !mixesGoals
        if hasBoundOffers {
            trial.warnings.append(
                "Some offers have goals with “baseline: zero”, such as coupons: the held out cannot reach them, so their "
                    + "use says nothing of what was changed. "
                    + (trial.metric == nil
                        ? "Declare a metric, such as sales per customer, to compare." : "Only the metric compares."))
        }
        if mixesGoals {
            trial.warnings.append(
                "A placement has offers with different goals; of the held out only the first is watched, so conversions "
                    + "and value do not compare. "
                    + (trial.metric == nil ? "Declare a metric that covers them." : "Only the metric compares."))
        }
        if skipped > 0 {
            trial.warnings.append(
                "\(skipped) decisions under an earlier salt or before there was a holdout are left out: people were "
                    + "assigned otherwise then.")
        }
        if given > 0 { trial.data.append("\(given) decisions made elsewhere are left out") }
        return trial
    }

    /// Names of the quarters of all values, ascending (fewer where many are alike), and each value's own.
    private static func quarters(of values: [Double?]) -> (labels: [String], texts: [String?]) {
        let sorted = values.compactMap(\.self).filter { !$0.isNaN }.sorted()
        guard !sorted.isEmpty else { return ([], values.map { _ in nil }) }
        var cuts: [Double] = []
        for quarter in 1...3 {
            let cut = sorted[(sorted.count - 1) * quarter / 4]
            if cut.isFinite, cut < sorted.last!, cut > cuts.last ?? -.infinity { cuts.append(cut) }
        }
        func text(_ value: Double) -> String {
            value == value.rounded() && abs(value) < 1e15 ? "\(Int(value))" : "\((value * 1000).rounded() / 1000)"
        }
        let labels = (0...cuts.count).map { index in
            if cuts.isEmpty { return "all" }
            if index == 0 { return "at most \(text(cuts[0]))" }
            if index == cuts.count { return "above \(text(cuts[index - 1]))" }
            return "above \(text(cuts[index - 1])) to \(text(cuts[index]))"
        }
        return (
            labels,
            values.map { value in
                guard let value, !value.isNaN else { return nil }
                return labels[cuts.firstIndex { value <= $0 } ?? cuts.count]
            }
        )
    }
}

extension LiftTrial {
    /// - Parameter texts: One per customer; nil where nothing is known.
    fileprivate mutating func segment(by name: String, _ labels: [String], _ texts: [String?]) {
        let all = labels + (texts.contains(nil) && !labels.contains("not known") ? ["not known"] : [])
        segments = Segments(name: name, labels: all)
        for index in customers.indices { customers[index].segment = all.firstIndex(of: texts[index] ?? "not known") }
    }

    fileprivate mutating func keep(firstOfferOf campaign: String) {
        let index = campaigns.firstIndex(of: campaign)
        var places = [Int?](repeating: nil, count: customers.count)
        var kept: [Customer] = []
        for (place, customer) in customers.enumerated() where index != nil && customer.campaign == index {
            places[place] = kept.count
            var customer = customer
            customer.exposed = customer.offered!
            kept.append(customer)
        }
        deeds = deeds.compactMap { deed in
            places[deed.customer].map { place in
                var deed = deed
                deed.customer = place
                return deed
            }
        }
        customers = kept
        campaigns = []
        knowsGhosts = false
        data.append("customers whose first offer, given or withheld, was one of this campaign, from that moment on")
        for place in customers.indices { customers[place].campaign = nil }
    }
}
