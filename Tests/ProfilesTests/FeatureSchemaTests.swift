import Testing
import WeirDomain
import WeirJSON
import WeirProfiles

@Suite("Compiling declared features")
struct FeatureSchemaTests {
    typealias Fault = (FeatureDeclaration, FeatureFault.Problem)

    static let price = JSONPath("price")
    static let faulty: [Fault] = [
        (.init(name: "", aggregate: .count, pattern: .orders), .emptyName),
        (.init(name: "f", aggregate: .sum, pattern: .orders), .missingValue(.sum)),
        (.init(name: "f", aggregate: .mean, pattern: .orders), .missingValue(.mean)),
        (.init(name: "f", aggregate: .distinct, pattern: .orders), .missingValue(.distinct)),
        (.init(name: "f", aggregate: .count, pattern: .orders, value: price), .superfluousValue(.count)),
        (.init(name: "f", aggregate: .rate, pattern: .orders), .missingPer),
        (.init(name: "f", aggregate: .count, pattern: .orders, per: .orders), .superfluousPer(.count)),
        (.init(name: "f", aggregate: .recency, pattern: .orders, key: price), .keyed(.recency)),
        (.init(name: "f", aggregate: .mean, pattern: .orders, value: price, key: price), .keyed(.mean)),
        (.init(name: "f", aggregate: .distinct, pattern: .orders, value: price, key: price), .keyed(.distinct)),
        (.init(name: "f", aggregate: .count, pattern: .orders, less: .orders), .superfluousPer(.count)),
        (.init(name: "f", aggregate: .count, pattern: .orders, transform: .logit), .logit(.count)),
        (.init(name: "f", aggregate: .count, pattern: .orders, memory: .window(days: 0)), .windowTooShort(days: 0)),
        (
            .init(name: "f", aggregate: .count, pattern: .orders, memory: .decay(halfLifeDays: 0)),
            .halfLifeNotPositive(days: 0)
        ),
        (
            .init(name: "f", aggregate: .count, pattern: .orders, memory: .decay(halfLifeDays: .infinity)),
            .halfLifeNotPositive(days: .infinity)
        ),
        (.init(name: "f", aggregate: .recency, pattern: .orders, memory: .decay(halfLifeDays: 1)), .decaying(.recency)),
        (
            .init(name: "f", aggregate: .distinct, pattern: .orders, value: price, memory: .decay(halfLifeDays: 1)),
            .decaying(.distinct)
        ),
    ]

    @Test("A fault names its feature, and nothing else is wrong", arguments: faulty)
    func fault(declaration: FeatureDeclaration, problem: FeatureFault.Problem) {
        let good = FeatureDeclaration(name: "good", aggregate: .count, pattern: .orders)
        let expected = FeatureFault(feature: declaration.name, index: 1, problem: problem)
        #expect(FeatureSchema.faults(in: [good, declaration]) == [expected])
        #expect(throws: InvalidFeatures.self) { try FeatureSchema([good, declaration]) }
        #expect(expected.description.contains("“\(declaration.name)” (number 2)"))
    }

    @Test(
        "The smallest window and any positive half-life are accepted",
        arguments: [FeatureDeclaration.Memory.window(days: 1), .window(days: .max), .decay(halfLifeDays: 1e-9)])
    func smallest(memory: FeatureDeclaration.Memory) throws {
        let schema = try FeatureSchema([.init(name: "f", aggregate: .count, pattern: .orders, memory: memory)])
        let profile = Profile().applying(.order(at: .day(0)), schema: schema)
        #expect(profile.features(at: .day(0), schema: schema) == [1])
    }

    @Test("All faults are reported at once, a name given twice among them")
    func allFaults() {
        let faults = FeatureSchema.faults(in: [
            .init(name: "a", aggregate: .sum, pattern: .orders),
            .init(name: "b", aggregate: .rate, pattern: .orders),
            .init(name: "a", aggregate: .count, pattern: .orders),
        ])
        #expect(faults.map(\.index) == [0, 1, 2])
        #expect(faults.map(\.problem) == [.missingValue(.sum), .missingPer, .duplicateName])
    }

