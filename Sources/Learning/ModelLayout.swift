public import WeirDomain

import WeirStatistics

/// Which inputs a model has, in which order: the bias, one per scalar feature, one per keyed feature (looked up with the
/// offer's keys), one per kind of campaign.
public struct ModelLayout: Sendable, Hashable {
    /// How a feature's plain value becomes a model input.
    public struct Input: Sendable, Hashable {
        public var name: String
        public var transform: FeatureDeclaration.Transform
        public var center: Float
        public var scale: Float
        /// Declared ends of its plain value; nil where the model learns them.
        public var range: ClosedRange<Float>?

        public init(_ declaration: FeatureDeclaration) {
            name = declaration.name
            transform = declaration.transform
            center = Float(declaration.center)
            // A scale that is nothing in 32 bits would make no number of 0.
            scale = max(Float(declaration.scale), .leastNormalMagnitude)
            range = declaration.range.map { Float($0.lowerBound)...Float($0.upperBound) }
        }

        /// The declared ends as the model sees them; nil where it learns them.
        var bounds: ClosedRange<Double>? { range.map { standardized($0.lowerBound)...standardized($0.upperBound) } }

        /// Says all that the meaning of its weight depends on: a weight learned on another scale would mislead.
        var label: String {
            let isPlain = transform == .log && center == 0 && scale == 1
            return "feature \(name)" + (isPlain ? "" : " (\(transform.rawValue) − \(center)) ÷ \(scale)")
        }

        /// (transform(x) − center) ÷ scale. A recency of "never", which is missing in a table, counts as ten years.
        public func standardized(_ value: Float) -> Double {
            let value = value.isFinite ? min(max(value, -3.0e9), 3.0e9) : value < 0 ? -3.0e9 : 3650
            let transformed: Float =
                switch transform {
                case .none: value
                case .log: value < 0 ? -Portable.log1p(-value) : Portable.log1p(value)
                case .presence: value > 0 ? 1 : 0
                case .logit: Float(logit(Double(min(max(value, 0.001), 0.999))))
                }
            return Double((transformed - center) / scale)
        }
    }

    public let scalars: [Input]
    /// Position of each model input among all declared scalar features.
    public let scalarPositions: [Int]
    public let keyed: [Input]
    /// Position of each model input among all declared keyed features.
    public let keyedPositions: [Int]
    /// Sorted; beyond `maximumKinds` a campaign's kind is only seen through its offers.
    public let kinds: [String]
    /// Whether there is a second weight per scalar feature that counts only where an offer is given: how much more or less
    /// an offer moves such a person. Without it a model can tell who buys, but not whom an offer makes buy.
    public let hasLifts: Bool
    /// Whether inputs that lie far from what is usual are cut, and what one lesson can change is bounded.
    public let isBounded: Bool

    public static let maximumKinds = 24

    /// - Parameters:
    ///   - features: All declared features, in declared order.
    ///   - kinds: Of the catalog's campaigns; repeats and order do not matter.
    ///   - hasLifts: Whether outcomes without an offer are learned too.
    ///   - isBounded: False for catalogs from before there were bounds.
    public init(
        features: [FeatureDeclaration], kinds: some Sequence<String>, hasLifts: Bool = false, isBounded: Bool = true
    ) {
        self.hasLifts = hasLifts
        self.isBounded = isBounded
        let scalarFeatures = features.filter { !$0.isKeyed }
        let keyedFeatures = features.filter(\.isKeyed)
        scalarPositions = scalarFeatures.indices.filter { scalarFeatures[$0].isModelInput }
        keyedPositions = keyedFeatures.indices.filter { keyedFeatures[$0].isModelInput }
        scalars = scalarPositions.map { Input(scalarFeatures[$0]) }
        keyed = keyedPositions.map { Input(keyedFeatures[$0]) }
        self.kinds = Array(Set(kinds).sorted().prefix(Self.maximumKinds))
    }

    /// Bias, scalars and keyed features: what each offer has weights of its own for.
    public var crossWidth: Int { 1 + scalars.count + keyed.count }

    /// All inputs with a shared weight and a row in the covariance.
    public var dimension: Int { firstLift + (hasLifts ? scalars.count : 0) }

    /// Where the lifts begin; they are the last.
    var firstLift: Int { crossWidth + kinds.count }

    /// The names of the shared weights, in order, for carrying a model over to another layout.
    public var names: [String] {
        ["bias"] + scalars.map(\.label) + keyed.map(\.label) + kinds.map { "kind \($0)" }
            + (hasLifts ? scalars.map { "lift of \($0.label)" } : [])
    }

    /// Where an offer's own weights begin in the hashed table, before the table's mask.
    public static func bucket(offer: String) -> UInt32 {
        UInt32(truncatingIfNeeded: StableHash.of(offer, salt: 0x0ffe))
    }
}

/// One example: the inputs of one offer for one person at one moment.
public struct ModelInput: Sendable, Equatable {
    /// One per dimension of the layout; the first is 1.
    public var values: [Double]
    /// Where the offer's own weights begin.
    public var bucket: UInt32

    public init(values: [Double], bucket: UInt32) {
        self.values = values
        self.bucket = bucket
    }
}

extension ModelLayout {
    /// The inputs that do not depend on the offer: bias and scalars filled in, the rest 0.
    ///
    /// - Parameter features: Plain values of all declared scalar features, in declared order.
    public func customerInputs(_ features: [Float], into values: inout [Double]) {
        values.removeAll(keepingCapacity: true)
        values.append(1)
        values.reserveCapacity(dimension)
        // By index, since an iterator would copy each input with its name.
        for index in scalars.indices { values.append(scalars[index].standardized(features[scalarPositions[index]])) }
        values.append(contentsOf: repeatElement(0, count: dimension - 1 - scalars.count))
    }

    /// The whole input of one offer.
    ///
    /// - Parameters:
    ///   - features: Plain values of all declared scalar features.
    ///   - affinities: Plain values of all declared keyed features, summed over the offer's keys; empty for "no offer",
    ///     which is about nothing: its inputs are then 0, as for an offer of the usual affinity.
    ///   - kind: Of the offer's campaign; nil for "no offer".
    public func input(features: [Float], affinities: some RandomAccessCollection<Float>, kind: String?, bucket: UInt32)
        -> ModelInput
    {
        var values: [Double] = []
        values.reserveCapacity(dimension)
        customerInputs(features, into: &values)
        for (index, position) in keyedPositions.enumerated() where !affinities.isEmpty {
            values[1 + scalars.count + index] = keyed[index].standardized(
                affinities[affinities.index(affinities.startIndex, offsetBy: position)])
        }
        let kind = kind.flatMap { kinds.firstIndex(of: $0) }
        if let kind { values[crossWidth + kind] = 1 }
        if hasLifts, kind != nil || !affinities.isEmpty {
            for index in scalars.indices { values[firstLift + index] = values[1 + index] }
        }
        return ModelInput(values: values, bucket: bucket)
    }
}
