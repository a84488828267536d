public import WeirDomain

/// Reads a catalog from its files; their order does not matter.
///
/// The syntax stands in `docs/catalog.md`. A plain date that ends something is meant to its last moment, UTC.
///
/// - Parameter files: `weir.yaml`, and any number of other files with one campaign each or a list under `campaigns`.
/// - Throws: `CatalogFaults` with all faults of all files, sorted by place.
public func readCatalog(_ files: [CatalogFile]) throws(CatalogFaults) -> Catalog {
    var reader = CatalogReader()
    // What campaigns refer to is declared in the root, so it is read first.
    reader.readRoot(files.first { $0.name == CatalogFile.rootName })
    for file in files.sorted(by: { $0.name < $1.name }) where file.name != CatalogFile.rootName {
        reader.readCampaigns(file)
    }
    reader.readExperiments()
    guard reader.faults.isEmpty else { throw CatalogFaults(faults: reader.faults) }
    return reader.catalog
}

/// Gathers a catalog file by file. Where a value is refused something empty stands in for it: a catalog with faults is
/// never handed out.
struct CatalogReader {
    private(set) var faults: [CatalogFault] = []
    private var content = Content()
    /// Whether the root could be read at all; without it every reference of a campaign would be one more fault.
    private(set) var isRootRead = false
    private var declarations: [String: YAMLValue] = [:]
    /// Coupon codes as they were first written, and where.
    var codes: [CouponKey: (code: String, place: String)] = [:]
    /// The root's experiments, which refer to campaigns of all files and are read after them.
    private var experiments: YAMLValue?

    private struct Content {
        var salt = ""
        /// Nil where it is missing or refused; amounts are then not looked at.
        var currency: Currency?
        var universalHoldout = 0.0
        var consentByDefault: [Purpose: Bool] = [:]
        var mergesUsers = false
        var timeZone: String?
        var orders = Orders()
        var basket: BasketPrior?
        var features: [FeatureDeclaration] = []
        var goals: [Goal] = []
        var placements: [Placement] = []
        var budgets: [Budget] = []
        var caps: [Cap] = []
        var decimalMark: AmountText.DecimalMark?
        var metric: Metric?
        var groups: [String] = []
        var experiments: [Experiment] = []
        var campaigns: [Campaign] = []
    }

    /// What was read; to be handed out only where there are no faults.
    var catalog: Catalog {
        Catalog(
            salt: content.salt, currency: currency ?? .pieces, universalHoldout: content.universalHoldout,
            consentByDefault: content.consentByDefault, mergesUsers: content.mergesUsers, timeZone: content.timeZone,
            orders: content.orders, basket: content.basket, features: content.features, goals: content.goals,
            placements: content.placements,
            budgets: content.budgets, caps: content.caps,
            decimalMark: content.decimalMark, metric: content.metric, groups: content.groups,
            experiments: content.experiments,
            campaigns: content.campaigns.sorted { $0.id < $1.id })
    }

    var currency: Currency? { content.currency }
    var basket: BasketPrior? { content.basket }
    var features: [FeatureDeclaration] { content.features }
    var campaigns: [Campaign] { content.campaigns }
    var metric: Metric? { content.metric }

    // MARK: Files

    mutating func readRoot(_ file: CatalogFile?) {
        guard let file else {
            let source = YAMLSource(CatalogFile(name: CatalogFile.rootName, text: ""))
            source.refuse("The file is missing. Add it with at least “currency” and “salt”.")
            return keepFaults(of: source)
        }
        let source = YAMLSource(file)
        if let root = YAMLSource.root(of: file, in: source) {
            isRootRead = true
            _ = root.fields { readRoot($0) }
        }
        keepFaults(of: source)
    }

    mutating func readCampaigns(_ file: CatalogFile) {
        let source = YAMLSource(file)
        if let root = YAMLSource.root(of: file, in: source) {
            if root.has("campaigns") {
                _ = root.fields { fields in fields["campaigns"].map { readCampaigns($0) } }
            } else {
                readCampaign(root)
            }
        }
        keepFaults(of: source)
    }

    private mutating func keepFaults(of source: YAMLSource) {
        faults += source.faults.sorted { ($0.line, $0.column) < ($1.line, $1.column) }
    }

