import Foundation
import Testing
import WeirBudgeting
import WeirDomain
import WeirStatistics

/// A stream of offers against one budget, as the engine would run it.
struct Stream {
    var decisions = 10_000
    /// The limit as a share of what all offers together would cost.
    var scarcity = 0.2
    /// Value per unit of cost, log-normal around this.
    var returnMedian = 2.0
    var curve: [Double] = [1]
    /// Share of the time at which decision i of n comes.
    var arrival: (Double) -> Double = { $0 }

    struct Result {
        var spent: Int64 = 0
        var limit: Int64 = 0
        var value = 0.0
        /// What the offline optimum of the relaxed problem would have reached.
        var bound = 0.0
        /// Largest gap between spending and plan after the first tenth, as a share of the limit.
        var largestGap = 0.0
    }

    func run(seed: UInt64) throws -> Result {
        var random = Xoshiro256StarStar(seed: seed)
        let offers = (0..<decisions).map { _ in
            let cost = Int64(50 + random.next() % 451)
            return (cost: cost, value: Double(cost) * returnMedian * exp(0.7 * random.standardNormal()))
        }
        let limit = Int64(scarcity * Double(offers.reduce(0) { $0 + $1.cost }))
        let budget = budget(limit: limit, curve: curve)
        let length = Double(budget.end.microseconds)
        var ledger = Ledger()
        _ = try ledger.fund(budget.id, limit: budget.limit, at: budget.start)
        var controller = PriceController(budget)
        var result = Result(limit: limit)

        for (index, offer) in offers.enumerated() {
            let share = arrival(Double(index) / Double(decisions))
            let time = Timestamp(microseconds: Int64(share * length))
            let isWorthIt = offer.value > controller.publishedPrice * Double(offer.cost)
            let id = DecisionID(number: Int64(index + 1))
            let isGiven =
                isWorthIt
                && (try? ledger.reserve(
                    [.init(budget: 0, amount: dollars(offer.cost))], for: id, at: time)) != nil
            if isGiven {
                _ = try ledger.spend(id, at: time)
                result.value += offer.value
            }
            let account = ledger.accounts[0]
            controller.observe(cost: isGiven ? Double(offer.cost) : 0, at: time, remaining: account.available)
            try #require(account.reserved + account.spent <= limit)
            if share > 0.1 {
                let planned = controller.curve.planned(at: time).minorUnits
                result.largestGap = max(result.largestGap, abs(Double(account.spent - planned)) / Double(limit))
            }
        }
        result.spent = ledger.accounts[0].spent
        // With one budget the optimum of the relaxed problem takes offers by their return until the money is gone.
        var left = Double(limit)
        for offer in offers.sorted(by: { $0.value / Double($0.cost) > $1.value / Double($1.cost) })
        where offer.value > Double(offer.cost) {
            let taken = min(1, left / Double(offer.cost))
            result.bound += taken * offer.value
            left -= taken * Double(offer.cost)
        }
        return result
    }
}

@Suite("PriceController")
struct PriceControllerTests {
    @Test("It reaches 98 % of the offline optimum, spends the budget and never more", arguments: UInt64(0)..<20)
    func nearOptimal(seed: UInt64) throws {
        for scarcity in [0.1, 0.2, 0.5] {
            let result = try Stream(scarcity: scarcity).run(seed: seed)
            #expect(result.value >= 0.98 * result.bound)
            #expect(result.value <= result.bound * (1 + 1e-9))
            #expect(result.spent <= result.limit)
            #expect(Double(result.spent) >= 0.98 * Double(result.limit))
        }
    }

    @Test("A few hundred decisions are enough for most of the optimum", arguments: UInt64(0)..<20)
    func small(seed: UInt64) throws {
        let result = try Stream(decisions: 1000, scarcity: 0.2).run(seed: seed)
        #expect(result.value >= 0.93 * result.bound)
        #expect(Double(result.spent) >= 0.95 * Double(result.limit))
    }

