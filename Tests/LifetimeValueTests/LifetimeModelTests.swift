import WeirReporting
import WeirLifetimeValue
import Foundation
import Testing
import WeirStatistics

@Suite("BG/NBD and Gamma-Gamma")
struct LifetimeModelTests {
    /// A case of the expected purchases: the parameters, the customer, and what integration to 40 digits gives.
    struct Case: Sendable {
        var model: BetaGeometricModel
        var repeats: Int
        var recencyDays: Int
        var ageDays: Int
        var weeks: Double
        var purchases: Double
        var alive: Double
    }

    static let published = BetaGeometricModel(r: 0.243, alpha: 4.414, a: 0.793, b: 2.426)

    static let cases: [Case] = [
        Case(
            model: published, repeats: 2, recencyDays: 213, ageDays: 272, weeks: 39, purchases: 1.226115806149322,
            alive: 0.7265897218354948),
        Case(model: published, repeats: 0, recencyDays: 0, ageDays: 0, weeks: 52, purchases: 1.4460505953964, alive: 1),
        Case(
            model: BetaGeometricModel(r: 0.243, alpha: 4.414, a: 1, b: 2.426), repeats: 4, recencyDays: 140,
            ageDays: 210, weeks: 52, purchases: 2.44992116088151, alive: 0.558370592632921),
        Case(
            model: BetaGeometricModel(r: 0.243, alpha: 4.414, a: 1.0000001, b: 2.426), repeats: 4, recencyDays: 140,
            ageDays: 210, weeks: 52, purchases: 2.44992097539427, alive: 0.558370567973634),
        Case(
            model: BetaGeometricModel(r: 0.5, alpha: 3, a: 0.4, b: 0.6), repeats: 0, recencyDays: 0, ageDays: 70,
            weeks: 520, purchases: 5.36064692659564, alive: 1),
        Case(
            model: BetaGeometricModel(r: 2, alpha: 8, a: 0.4, b: 0.6), repeats: 25, recencyDays: 350, ageDays: 420,
            weeks: 300, purchases: 35.3800012815019, alive: 0.456185274452494),
        Case(
            model: BetaGeometricModel(r: 0.8, alpha: 1.5, a: 3, b: 0.5), repeats: 1, recencyDays: 35, ageDays: 700,
            weeks: 52, purchases: 0.000736442095103732, alive: 0.00118287783544438),
        Case(
            model: BetaGeometricModel(r: 1.2, alpha: 10, a: 12, b: 40), repeats: 3, recencyDays: 70, ageDays: 280,
            weeks: 104, purchases: 0.258163938840166, alive: 0.0694183805939239),
    ]

    @Test("Expected purchases and the chance to be active are those of exact integration", arguments: cases.indices)
    func expectations(index: Int) {
        let known = Self.cases[index]
        let summary = PurchaseSummary(
            repeats: known.repeats, recencyDays: known.recencyDays, ageDays: known.ageDays)
        let purchases = known.model.expectedPurchases(summary, weeks: known.weeks)
        #expect(abs(purchases / known.purchases - 1) < 1e-11)
        #expect(abs(known.model.probabilityAlive(summary) / known.alive - 1) < 1e-12)
    }

    @Test("Nothing is expected in no time, more in more time, and one who left long ago buys no more")
    func limits() {
        let recent = PurchaseSummary(repeats: 3, recencyDays: 200, ageDays: 210)
        let gone = PurchaseSummary(repeats: 30, recencyDays: 60, ageDays: 700)
        #expect(Self.published.expectedPurchases(recent, weeks: 0) == 0)
        var last = 0.0
        for weeks in stride(from: 1.0, through: 2_000, by: 37) {
            let expected = Self.published.expectedPurchases(recent, weeks: weeks)
            #expect(expected > last)
            last = expected
        }
        #expect(Self.published.probabilityAlive(gone) < 1e-6)
        #expect(Self.published.expectedPurchases(gone, weeks: 52) < 1e-4)
    }

    @Test("The value of a purchase lies between the customer's mean and that of all")
    func value() {
        let model = GammaGammaModel(p: 6.25, q: 3.74, v: 15.44)
        func value(_ repeats: Int, _ mean: Double) -> Double {
            model.expectedValue(
                PurchaseSummary(repeats: repeats, recencyDays: repeats, ageDays: 100, meanValue: mean))
        }
        #expect(abs(value(0, .nan) - 35.218978) < 1e-6)
        #expect(abs(value(1, 20) - 24.638487) < 1e-6)
        #expect(abs(value(5, 50) - 48.808473) < 1e-6)
        #expect(value(1, 0) == model.mean)
    }