    @Test("A rate with something taken off its divisor needs three slots", arguments: [(32_766, 0), (32_767, 1)])
    func widest(count: Int, faultCount: Int) {
        var declarations = (1..<count).map { FeatureDeclaration(name: "f\($0)", aggregate: .count, pattern: .orders) }
        declarations.append(.init(name: "r", aggregate: .rate, pattern: .orders, per: .orders, less: .orders))
        #expect(FeatureSchema.faults(in: declarations).count == faultCount)
    }

    @Test("What divides a rate decides what a profile stores; how it is smoothed and seen does not")
    func fingerprints() throws {
        func fingerprint(_ change: (inout FeatureDeclaration) -> Void) throws -> UInt64 {
            var declaration = FeatureDeclaration(name: "f", aggregate: .rate, pattern: .orders, per: .orders)
            change(&declaration)
            return try FeatureSchema([declaration]).fingerprint
        }
        let plain = try fingerprint { _ in }
        #expect(try fingerprint { ($0.smoothing, $0.expected, $0.transform) = (3, 0.5, .logit) } == plain)
        #expect(try fingerprint { $0.less = .orders } != plain)
        #expect(try fingerprint { $0.perEach = JSONPath("products") } != plain)
    }

    @Test("More slots than a profile can number are refused", arguments: [(32_768, 0), (32_769, 1)])
    func slotLimit(count: Int, faultCount: Int) {
        let declarations = (0..<count).map {
            FeatureDeclaration(name: "f\($0)", aggregate: .count, pattern: .orders)
        }
        #expect(FeatureSchema.faults(in: declarations).count == faultCount)
    }

    @Test("Scalars and keyed features keep their declared order")
    func order() throws {
        let schema = try FeatureSchema([
            .init(name: "a", aggregate: .count, pattern: .orders, key: Self.price),
            .init(name: "b", aggregate: .count, pattern: .orders),
            .init(name: "c", aggregate: .sum, pattern: .orders, value: Self.price, key: Self.price),
            .init(name: "d", aggregate: .recency, pattern: .orders),
        ])
        #expect(schema.scalarNames == ["b", "d"])
        #expect(schema.keyedNames == ["a", "c"])
        #expect(schema.scalarIndex(of: "d") == 1)
        #expect(schema.keyedIndex(of: "c") == 1)
        #expect(schema.scalarIndex(of: "a") == nil)
    }

    @Test("The fingerprint changes with what is stored, and only with that")
    func fingerprint() throws {
        func fingerprint(_ change: (inout FeatureDeclaration) -> Void) throws -> UInt64 {
            var declaration = FeatureDeclaration(
                name: "f", aggregate: .sum, pattern: .orders, value: Self.price, memory: .window(days: 7))
            change(&declaration)
            return try FeatureSchema([declaration]).fingerprint
        }
        let plain = try fingerprint { _ in }
        // Stored profiles hang on it: a change of this figure makes every one of them outdated.
        #expect(plain == 0xe012_4db3_3ba7_93d0)
        #expect(try fingerprint { $0.name = "g" } == plain)
        #expect(try fingerprint { $0.transform = .presence } == plain)
        #expect(try fingerprint { $0.isModelInput = false } == plain)
        let others = [
            try fingerprint { $0.memory = .window(days: 8) }, try fingerprint { $0.memory = .allTime },
            try fingerprint { $0.memory = .decay(halfLifeDays: 7) }, try fingerprint { $0.aggregate = .mean },
            try fingerprint { $0.value = JSONPath("total") }, try fingerprint { $0.each = JSONPath("products") },
            try fingerprint { $0.key = JSONPath("category") }, try fingerprint { $0.pattern.name = nil },
            try fingerprint { $0.pattern.conditions = [.init(path: Self.price, anyOf: ["1"])] },
        ]
        #expect(Set(others + [plain]).count == others.count + 1)
    }
}