    private mutating func readRoot(_ fields: YAMLFields) {
        content.currency = fields.required("currency", like: "USD").flatMap { readCurrency($0) }
        content.salt = fields.required("salt", like: "any text, kept for ever")?.text() ?? ""
        content.universalHoldout = fields["holdout"]?.share() ?? 0
        _ = fields["consent"]?.fields { consent in
            for (name, value) in consent["default"]?.entries() ?? [] {
                guard let purpose = name.text() else { continue }
                content.consentByDefault[Purpose(purpose)] = value.choice([("granted", true), ("denied", false)])
            }
        }
        _ = fields["identity"]?.fields { identity in
            content.mergesUsers = identity["merge_users"]?.choice([("allowed", true), ("refused", false)]) ?? false
        }
        content.timeZone = fields["time_zone"].flatMap { readTimeZone($0) }
        if let orders = fields["orders"] { content.orders = readOrders(orders) }
        content.basket = fields["basket"].flatMap { readBasket($0) }
        for value in fields["features"]?.list() ?? [] {
            // One without a good name is refused already, and no rule should be told of it.
            guard let feature = readFeature(value), !feature.name.isEmpty else { continue }
            content.features.append(feature)
        }
        content.goals = fields["goals"]?.list().compactMap { readGoal($0) } ?? []
        content.placements = fields["placements"]?.list().compactMap { readPlacement($0) } ?? []
        content.budgets = fields["budgets"]?.list().compactMap { readBudget($0) } ?? []
        content.caps = fields["caps"].map { readCaps($0) } ?? []
        _ = fields["amounts"]?.fields { amounts in
            content.decimalMark = amounts["decimal"]?.choice([("point", .point), ("comma", .comma)])
        }
        content.metric = fields["metric"].flatMap { readMetric($0) }
        content.groups = fields["groups"]?.list().compactMap { $0.text() } ?? []
        experiments = fields["experiments"]
        if let campaigns = fields["campaigns"] { readCampaigns(campaigns) }
    }

    mutating func readExperiments() {
        guard let list = experiments else { return }
        let known = list.source.faults.count
        let read = list.list().compactMap { value in readExperiment(value).map { (experiment: $0, value: value) } }
        content.experiments = read.map(\.experiment)
        checkGroups(read)
        // The root's other faults are noted already.
        faults += list.source.faults.dropFirst(known).sorted { ($0.line, $0.column) < ($1.line, $1.column) }
    }

    private mutating func readCampaigns(_ list: YAMLValue) {
        for value in list.list() { readCampaign(value) }
    }

    private mutating func readCampaign(_ value: YAMLValue) {
        if let campaign: Campaign = campaign(value) { content.campaigns.append(campaign) }
    }

    private func readCurrency(_ value: YAMLValue) -> Currency? {
        guard let text = value.text() else { return nil }
        return Currency(text) ?? value.refusal("“\(text)” is no currency. Write an ISO 4217 code, such as “USD”.")
    }

    // MARK: Names

    /// Reads the id (or the name) of something new; a fault where it is taken.
    mutating func declare(_ kind: String, _ value: YAMLValue?) -> String? {
        guard let value, let id = value.identifier() else { return nil }
        if let first = declarations["\(kind) \(id)"] {
            let place = "\(first.source.name):\(first.line)"
            return value.refusal("“\(id)” is already the \(kind) at \(place). Give one of them another name.")
        }
        declarations["\(kind) \(id)"] = value
        return id
    }

    /// Reads the name of something that must be declared in the root.
    func reference(_ kind: String, _ value: YAMLValue?) -> String? {
        guard let value, let id = value.text() else { return nil }
        guard isRootRead, declarations["\(kind) \(id)"] == nil else { return id }
        let known = declarations.keys.filter { $0.hasPrefix("\(kind) ") }.map { String($0.dropFirst(kind.count + 1)) }
        let place = ["campaign", "offer"].contains(kind) ? "a campaign's file" : CatalogFile.rootName
        let remedy = id.suggestion(from: known.sorted(), fallback: "Declare it in \(place).")
        return value.refusal("“\(id)” is no known \(kind). \(remedy)")
    }
}