    @Test("Parameters are found again in what was drawn from them", arguments: [UInt64(1), 2])
    func recovery(seed: UInt64) throws {
        var world = LifetimeWorld(seed: seed)
        let summaries = (0..<40_000).map { _ in world.customer(ageDays: 280).summary }
        let model = try LifetimeModel(fitting: summaries)
        for (found, truth) in zip(model.purchases.model.parameters, world.purchases.parameters) {
            #expect(abs(log(found / truth)) < 0.25)
        }
        for (found, truth) in zip(try #require(model.money.fitted).model.parameters, world.money.parameters) {
            #expect(abs(log(found / truth)) < 0.25)
        }
    }

    @Test("The 95 % intervals of the parameters hold the truth 93 to 97 times in 100")
    func coverage() throws {
        let isLong = ProcessInfo.processInfo.environment["WEIR_LONG_TESTS"] == "1"
        let runs = isLong ? 2_000 : 150
        var hits = [Int](repeating: 0, count: 7)
        var fitted = 0
        for run in 0..<runs {
            var world = LifetimeWorld(seed: UInt64(run) + 1_000)
            let summaries = (0..<2_000).map { _ in world.customer(ageDays: 365).summary }
            guard let model = try? LifetimeModel(fitting: summaries) else { continue }
            fitted += 1
            let truths = world.purchases.parameters + world.money.parameters
            for index in 0..<7 {
                let interval =
                    index < 4 ? model.purchases.interval(index) : try #require(model.money.fitted).interval(index - 4)
                if interval.contains(truths[index]) { hits[index] += 1 }
            }
        }
        #expect(fitted * 100 >= runs * 99)
        if isLong { print("Coverage of r, alpha, a, b, p, q, v in \(fitted) fits: \(hits)") }
        // Three standard errors of the count besides.
        let slack = 3 * (0.05 * 0.95 / Double(fitted)).squareRoot()
        for count in hits { #expect(abs(Double(count) / Double(fitted) - 0.95) < 0.01 + slack) }
    }

    @Test("What the data cannot tell is refused with the reason")
    func unidentified() {
        let once = [PurchaseSummary](
            repeating: PurchaseSummary(repeats: 0, recencyDays: 0, ageDays: 100), count: 50)
        #expect(throws: MeasurementError.self) { try LifetimeModel(fitting: once) }
        let alike = (1...60).map {
            PurchaseSummary(repeats: 1 + $0 % 4, recencyDays: 70 + $0, ageDays: 200, meanValue: 10)
        }
        #expect(GammaGammaModel.fitted(to: alike) == nil)
    }
}

/// Customers drawn from known parameters.
struct LifetimeWorld {
    var purchases = BetaGeometricModel(r: 0.6, alpha: 6, a: 0.9, b: 2.5)
    var money = GammaGammaModel(p: 4, q: 4, v: 20)
    var random: Xoshiro256StarStar

    init(seed: UInt64) { random = Xoshiro256StarStar(seed: seed) }

    struct Customer {
        /// The first is 0; until the age and, beyond it, until twice the age.
        var days: [Int]
        var values: [Double]
        var ageDays: Int

        var summary: PurchaseSummary {
            let seen = days.filter { $0 <= ageDays }
            let repeats = seen.count - 1
            return PurchaseSummary(
                repeats: repeats, recencyDays: seen[repeats], ageDays: ageDays,
                meanValue: repeats > 0 ? values[1...repeats].reduce(0, +) / Double(repeats) : .nan)
        }
    }

    /// Purchases of one day stay apart, as the models have it.
    mutating func customer(ageDays: Int) -> Customer {
        let rate = gamma(purchases.r) / purchases.alpha / 7
        let (x, y) = (gamma(purchases.a), gamma(purchases.b))
        let leaving = x / (x + y)
        let scale = money.v / gamma(money.q)
        var customer = Customer(days: [0], values: [gamma(money.p) * scale], ageDays: ageDays)
        var time = 0.0
        while true {
            time += -log(1 - random.unit()) / rate
            guard time <= Double(2 * ageDays) else { return customer }
            customer.days.append(max(Int(time.rounded()), customer.days[customer.days.count - 1]))
            customer.values.append(gamma(money.p) * scale)
            if random.unit() < leaving { return customer }
        }
    }

    /// By rejection for shapes below 1 and as a sum for the rest, unlike what is tested.
    mutating func gamma(_ shape: Double) -> Double {
        var sum = 0.0
        for _ in 0..<Int(shape) { sum -= log(1 - random.unit()) }
        let rest = shape - shape.rounded(.down)
        guard rest > 0 else { return sum }
        // Ahrens and Dieter's algorithm GS.
        let e = (M_E + rest) / M_E
        while true {
            let p = e * random.unit()
            let other = random.unit()
            if p <= 1 {
                let x = pow(p, 1 / rest)
                if other <= exp(-x) { return sum + x }
            } else {
                let x = -log((e - p) / rest)
                if other <= pow(x, rest - 1) { return sum + x }
            }
        }
    }
}
