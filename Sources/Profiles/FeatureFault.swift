public import WeirDomain

/// What is wrong with one declared feature.
public struct FeatureFault: Error, Sendable, Equatable, CustomStringConvertible {
    public enum Problem: Sendable, Equatable {
        case emptyName
        case duplicateName
        /// The aggregate needs a `value`.
        case missingValue(FeatureDeclaration.Aggregate)
        /// The aggregate looks at no `value`.
        case superfluousValue(FeatureDeclaration.Aggregate)
        /// A rate needs `per`.
        case missingPer
        /// Only a rate has `per` and `less`.
        case superfluousPer(FeatureDeclaration.Aggregate)
        /// Only counts, sums and rates can be split by a key.
        case keyed(FeatureDeclaration.Aggregate)
        case windowTooShort(days: Int)
        case halfLifeNotPositive(days: Double)
        /// The last moment and the set of values do not fade.
        case decaying(FeatureDeclaration.Aggregate)
        /// Only a rate has a logit.
        case logit(FeatureDeclaration.Aggregate)
        /// One slot per feature, two for a mean or a rate, three for a rate with `less`.
        case tooManySlots(limit: Int)
    }

    /// The feature's name.
    public var feature: String
    /// Its place among the declarations, from 0.
    public var index: Int
    public var problem: Problem

    public init(feature: String, index: Int, problem: Problem) {
        self.feature = feature
        self.index = index
        self.problem = problem
    }

    public var description: String { "Feature “\(feature)” (number \(index + 1)): \(problem.sentence)" }
}

/// Declarations that cannot be compiled, with all their faults.
public struct InvalidFeatures: Error, Sendable, Equatable, CustomStringConvertible {
    public let faults: [FeatureFault]

    public var description: String { faults.map(\.description).joined(separator: "\n") }
}

extension FeatureFault.Problem {
    var sentence: String {
        switch self {
        case .emptyName: "`name` is empty; give it one."
        case .duplicateName: "`name` is taken by an earlier feature; choose another."
        case .missingValue(let aggregate):
            "`\(aggregate.rawValue)` needs a `value`: the path of what it looks at in the properties."
        case .superfluousValue(let aggregate):
            "`\(aggregate.rawValue)` looks at no `value`; remove it, or use sum, mean or distinct."
        case .missingPer: "`rate` needs `per`: the events that it is a share of."
        case .superfluousPer(let aggregate):
            "`\(aggregate.rawValue)` has neither `per` nor `less`; remove them, or use rate."
        case .keyed(let aggregate):
            "`\(aggregate.rawValue)` cannot be split by a `key`, only count, sum and rate can; remove `key`."
        case .windowTooShort(let days): "a window of \(days) days is empty; use 1 or more."
        case .halfLifeNotPositive(let days): "a half-life of \(days) days is no time; use a finite number above 0."
        case .decaying(let aggregate):
            "`\(aggregate.rawValue)` cannot decay; use all time or a window."
        case .logit(let aggregate):
            "`\(aggregate.rawValue)` has no logit; use the transform log, or aggregate by rate."
        case .tooManySlots(let limit): "more features than a profile can hold (\(limit) slots); remove some."
        }
    }
}

extension FeatureDeclaration {
    var problems: [FeatureFault.Problem] {
        var problems: [FeatureFault.Problem] = []
        if name.isEmpty { problems.append(.emptyName) }
        if aggregate.needsValue != (value != nil) {
            problems.append(value == nil ? .missingValue(aggregate) : .superfluousValue(aggregate))
        }
        if aggregate == .rate, per == nil { problems.append(.missingPer) }
        if aggregate != .rate, per != nil || perEach != nil || less != nil {
            problems.append(.superfluousPer(aggregate))
        }
        if isKeyed, !aggregate.canBeKeyed { problems.append(.keyed(aggregate)) }
        if transform == .logit, aggregate != .rate { problems.append(.logit(aggregate)) }
        switch memory {
        case .allTime: break
        case .window(let days):
            if days < 1 { problems.append(.windowTooShort(days: days)) }
        case .decay(let days):
            if !aggregate.canDecay { problems.append(.decaying(aggregate)) }
            if !(days > 0 && days.isFinite) { problems.append(.halfLifeNotPositive(days: days)) }
        }
        return problems
    }
}