    @Test("Spending follows the declared curve where traffic does", arguments: UInt64(0)..<5)
    func followsCurve(seed: UInt64) throws {
        // A quarter of the traffic before half of the time, three quarters after.
        let result = try Stream(curve: [1, 3]) { $0 < 0.25 ? 2 * $0 : 0.5 + ($0 - 0.25) / 1.5 }.run(seed: seed)
        #expect(result.largestGap < 0.04)
        #expect(result.value >= 0.98 * result.bound)
    }

    @Test("Bursts, silences and a clock that jumps cost little", arguments: UInt64(0)..<5)
    func roughTraffic(seed: UInt64) throws {
        let streams = [
            "burst": Stream { $0 < 0.3 ? $0 : $0 < 0.5 ? 0.3 : 0.3 + ($0 - 0.5) * 1.4 },
            "silence": Stream { $0 < 0.5 ? $0 * 0.6 : 0.7 + ($0 - 0.5) * 0.6 },
            "forward once": Stream { $0 == 0.4 ? 0.95 : $0 },
            "back at times": Stream { Int($0 * 10_000) % 100 == 7 ? $0 * 0.5 : $0 },
            "late start": Stream { 0.5 + $0 / 2 },
            "early end": Stream { $0 * 0.8 },
        ]
        for (name, stream) in streams.sorted(by: { $0.key < $1.key }) {
            let result = try stream.run(seed: seed)
            #expect(result.spent <= result.limit)
            let isCutShort = name == "early end"
            #expect(result.value >= (isCutShort ? 0.85 : 0.9) * result.bound, "\(name)")
            #expect(Double(result.spent) >= (isCutShort ? 0.75 : 0.95) * Double(result.limit), "\(name)")
        }
    }

    @Test("The price rises where spending is above plan and falls to the floor where it is below")
    func direction() {
        var dear = PriceController(budget(limit: 10_000))
        var cheap = PriceController(budget(limit: 10_000), initialPrice: 50)
        for index in 0..<5000 {
            let time = moment(Double(index) * 86.4)
            // Ten thousand decisions come in all, so 1 is on plan.
            dear.observe(cost: 2, at: time, remaining: Int64(10_000 - index))
            cheap.observe(cost: 0.5, at: time, remaining: Int64(10_000 - index))
        }
        #expect(dear.publishedPrice > 10)
        #expect(cheap.state.price == 1)
        #expect(cheap.publishedPrice < 1.01)
        #expect(abs(dear.pace - 2) < 0.05)
        #expect(abs(cheap.pace - 0.5) < 0.02)
        #expect(abs(dear.state.expectedSpend - 10_000) < 1e-6)
    }

    @Test(
        "The floor is the return floor, or next to nothing where that is 0",
        arguments: [(0.0, 1e-6), (0.7, 0.7), (3, 3)])
    func floor(returnFloor: Double, floor: Double) {
        var controller = PriceController(budget(returnFloor: returnFloor))
        #expect(controller.publishedPrice == max(1, returnFloor))
        for index in 0..<9000 { controller.observe(cost: 0, at: moment(Double(index) * 86.4), remaining: 100_000) }
        #expect(controller.state.price == floor)
        // It leaves the floor again.
        for index in 9000..<9500 { controller.observe(cost: 1e4, at: moment(Double(index) * 86.4), remaining: 100_000) }
        #expect(controller.state.price > floor * 10)
    }

