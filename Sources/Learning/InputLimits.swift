/// How far the inputs of a model go, so that no single person's number decides what is believed of everybody.
///
/// Of each feature the ends that the catalog declares, or ± 20 times its usual size: the mean of |input| over the lessons,
/// at least 1, which is what inputs should have that have a center and a scale. What lies outside is taken for the nearest
/// end wherever the model looks, in a lesson and in a decision, and enters the usual size so too (winsorised). A feature
/// that was declared without a scale is taken up within a few lessons, since a size can grow by a factor of nearly three in
/// the first.
package struct InputLimits: Sendable, Equatable {
    static let reach = 20.0
    /// Lessons that the size expected before the first weighs as much as.
    private static let priorLessons = 10.0

    /// Of one feature.
    struct Limit: Sendable, Equatable {
        /// Declared in the catalog; nil where the usual size decides.
        var declared: ClosedRange<Double>?
        /// Mean of |input|, once cut; ≥ 1.
        var size = 1.0
        /// Lessons in which it was cut.
        var cut = 0

        var ends: ClosedRange<Double> { declared ?? -reach * size...reach * size }

        func cut(_ value: Double) -> Double { min(max(value, ends.lowerBound), ends.upperBound) }

        /// Takes in what a lesson had.
        mutating func record(_ value: Double, weight: Double) {
            let kept = cut(value)
            if kept != value { cut += 1 }
            size = max(1, size + (abs(kept) - size) * weight)
        }
    }

    /// Scalar features, then keyed ones, in the order of the layout; empty where it has no bounds.
    private(set) var limits: [Limit]
    /// How many were recorded.
    private(set) var lessons = 0

    init(_ layout: ModelLayout) {
        limits = layout.isBounded ? (layout.scalars + layout.keyed).map { Limit(declared: $0.bounds) } : []
    }

    /// - Parameters:
    ///   - sizes: One per limit.
    ///   - cut: One per limit.
    init(_ layout: ModelLayout, lessons: Int, sizes: [Double], cut: [Int]) {
        self.init(layout)
        self.lessons = lessons
        for index in limits.indices where sizes.indices.contains(index) && cut.indices.contains(index) {
            limits[index].size = sizes[index]
            limits[index].cut = cut[index]
        }
    }

    var isEmpty: Bool { limits.isEmpty }

    /// An input, in the layout's order, within the limits.
    func cut(_ input: ModelInput, _ layout: ModelLayout) -> ModelInput {
        guard !limits.isEmpty else { return input }
        var input = input
        for (index, limit) in limits.enumerated() { input.values[1 + index] = limit.cut(input.values[1 + index]) }
        guard layout.hasLifts else { return input }
        for index in layout.scalars.indices {
            let lift = layout.firstLift + index
            input.values[lift] = limits[index].cut(input.values[lift])
        }
        return input
    }

    /// Cuts what does not depend on the offer.
    func cutScalars(_ values: inout [Double], _ layout: ModelLayout) {
        guard !limits.isEmpty else { return }
        for index in layout.scalars.indices { values[1 + index] = limits[index].cut(values[1 + index]) }
    }

    /// A keyed feature's input within its limit.
    @inline(__always)
    func cutKeyed(_ value: Double, _ index: Int, _ layout: ModelLayout) -> Double {
        limits.isEmpty ? value : limits[layout.scalars.count + index].cut(value)
    }

    /// Takes in what a lesson had, before it is learned.
    mutating func record(_ input: ModelInput) {
        guard !limits.isEmpty else { return }
        lessons += 1
        let weight = 1 / (Self.priorLessons + Double(lessons))
        for index in limits.indices { limits[index].record(input.values[1 + index], weight: weight) }
    }

    /// The same for another layout: features that remain keep what is known of them.
    func adapted(from old: ModelLayout, to new: ModelLayout) -> InputLimits {
        var adapted = InputLimits(new)
        guard !limits.isEmpty else { return adapted }
        adapted.lessons = lessons
        let known = Dictionary(zip((old.scalars + old.keyed).map(\.label), limits)) { first, _ in first }
        for (index, input) in (new.scalars + new.keyed).enumerated() where adapted.limits.indices.contains(index) {
            guard let limit = known[input.label] else { continue }
            adapted.limits[index].size = limit.size
            adapted.limits[index].cut = limit.cut
        }
        return adapted
    }
}

/// How often a model has cut an input of its.
public struct CutInput: Sendable, Equatable {
    public var feature: String
    /// In how many lessons.
    public var lessons: Int
    /// Of all lessons, in 0 ... 1.
    public var share: Double
}

extension OnlineLogistic {
    /// The features whose inputs were cut, in the order of the layout.
    public var cutInputs: [CutInput] {
        zip(layout.scalars + layout.keyed, limits.limits).compactMap { input, limit in
            guard limit.cut > 0 else { return nil }
            return CutInput(
                feature: input.name, lessons: limit.cut, share: Double(limit.cut) / Double(max(1, limits.lessons)))
        }
    }
}
