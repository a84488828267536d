/// Customers of whom chance decided who can get offers, with what each did since.
///
/// Chance is the holdout: a salted hash of the customer with a known probability. What someone held out would have got is
/// known too (the ghost offer), so that those who got an offer have their like among the held out.
package struct LiftTrial: Sendable, Equatable {
    package struct Customer: Sendable, Equatable {
        package var isTreated: Bool
        /// Probability with which this customer came to be treated, in 0 < p < 1.
        package var propensity: Double
        /// The first decision; seconds since 1970.
        package var exposed: Double
        /// The first offer that was given, or would have been but for the holdout; seconds since 1970.
        package var offered: Double?
        /// Of that offer; index into `campaigns`.
        package var campaign: Int?
        /// Index into the labels of `segments`; nil where it is not known.
        package var segment: Int?
        /// What was known at the first decision, on any scale; as many for each customer, all finite.
        package var features: [Double]

        package init(
            isTreated: Bool, propensity: Double, exposed: Double, offered: Double? = nil, campaign: Int? = nil,
            segment: Int? = nil, features: [Double] = []
        ) {
            self.isTreated = isTreated
            self.propensity = propensity
            self.exposed = exposed
            self.offered = offered
            self.campaign = campaign
            self.segment = segment
            self.features = features
        }
    }

    /// Something that a customer did.
    package struct Deed: Sendable, Equatable {
        /// Index into `customers`.
        package var customer: Int
        /// Seconds since 1970.
        package var time: Double
        package var conversions: Double
        /// Contribution margin before the offer's cost, in major units.
        package var value: Double
        /// Of the offer that was used, in major units.
        package var cost: Double
        /// In the unit of the declared metric.
        package var metric: Double
        /// Whether it followed an offer, so that last-touch attribution credits the offer.
        package var followsOffer: Bool

        package init(
            customer: Int, time: Double, conversions: Double = 0, value: Double = 0, cost: Double = 0,
            metric: Double = 0, followsOffer: Bool = false
        ) {
            self.customer = customer
            self.time = time
            self.conversions = conversions
            self.value = value
            self.cost = cost
            self.metric = metric
            self.followsOffer = followsOffer
        }
    }

    /// A trait or a feature by whose values customers are told apart.
    package struct Segments: Sendable, Equatable {
        package var name: String
        package var labels: [String]

        package init(name: String, labels: [String]) {
            self.name = name
            self.labels = labels
        }
    }

    /// What the report is about, such as `All campaigns` or `Campaign spring`.
    package var name = "All campaigns"
    package var customers: [Customer]
    package var deeds: [Deed]
    package var campaigns: [String] = []
    package var segments: Segments?
    /// Deeds before it do not count; seconds since 1970.
    package var from: Double
    /// The end of what is known.
    package var to: Double
    package var currency = "USD"
    /// Name of the declared metric; nil where there is none.
    package var metric: String?
    /// Whether what the held out do is seen as well as what the treated do, so that conversions and value compare.
    package var isValueComparable = true
    /// Whether it is known what the held out would have got.
    package var knowsGhosts = true
    /// How many customers were met in the other arm later on: two identifiers became one person, or the share changed.
    package var contaminated = 0
    /// What whoever read the log has to say.
    package var warnings: [String] = []
    package var data: [String] = []

    package init(customers: [Customer], deeds: [Deed], from: Double, to: Double) {
        self.customers = customers
        self.deeds = deeds
        self.from = from
        self.to = to
    }

    /// What is compared.
    var outcomes: [LiftOutcome] {
        guard !isValueComparable else {
            return [.conversions, .value, .cost, .margin] + (metric == nil ? [] : [.metric])
        }
        return [.cost, leading]
    }

    /// What the answer is said in: margin where it compares, else the declared metric.
    package var leading: LiftOutcome { isValueComparable ? .margin : metric != nil ? .metric : .conversions }

    /// Everything that makes a comparison impossible.
    var faults: [String] {
        var faults: [String] = []
        let treated = customers.count(where: \.isTreated)
        let heldOut = customers.count - treated
        if heldOut < 2 || treated < 2 {
            faults.append(
                "There are \(treated) treated and \(heldOut) held-out customers; each arm needs at least 2. "
                    + "Declare a holdout (holdout: 10 %) and wait until decisions were made for both.")
        }
        if let index = customers.firstIndex(where: { !($0.propensity > 0 && $0.propensity < 1) }) {
            faults.append(
                "customer \(index): propensity \(customers[index].propensity) is not between 0 and 1. "
                    + "Leave out who had no chance of the other arm.")
        }
        if let first = customers.first,
            let index = customers.firstIndex(where: {
                $0.features.count != first.features.count || !$0.features.allSatisfy(\.isFinite)
            })
        {
            faults.append("customer \(index): features must be \(first.features.count) finite numbers for everyone.")
        }
        if let index = deeds.firstIndex(where: { !customers.indices.contains($0.customer) }) {
            faults.append("deed \(index): there is no customer \(deeds[index].customer).")
        }
        return faults
    }
}

/// What is compared, per customer.
package enum LiftOutcome: String, Sendable, CaseIterable {
    /// How often the goal was reached.
    case conversions
    /// Contribution margin of the conversions, before the offers' cost.
    case value
    /// Of the offers that were used.
    case cost
    /// Value less cost.
    case margin
    /// What the catalog declares as the worth of a customer.
    case metric
}

extension LiftTrial.Deed {
    func amount(_ outcome: LiftOutcome) -> Double {
        switch outcome {
        case .conversions: conversions
        case .value: value
        case .cost: cost
        case .margin: value - cost
        case .metric: metric
        }
    }
}
