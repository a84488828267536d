public import WeirDomain
import WeirJSON

/// Declared features, compiled so that an event touches only what it matches.
///
/// Compile it once per catalog and share it: it never changes.
public struct FeatureSchema: Sendable {
    /// Features with a single value, in declared order; the places of `Profile.features`.
    public let scalars: [FeatureDeclaration]
    /// Features split by a key, in declared order; the places that `Profile.keyed` takes.
    public let keyed: [FeatureDeclaration]
    /// Of all that decides what a profile stores; names, transforms and `isModelInput` may change without a rebuild.
    public let fingerprint: UInt64
    /// Of the features alone: what models learned under the one means the same under the other where this is the same.
    public let featureFingerprint: UInt64
    /// What an order is; nil where each event counts for itself.
    public let orders: Orders?
    /// The events that take orders back.
    public let reversals: [EventPattern]

    /// First those of the scalars, then those of the keyed features, so that the scalars are read in one walk.
    let slots: [Slot]
    let scalarReadings: [Reading]
    let keyedReadings: [Reading]
    let rules: [Rule]
    let rulesByName: [String: [Int]]
    let rulesForAnyName: [Int]
    let hasWindows: Bool

    /// - Parameter reversals: The events that take orders back, each once.
    /// - Throws: `InvalidFeatures` with the faults of all declarations.
    public init(
        _ declarations: [FeatureDeclaration], orders: Orders? = nil, reversals: [EventPattern] = []
    ) throws(InvalidFeatures) {
        let faults = Self.faults(in: declarations)
        guard faults.isEmpty else { throw InvalidFeatures(faults: faults) }

        scalars = declarations.filter { !$0.isKeyed }
        keyed = declarations.filter(\.isKeyed)
        self.orders = orders
        self.reversals = reversals
        featureFingerprint = Self.fingerprint(of: scalars + keyed)
        fingerprint = Self.fingerprint(featureFingerprint, orders, reversals)

        var compiler = SlotCompiler()
        scalarReadings = scalars.map { compiler.layOut($0) }
        keyedReadings = keyed.map { compiler.layOut($0) }
        slots = compiler.slots
        rules = compiler.rules
        hasWindows = slots.contains { $0.windowDays > 0 }

        let rules = compiler.rules
        rulesForAnyName = rules.indices.filter { rules[$0].pattern.name == nil }
        var rulesByName: [String: [Int]] = [:]
        for name in rules.compactMap(\.pattern.name) where rulesByName[name] == nil {
            rulesByName[name] = rules.indices.filter { rules[$0].pattern.name == nil || rules[$0].pattern.name == name }
        }
        self.rulesByName = rulesByName
    }

    /// Everything that is wrong with the declarations, in their order.
    public static func faults(in declarations: [FeatureDeclaration]) -> [FeatureFault] {
        var names: Set<String> = []
        var slotCount = 0
        var faults: [FeatureFault] = []
        for (index, declaration) in declarations.enumerated() {
            func report(_ problem: FeatureFault.Problem) {
                faults.append(FeatureFault(feature: declaration.name, index: index, problem: problem))
            }
            declaration.problems.forEach(report)
            if !declaration.name.isEmpty, !names.insert(declaration.name).inserted { report(.duplicateName) }
            let width =
                switch declaration.aggregate {
                case .rate: declaration.less == nil ? 2 : 3
                case .mean: 2
                default: 1
                }
            if slotCount <= slotLimit, slotCount + width > slotLimit { report(.tooManySlots(limit: slotLimit)) }
            slotCount += width
        }
        return faults
    }

    public var scalarNames: [String] { scalars.map(\.name) }
    public var keyedNames: [String] { keyed.map(\.name) }

    /// The place of a feature among the scalars; nil where there is none of that name.
    public func scalarIndex(of name: String) -> Int? { scalars.firstIndex { $0.name == name } }

    /// The place of a feature among the keyed ones; nil where there is none of that name.
    public func keyedIndex(of name: String) -> Int? { keyed.firstIndex { $0.name == name } }

    /// What stands for a key's text in profiles; compute it once per offer, not once per decision.
    public func keyHash(_ text: String) -> UInt32 { Self.keyHash(text) }

    /// Slots are numbered in 15 bits, so that a cell's order fits a positive 64-bit integer.
    static let slotLimit = 1 << 15

    static func keyHash(_ text: String) -> UInt32 { UInt32(truncatingIfNeeded: StableHash.of(text)) }

    private static func fingerprint(_ features: UInt64, _ orders: Orders?, _ reversals: [EventPattern]) -> UInt64 {
        // What was stored before orders were remembered is still good where they are not.
        guard let orders else { return features }
        var writer = ByteWriter()
        writer.fixed(features)
        writer.orders(orders)
        writer.list(reversals) { $0.pattern($1) }
        return writer.bytes.withUnsafeBufferPointer { StableHash.of($0) }
    }

    private static func fingerprint(of declarations: [FeatureDeclaration]) -> UInt64 {
        var writer = ByteWriter()
        writer.list(declarations) { $0.state(of: $1) }
        return writer.bytes.withUnsafeBufferPointer { StableHash.of($0) }
    }
}

extension ByteWriter {
    fileprivate mutating func state(of declaration: FeatureDeclaration) {
        string(declaration.aggregate.rawValue)
        pattern(declaration.pattern)
        path(declaration.each)
        path(declaration.value)
        path(declaration.key)
        bool(declaration.per != nil)
        if let per = declaration.per { pattern(per) }
        switch declaration.memory {
        case .allTime: fixed(UInt8(0))
        case .window(let days):
            fixed(UInt8(1))
            integer(days)
        case .decay(let halfLifeDays):
            fixed(UInt8(2))
            double(halfLifeDays)
        }
        // Only where they are said, so that what was stored before there were such is still good.
        if let each = declaration.perEach {
            fixed(UInt8(3))
            path(each)
        }
        if let less = declaration.less {
            fixed(UInt8(4))
            pattern(less)
        }
    }

    fileprivate mutating func orders(_ orders: Orders) {
        string(orders.event)
        list(orders.id) { $0.path($1) }
        path(orders.lines)
        list(orders.value) { $0.path($1) }
    }

    fileprivate mutating func pattern(_ pattern: EventPattern) {
        optional(pattern.name) { $0.string($1) }
        list(pattern.conditions) { writer, condition in
            writer.path(condition.path)
            writer.list(condition.anyOf) { $0.string($1) }
        }
    }

    fileprivate mutating func path(_ path: JSONPath?) {
        optional(path) { writer, path in writer.list(path.names) { $0.string($1) } }
    }
}
