import WeirDomain

/// Readers of experiments; campaigns, offers and goals are known by then.
extension CatalogReader {
    mutating func readExperiment(_ value: YAMLValue) -> Experiment? {
        value.fields { fields in
            let id = declare("experiment", fields.required("id", like: "coffee")) ?? ""
            let (start, end) = period(from: fields["from"], to: fields["to"])
            let campaigns = references("campaign", fields["campaigns"]).map { CampaignID($0) }
            var experiment = Experiment(
                id: ExperimentID(id), name: fields["name"]?.text(), campaigns: campaigns,
                placements: references("placement", fields["placements"]).map { PlacementID($0) },
                group: fields["group"]?.identifier(), share: fields["share"].map { $0.part() ?? 0 } ?? 1, arms: [],
                start: start, end: end, switchback: fields["switchback"].flatMap { readSwitchback($0) },
                isSequential: fields["sequential"]?.flag() ?? false)
            let offers = offers(of: campaigns)
            if let list = fields.required("arms", like: "[{id: control, offers: none}, {id: offer, offers: all}]") {
                experiment.arms = arms(list, of: id, offers: offers)
                check(experiment, list)
            }
            experiment.metrics =
                fields["metrics"].map { list in list.listOrOne().compactMap { readExperimentMetric($0) } }
                ?? usual(campaigns)
            experiment.guardrails = fields["guardrails"]?.list().compactMap { readGuardrail($0) } ?? []
            if experiment.switchback != nil, let guardrails = fields["guardrails"], !experiment.guardrails.isEmpty {
                guardrails.refuse(
                    "A switchback has too few periods for a bound that holds at every look. Remove the guardrails and "
                        + "stop an arm by hand, or remove “switchback”.")
            }
            return experiment
        }
    }

    /// Refuses groups that want more than all customers.
    func checkGroups(_ experiments: [(experiment: Experiment, value: YAMLValue)]) {
        var taken: [String: Double] = [:]
        for (experiment, value) in experiments {
            guard let group = experiment.group else { continue }
            let sum = taken[group, default: 0] + experiment.share
            taken[group] = sum
            guard sum > 1 + 1e-9 else { continue }
            value.refuse(
                "The experiments of group “\(group)” up to “\(experiment.id)” want \(percent(sum)) of the customers, who "
                    + "take part in one of them at most. Lower their shares to 100 % together, or write another group.")
        }
    }

    // MARK: Arms

    private func offers(of campaigns: [CampaignID]) -> [OfferID] {
        self.campaigns.filter { campaigns.isEmpty || campaigns.contains($0.id) }.flatMap { $0.offers.map(\.id) }
    }

    private mutating func arms(_ list: YAMLValue, of experiment: String, offers: [OfferID]) -> [Experiment.Arm] {
        let values = list.list()
        if !values.isEmpty || list.isEmptyList, !(2...10).contains(values.count) {
            list.refuse("An experiment has 2 to 10 arms, of which the first is the control; here are \(values.count).")
        }
        var shares: [Double?] = []
        var arms: [Experiment.Arm] = []
        for value in values {
            let arm: Experiment.Arm? = value.fields { fields in
                let id = declare("arm of “\(experiment)”", fields.required("id", like: "control")) ?? ""
                shares.append(fields["share"].map { $0.part() ?? 0 })
                return Experiment.Arm(
                    id: ArmID(id), share: 0, offers: treatment(fields.required("offers", like: "all"), offers) ?? .all)
            }
            if let arm { arms.append(arm) }
        }
        guard arms.count == shares.count, arms.count == values.count else { return arms }
        let written = shares.compactMap(\.self)
        if written.isEmpty {
            for index in arms.indices { arms[index].share = 1 / Double(arms.count) }
        } else if written.count < shares.count {
            list.refuse(
                "Some arms have a share and some have none. Write it for each, or for none: then they are equal.")
        } else {
            let sum = written.reduce(0, +)
            if abs(sum - 1) > 1e-6 {
                list.refuse(
                    "The arms' shares are \(percent(sum)) together. Make them 100 %, or write none: then they are equal."
                )
            }
            for index in arms.indices { arms[index].share = written[index] / max(sum, 1e-9) }
        }
        return arms
    }

    private func treatment(_ value: YAMLValue?, _ known: [OfferID]) -> Experiment.Treatment? {
        guard let value else { return nil }
        if value.isSingle {
            switch value.text() {
            case "all": return .all
            case "none": return Experiment.Treatment.none
            case nil: return nil
            default: break
            }
        }
        if value.isEmptyList { return value.refusal("The list is empty. Write `offers: none`, or name offers.") }
        for entry in value.listOrOne() {
            guard let text = entry.text(), isRootRead, !known.contains(OfferID(text)) else { continue }
            let remedy = text.suggestion(
                from: known.map(\.rawValue), fallback: "Write “all”, “none” or a list of them.")
            entry.refuse("“\(text)” is no offer of the experiment's campaigns. \(remedy)")
        }
        return .only(value.listOrOne().compactMap { $0.text() }.map { OfferID($0) })
    }

    private func check(_ experiment: Experiment, _ arms: YAMLValue) {
        guard let control = experiment.arms.first, experiment.arms.count > 1 else { return }
        if experiment.arms.allSatisfy({ $0.offers == control.offers }) {
            arms.refuse("All arms get the same offers, so there is nothing to compare. Change “offers” in one of them.")
        }
        let isEven = experiment.arms.allSatisfy { abs($0.share - control.share) < 1e-6 }
        if experiment.switchback != nil, !isEven {
            arms.refuse("The arms of a switchback take turns, so their shares are equal. Remove “share”.")
        }
    }

    // MARK: The rest

    private func readSwitchback(_ value: YAMLValue) -> Experiment.Switchback? {
        value.fields { fields in
            let period = fields.required("period", like: "1d")?.span()
            let unit = fields.required("by", like: "placement")?.text()
            return Experiment.Switchback(
                period: period ?? .day, unit: unit == "placement" ? .placement : .trait(unit ?? ""))
        }
    }

    private func readGuardrail(_ value: YAMLValue) -> Experiment.Guardrail? {
        value.fields { fields in
            let metric = fields.required("metric", like: "value").flatMap { readExperimentMetric($0) }
            let bound = fields.required("not_below", like: "-5 %")?.change()
            return Experiment.Guardrail(metric: metric ?? .value, notBelow: bound ?? 0)
        }
    }

    private func readExperimentMetric(_ value: YAMLValue) -> ExperimentMetric? {
        guard value.written("a metric") == "value" else { return reference("goal", value).map { .goal(GoalID($0)) } }
        if metric == nil, isRootRead {
            value.refuse(
                "“value” is the catalog's metric, but there is none. Declare it, such as "
                    + "`metric: {name: sales per customer, event: Order Completed, value: revenue}`, or name a goal.")
        }
        return .value
    }

    /// Where none are written: the catalog's metric, where there is one, and the goals of the campaigns.
    private func usual(_ campaigns: [CampaignID]) -> [ExperimentMetric] {
        var metrics: [ExperimentMetric] = metric == nil ? [] : [.value]
        for campaign in self.campaigns.sorted(by: { $0.id < $1.id })
        where campaigns.isEmpty || campaigns.contains(campaign.id) {
            if !metrics.contains(.goal(campaign.goal)) { metrics.append(.goal(campaign.goal)) }
        }
        return metrics
    }

    private func percent(_ share: Double) -> String {
        let tenths = (share * 1_000).rounded() / 10
        return tenths == tenths.rounded() ? "\(Int(tenths)) %" : "\(tenths) %"
    }
}
