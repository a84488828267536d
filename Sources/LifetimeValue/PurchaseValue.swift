import WeirStatistics

/// What a customer's further purchases are worth.
package enum PurchaseValue: Sendable {
    /// Each customer has a mean of their own, told by their purchases and those of all.
    case own(Fitted<GammaGammaModel>)
    /// All customers are taken for alike, since the values do not tell them apart.
    case alike(AlikeValues)

    /// Customers with means of their own where the values tell them and a mean of all exists (q > 1); else all alike.
    ///
    /// - Parameter onePrice: What each purchase was worth, where that is known to be the same for all; a day with two of them
    ///   is still one purchase to come.
    package init(fitting summaries: [PurchaseSummary], from start: PurchaseValue? = nil, onePrice: Double? = nil) {
        if let onePrice {
            self = .alike(AlikeValues(onePrice: onePrice))
        } else if let fitted = GammaGammaModel.fitted(to: summaries, from: start?.fitted?.model), fitted.model.q > 1 {
            self = .own(fitted)
        } else {
            self = .alike(AlikeValues(summaries))
        }
    }

    /// Nil where all are alike.
    package var fitted: Fitted<GammaGammaModel>? {
        if case .own(let fitted) = self { fitted } else { nil }
    }

    /// What values are drawn from and expected by.
    var law: ValueLaw {
        switch self {
        case .own(let fitted): .own(fitted.model)
        case .alike(let values): .alike(values, shift: 0)
        }
    }

    /// A law as likely as the data allow.
    func drawn<Generator: RandomNumberGenerator>(using random: inout Generator) -> ValueLaw {
        switch self {
        case .own(let fitted): .own(fitted.drawn(using: &random))
        case .alike(let values): .alike(values, shift: values.standardError * random.standardNormal())
        }
    }
}

/// Values of repeat purchases where customers cannot be told apart by them.
package struct AlikeValues: Sendable, Hashable {
    /// Of a customer's repeat purchases each, those with more of them more often.
    private(set) var means: [Double] = []
    /// By mean: repeat purchases up to it.
    private var counts: [Double] = []
    /// Of all repeat purchases.
    package private(set) var mean = 0.0
    /// By customers; 0 where all values are the same.
    package private(set) var standardError = 0.0

    /// Of which each is the same.
    init(onePrice: Double) {
        means = [onePrice]
        counts = [1]
        mean = onePrice
    }

    /// - Parameter summaries: Without repeat purchases the mean is 0.
    init(_ summaries: [PurchaseSummary]) {
        var total = 0.0
        var sum = 0.0
        for summary in summaries where summary.repeats > 0 && summary.meanValue.isFinite {
            total += Double(summary.repeats)
            sum += Double(summary.repeats) * summary.meanValue
            means.append(summary.meanValue)
            counts.append(total)
        }
        guard total > 0 else { return }
        guard !isOne else {
            mean = means[0]
            return
        }
        mean = sum / total
        // A ratio of sums over customers, by linearisation.
        var squares = 0.0
        var before = 0.0
        for (value, count) in zip(means, counts) {
            let moved = (count - before) * (value - mean)
            squares += moved * moved
            before = count
        }
        let n = Double(means.count)
        standardError = n > 1 ? (squares * n / (n - 1)).squareRoot() / total : 0
    }

    /// Whether every purchase is worth the same.
    package var isOne: Bool { means.allSatisfy { $0 == means[0] } }

    /// A purchase's value, as likely as it was seen.
    ///
    /// - Parameter share: In 0 ≤ share < 1.
    func value(at share: Double) -> Double {
        guard let total = counts.last else { return 0 }
        let place = share * total
        var (low, high) = (0, counts.count - 1)
        while low < high {
            let middle = (low + high) / 2
            if counts[middle] > place { high = middle } else { low = middle + 1 }
        }
        return means[low]
    }
}

/// What purchases are worth by one set of parameters.
package enum ValueLaw: Sendable {
    case own(GammaGammaModel)
    /// - Parameter shift: Added to each value, for the error of the mean.
    case alike(AlikeValues, shift: Double)

    /// Of a customer of whom nothing is known; infinite where values vary too widely.
    var mean: Double {
        switch self {
        case .own(let model): model.mean
        case .alike(let values, let shift): values.mean + shift
        }
    }

    /// Of each further purchase of a customer.
    func expectedValue(_ summary: PurchaseSummary) -> Double {
        switch self {
        case .own(let model): model.expectedValue(summary)
        case .alike: mean
        }
    }

    /// What multiplies the purchases of one customer, as likely as what was seen allows; 1 where all are alike.
    func customerScale<Generator: RandomNumberGenerator>(
        _ summary: PurchaseSummary, using random: inout Generator
    ) -> Double {
        guard case .own(let model) = self else { return 1 }
        let known = summary.meanValue > 0 ? Double(summary.repeats) : 0
        return (model.v + (known > 0 ? known * summary.meanValue : 0))
            / random.gamma(shape: model.p * known + model.q)
    }

    /// One purchase, before the customer's scale.
    func purchase<Generator: RandomNumberGenerator>(using random: inout Generator) -> Double {
        switch self {
        case .own(let model): random.gamma(shape: model.p)
        case .alike(let values, let shift): values.value(at: random.unit()) + shift
        }
    }
}