    @Test(
        "Step bound, range and hysteresis hold whatever is observed, and nothing stops being a number",
        arguments: UInt64(0)..<50)
    func bounds(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        var settings = PriceController.Settings()
        settings.largestChange = [0.02, 0.2, 1][Int(random.next() % 3)]
        settings.hysteresis = [0, 0.01, 0.3][Int(random.next() % 3)]
        settings.ceiling = 1000
        let days = [0, 1e-11, 10][Int(random.next() % 3)]
        let returnFloor = [0, 1, 5000][Int(random.next() % 3)]
        var controller = PriceController(
            budget(limit: Int64(random.next() % 100_000) + 1, days: days, returnFloor: Double(returnFloor)),
            settings: settings)
        let ceiling = max(1000, controller.floor)

        for _ in 0..<3000 {
            let before = controller.state
            let costs = [0, 1, 300 * random.unit(), 1e300, -1, .nan, .infinity]
            let time = [0, 1, random.unit() * 864_000, -5, 1e9][Int(random.next() % 5)]
            controller.observe(
                cost: costs[Int(random.next() % 7)], at: moment(time),
                remaining: [0, -5, 1, 100_000, .max][Int(random.next() % 5)])
            let state = controller.state

            try #require(abs(log(state.price / before.price)) <= settings.largestChange + 1e-12)
            try #require((controller.floor...ceiling).contains(state.price))
            try #require(state.expectedSpend.isFinite && controller.pace.isFinite)
            let ratio = state.price / before.publishedPrice
            if max(ratio, 1 / ratio) > 1 + settings.hysteresis {
                try #require(state.publishedPrice == state.price)
            } else {
                try #require(state.publishedPrice == before.publishedPrice)
            }
        }
    }

    @Test("Before the start, from the end on and without money nothing moves the price")
    func atRest() {
        var controller = PriceController(budget())
        let state = controller.state
        controller.observe(cost: 500, at: moment(-1e-6), remaining: 100)
        controller.observe(cost: 500, at: moment(864_000), remaining: 100)
        controller.observe(cost: -1, at: moment(1), remaining: 100)
        #expect(controller.state == state)
        controller.observe(cost: 0, at: moment(863_999), remaining: 0)
        #expect(controller.state.price == state.price)
        #expect(controller.state.decisions == 1)
        controller.observe(cost: 500, at: moment(863_999.999999), remaining: 100)
        #expect(controller.state.price > state.price)
    }

    @Test("A snapshot changes nothing", arguments: UInt64(0)..<10)
    func snapshot(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        var first = PriceController(budget())
        func feed(_ controller: inout PriceController, _ random: inout SplitMix64, from start: Int) {
            for index in start..<start + 300 {
                controller.observe(cost: 200 * random.unit(), at: moment(Double(index) * 200), remaining: 60_000)
            }
        }
        feed(&first, &random, from: 0)
        var writer = ByteWriter()
        first.state.encode(to: &writer)
        var reader = ByteReader(writer.bytes)
        var second = try PriceController(budget(), restoring: .init(from: &reader))
        #expect(reader.isAtEnd)
        #expect(first == second)
        var again = random
        feed(&first, &random, from: 300)
        feed(&second, &again, from: 300)
        #expect(first == second)
    }

    @Test("A damaged snapshot is refused, cut short at any byte or with a price that is none")
    func damaged() {
        var writer = ByteWriter()
        PriceController(budget()).state.encode(to: &writer)
        for length in 0..<writer.bytes.count {
            var reader = ByteReader(Array(writer.bytes[..<length]))
            #expect(throws: DamagedRecord.self) { try PriceController.State(from: &reader) }
        }
        for price in [0, -1, Double.nan, .infinity] {
            var bytes = writer.bytes
            withUnsafeBytes(of: price.bitPattern.littleEndian) { bytes.replaceSubrange(1..<9, with: $0) }
            var reader = ByteReader(bytes)
            #expect(throws: DamagedRecord.self) { try PriceController.State(from: &reader) }
        }
    }

    @Test("After a restart under a higher floor the price is at least that")
    func raisedFloor() {
        let old = PriceController(budget(returnFloor: 1))
        let new = PriceController(budget(returnFloor: 4), restoring: old.state)
        #expect(new.state.price == 4)
        #expect(new.publishedPrice == 4)
    }
}
