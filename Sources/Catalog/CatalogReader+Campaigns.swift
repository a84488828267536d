import WeirDomain

/// Readers of campaigns and their offers.
extension CatalogReader {
    mutating func campaign(_ value: YAMLValue) -> Campaign? {
        value.fields { fields in
            let id = declare("campaign", fields.required("id", like: "spring")) ?? ""
            let (start, end) = period(from: fields["from"], to: fields["to"])
            return Campaign(
                id: CampaignID(id), name: fields["name"]?.text() ?? id, kind: fields["kind"]?.text() ?? "general",
                placements: references("placement", fields.required("placements", like: "[checkout]"))
                    .map { PlacementID($0) },
                start: start, end: end, eligibility: fields["eligible"].flatMap { eligibility($0) },
                goal: GoalID(reference("goal", fields.required("goal", like: "redemption")) ?? ""),
                purpose: Purpose(fields["purpose"]?.text() ?? "marketing"),
                channel: Channel(fields.required("channel", like: "web")?.text() ?? ""),
                budgets: references("budget", fields["budgets"]).map { BudgetID($0) },
                caps: fields["caps"].map { readCaps($0) } ?? [], holdout: fields["holdout"]?.share() ?? 0,
                leaked: fields["leaked"]?.choice([("refuse", LeakedCodes.refuse), ("book", .book)]),
                offers: offers(fields.required("offers", like: "[{id: …, cost: …, value: …}]")))
        }
    }

    /// Reads names that must be declared, each once.
    func references(_ kind: String, _ value: YAMLValue?) -> [String] {
        var names: [String] = []
        let entries = value?.listOrOne() ?? []
        if let value, value.isEmptyList { value.refuse("The list is empty. Name at least one \(kind).") }
        for entry in entries {
            guard let name = reference(kind, entry) else { continue }
            if names.contains(name) { entry.refuse("“\(name)” stands here twice. Remove one.") }
            names.append(name)
        }
        return names
    }

    private func eligibility(_ value: YAMLValue) -> String? {
        guard let text = value.text(), isRootRead else { return nil }
        do {
            _ = try Rule(
                compiling: text, features: features.filter { !$0.isKeyed }.map(\.name),
                keyed: features.filter(\.isKeyed).map(\.name))
        } catch {
            value.refuse(error.message, offset: error.column - 1)
        }
        return text
    }

    private mutating func offers(_ value: YAMLValue?) -> [Offer] {
        guard let value else { return [] }
        if value.isEmptyList { value.refuse("The campaign has nothing to offer. Write at least one offer.") }
        return value.list().compactMap { offer($0) }
    }

    private mutating func offer(_ value: YAMLValue) -> Offer? {
        value.fields { fields in
            let id = declare("offer", fields.required("id", like: "coffee-20")) ?? ""
            let example = "1.50 \(currency ?? .usd)"
            let zero = Money.zero(.pieces)
            let coupon = fields["coupon"]?.text()
            if let coupon, let field = fields["coupon"] { checkCoupon(coupon, field) }
            let codes = fields["codes"].flatMap { readCodes($0) }
            if codes != nil, coupon != nil {
                fields["codes"]?.refuse(
                    "The offer has a coupon, one code for all, too. Remove “coupon” to give each person a code of the pool."
                )
            }
            let cost = fields.required("cost", like: example).map { readCost($0) }
            let value = fields.required("value", like: example).map { readValue($0) }
            return Offer(
                id: OfferID(id), name: fields["name"]?.text() ?? id,
                cost: cost?.most ?? zero, value: value?.worth ?? zero, discount: cost?.discount,
                valueShare: value?.share,
                stock: fields["stock"]?.integer(0...Int.max), coupon: coupon, codes: codes,
                affinities: fields["about"].map { affinities($0) } ?? [:],
                message: fields["message"].flatMap { message($0) } ?? "")
        }
    }

    private func readCodes(_ value: YAMLValue) -> OfferCodes? {
        value.fields { fields in
            fields.required("pool", like: "spring")?.identifier().map { OfferCodes(pool: CouponPoolID($0)) }
        } ?? nil
    }

    /// Reads the keys that an offer is about, by keyed feature.
    private func affinities(_ value: YAMLValue) -> [String: [String]] {
        var affinities: [String: [String]] = [:]
        for (name, keys) in value.entries() {
            guard let feature = reference("feature", name) else { continue }
            if features.contains(where: { $0.name == feature && !$0.isKeyed }) {
                name.refuse("“\(feature)” is not split by anything. Name a feature with “by”, or add “by” to this one.")
            }
            affinities[feature] = keys.listOrOne().compactMap { $0.text() }
        }
        return affinities
    }

    private func message(_ value: YAMLValue) -> String? {
        guard let text = value.text() else { return nil }
        do {
            _ = try MessageTemplate(compiling: text)
        } catch {
            value.refuse(error.message, offset: error.column - 1)
        }
        return text
    }
}
