public import WeirJSON

/// Which events a feature or a goal looks at: by kind, name and literal values of their properties.
public struct EventPattern: Sendable, Hashable, Codable {
    /// A track event's name, such as `Order Completed`; nil matches any.
    public var name: String?
    /// All must hold: the value at the path equals one of the texts (numbers and booleans by their JSON text).
    public var conditions: [Condition]

    public struct Condition: Sendable, Hashable, Codable {
        public var path: JSONPath
        public var anyOf: [String]

        public init(path: JSONPath, anyOf: [String]) {
            self.path = path
            self.anyOf = anyOf
        }
    }

    public init(name: String?, conditions: [Condition] = []) {
        self.name = name
        self.conditions = conditions
    }

    /// Whether the event has that name and its properties meet all conditions; its kind is not looked at.
    public func matches(_ event: Event) -> Bool {
        if let name, event.name != name { return false }
        return conditions.allSatisfy { condition in
            guard let value = event.properties[condition.path] else { return false }
            return condition.anyOf.contains(value.string ?? value.text)
        }
    }
}

/// A feature of a customer, declared once and computed by one code path for serving and for training.
public struct FeatureDeclaration: Sendable, Hashable, Codable {
    public enum Aggregate: String, Sendable, Codable, CaseIterable {
        /// How many matching events (or elements of `each`).
        case count
        /// Sum of `value`.
        case sum
        /// Mean of `value`; 0 where there was none.
        case mean
        /// Days since the last matching event; infinite where there was none.
        case recency
        /// How many different values at `value`.
        case distinct
        /// Matching events per event that matches `per`, less those that match `less`:
        /// (numerator + `smoothing` · `expected`) ÷ (denominator + `smoothing`); 0 where nothing divides.
        case rate

        /// Whether it looks at a `value`.
        package var needsValue: Bool {
            switch self {
            case .sum, .mean, .distinct: true
            case .count, .recency, .rate: false
            }
        }

        /// Whether it can be split by a `key`.
        package var canBeKeyed: Bool {
            switch self {
            case .count, .sum, .rate: true
            case .mean, .recency, .distinct: false
            }
        }

        /// Whether its past can count less and less; the last moment and the set of values do not fade.
        package var canDecay: Bool {
            switch self {
            case .count, .sum, .mean, .rate: true
            case .recency, .distinct: false
            }
        }
    }

    /// How the past counts.
    public enum Memory: Sendable, Hashable, Codable {
        case allTime
        /// The current UTC day and the `days` − 1 days before it, each counting in full; days ≥ 1.
        case window(days: Int)
        /// Each event counts 2^(−age ÷ half-life); halfLifeDays > 0.
        case decay(halfLifeDays: Double)
    }

    /// How the model sees the value; eligibility rules always see the plain value.
    public enum Transform: String, Sendable, Codable, CaseIterable {
        case none
        /// log(1 + |x|) with the sign of x; the default, since counts and sums are skewed.
        case log
        /// 1 where x > 0, else 0.
        case presence
        /// log(x ÷ (1 − x)) of a rate, as far as one in a thousand from either end.
        case logit
    }

    public var name: String
    public var aggregate: Aggregate
    public var pattern: EventPattern
    /// In an array of the properties at this path, each element counts for itself and `value` and `key` start there.
    public var each: JSONPath?
    public var value: JSONPath?
    /// Splits the aggregate by the value at this path ("by category"); offers look up their own keys.
    public var key: JSONPath?
    /// The denominator of a rate, never split by `key`.
    public var per: EventPattern?
    /// In an array of what `per` matches, each element counts for itself.
    public var perEach: JSONPath?
    /// What does not count in the denominator of a rate: visits that had an offer, where orders without one are counted.
    public var less: EventPattern?
    /// How many events the `expected` rate weighs as much as, so that few events make no extreme rate; ≥ 0.
    public var smoothing: Double
    /// The rate of somebody about whom nothing is known; ≥ 0. Of a feature split by a key, the rate of one key.
    public var expected: Double
    public var memory: Memory
    public var transform: Transform
    /// After the transform the model sees (x − center) ÷ scale; about the mean of its usual values.
    public var center: Double
    /// About the standard deviation of its usual values; > 0.
    public var scale: Double
    /// Between which plain values the built-in model tells people apart; what lies outside is taken for the nearest end. Nil
    /// leaves it to the model to learn how far its inputs usually go. Rules always see the plain value.
    public var range: ClosedRange<Double>?
    /// Whether the model looks at it; else it serves rules only.
    public var isModelInput: Bool

    public init(
        name: String, aggregate: Aggregate, pattern: EventPattern, each: JSONPath? = nil, value: JSONPath? = nil,
        key: JSONPath? = nil, per: EventPattern? = nil, perEach: JSONPath? = nil, less: EventPattern? = nil,
        smoothing: Double = 0, expected: Double = 0, memory: Memory = .allTime,
        transform: Transform = .log, center: Double = 0, scale: Double = 1, range: ClosedRange<Double>? = nil,
        isModelInput: Bool = true
    ) {
        self.name = name
        self.aggregate = aggregate
        self.pattern = pattern
        self.each = each
        self.value = value
        self.key = key
        self.per = per
        self.perEach = perEach
        self.less = less
        self.smoothing = smoothing
        self.expected = expected
        self.memory = memory
        self.transform = transform
        self.center = center
        self.scale = scale
        self.range = range
        self.isModelInput = isModelInput
    }

    /// A feature split by a key has no single value: offers look up the keys that they name.
    public var isKeyed: Bool { key != nil }
}
