package import WeirDomain

extension AmountFields {
    /// What the catalog's features and its metric add up.
    package init(of catalog: Catalog) {
        var fields: [Field] = []
        for feature in catalog.features where feature.aggregate == .sum || feature.aggregate == .mean {
            guard let value = feature.value else { continue }
            fields.append(Field(pattern: feature.pattern, each: feature.each, path: value))
        }
        if let metric = catalog.metric, let value = metric.value {
            fields.append(Field(pattern: metric.pattern, path: value))
        }
        var unique: [Field] = []
        for field in fields where !unique.contains(field) { unique.append(field) }
        self.init(declared: unique, decimalMark: catalog.decimalMark)
        orders = catalog.orders ?? Orders()
        currency = catalog.currency.code
        refunds = Set(catalog.goals.compactMap { $0.reversal?.name })
        let ofOrders = catalog.goals.filter { $0.pattern?.name == orders.event }.compactMap { $0.reversal?.name }
        if let declared = ofOrders.first, !ofOrders.contains(takesBack) { takesBack = declared }
    }
}
