import WeirLift
import Foundation
import Testing
import WeirReporting
import WeirStatistics

/// Customers whose margin follows a known feature, of whom some would get an offer that is worth `effect` to each.
private struct LiftWorld {
    var customers = 400
    var propensity = 0.8
    var effect = 0.5
    var offeredShare = 1.0
    /// A second cohort that comes with another chance of treatment and buys more anyway.
    var hasCohorts = false

    func trial(seed: UInt64) -> LiftTrial {
        var random = Xoshiro256StarStar(seed: seed)
        var customers: [LiftTrial.Customer] = []
        var deeds: [LiftTrial.Deed] = []
        for index in 0..<self.customers {
            let feature = random.standardNormal()
            let isLate = hasCohorts && index % 2 == 1
            let chance = isLate ? 0.5 : propensity
            let isTreated = random.unit() < chance
            let isOffered = random.unit() < offeredShare
            let noise = random.standardNormal()
            let value = 3 + 2 * feature + (isLate ? 2 : 0) + noise + (isTreated && isOffered ? effect : 0)
            customers.append(
                LiftTrial.Customer(
                    isTreated: isTreated, propensity: chance, exposed: 0, offered: isOffered ? 86_400 : nil,
                    campaign: isOffered ? index % 2 : nil, segment: index % 3, features: [feature]))
            deeds.append(
                LiftTrial.Deed(
                    customer: index, time: 100_000 + Double(index), conversions: value > 3 ? 1 : 0, value: value,
                    cost: isTreated && isOffered ? 0.25 : 0, followsOffer: isOffered))
        }
        var trial = LiftTrial(customers: customers, deeds: deeds, from: 0, to: 864_000)
        trial.campaigns = ["spring", "summer"]
        trial.segments = .init(name: "tier", labels: ["a", "b", "c"])
        return trial
    }
}

@Suite("Lift")
struct LiftTests {
    /// Share of runs whose interval holds `truth`, and mean width, by method.
    private func coverage(
        _ world: LiftWorld, _ truth: Double, runs: Int = 400, of effect: (LiftAnalysis) -> LiftEffect?
    ) throws -> [(share: Double, width: Double)] {
        var held = [0, 0, 0]
        var width = [0.0, 0, 0]
        for seed in 0..<UInt64(runs) {
            let analysis = try LiftAnalysis(world.trial(seed: seed), hasDetails: false)
            let reading = try #require(effect(analysis)?[.value])
            for (index, interval) in [reading.difference, reading.weighted, reading.doublyRobust].enumerated() {
                if interval.contains(truth) { held[index] += 1 }
                width[index] += (interval.upper - interval.lower) / Double(runs)
            }
        }
        return zip(held, width).map { (Double($0) / Double(runs), $1) }
    }

    @Test("Holdout, inverse propensity and doubly robust hold the truth as often as they say; the last is sharpest")
    func covers() throws {
        let rates = try coverage(LiftWorld(), 0.5) { $0.everyone }
        for rate in rates { #expect((0.92...0.98).contains(rate.share)) }
        #expect(rates[2].width < 0.6 * rates[0].width)
    }

    @Test("Where the share held out has changed the plain difference is wrong, the weighted ones are not")
    func changedShare() throws {
        let rates = try coverage(LiftWorld(customers: 600, propensity: 0.95, hasCohorts: true), 0.5, runs: 300) {
            $0.everyone
        }
        #expect(rates[0].share < 0.5)
        #expect((0.92...0.98).contains(rates[1].share))
        #expect((0.92...0.98).contains(rates[2].share))
    }

    @Test("Ghost offers find those who matter: same total, less noise")
    func ghosts() throws {
        let world = LiftWorld(customers: 2_000, offeredShare: 0.2)
        let rates = try coverage(world, 0.5, runs: 200) { $0.offered }
        #expect((0.91...0.985).contains(rates[0].share) && (0.91...0.985).contains(rates[2].share))
        let everyone = try coverage(world, 0.1, runs: 50) { $0.everyone }
        // Per customer of all: a fifth of the effect on the offered.
        #expect(0.2 * rates[0].width < 0.6 * everyone[0].width)
    }

    /// Sleep of Student (1908): `t.test(extra ~ group)` in R gives −3.3654832 … 0.2054832.
    @Test("With one chance for all, inverse propensity is the difference in means and has Welch's interval")
    func welch() throws {
        let first = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]
        let second = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]
        let values = first + second
        let trial = LiftTrial(
            customers: values.indices.map { .init(isTreated: $0 < 10, propensity: 0.5, exposed: 0) },
            deeds: values.enumerated().map { .init(customer: $0, time: 1, value: $1) }, from: 0, to: 10)
        let reading = try #require(try LiftAnalysis(trial).everyone[.value])
        for interval in [reading.difference, reading.weighted] {
            #expect(abs(interval.estimate - -1.58) < 1e-12)
            #expect(abs(interval.lower - -3.3654832) < 1e-6)
            #expect(abs(interval.upper - 0.2054832) < 1e-6)
        }
    }

    @Test("Only what was done since the first decision, the first offer and the given moment counts")
    func starts() throws {
        var trial = LiftTrial(
            customers: (0..<8).map {
                .init(isTreated: $0 < 4, propensity: 0.5, exposed: 10, offered: 20)
            }, deeds: [], from: 5, to: 40)
        trial.deeds = [9, 10, 19, 20, 39].map { .init(customer: 0, time: $0, conversions: 1) }
        let early = try LiftAnalysis(trial)
        #expect(early.everyone[.conversions]?.treated == 1)
        #expect(early.offered?[.conversions]?.treated == 0.5)
        trial.from = 20
        #expect(try LiftAnalysis(trial).everyone[.conversions]?.treated == 0.5)
        trial.from = 20.5
        #expect(try LiftAnalysis(trial).everyone[.conversions]?.treated == 0.25)
    }

    @Test("Margin per unit of cost and its interval")
    func returnOnCost() throws {
        var held = 0
        for seed in 0..<200 as Range<UInt64> {
            let analysis = try LiftAnalysis(LiftWorld().trial(seed: seed), hasDetails: false)
            let ratio = try #require(analysis.everyone.returnOnCost)
            #expect(ratio.lower < ratio.estimate && ratio.estimate < ratio.upper)
            if ratio.contains(2) { held += 1 }
        }
        #expect((182...198).contains(held))
    }

    @Test("Segments that are alike seldom differ, those that are not do")
    func heterogeneity() throws {
        var alarms = 0
        for seed in 0..<200 as Range<UInt64> {
            let analysis = try LiftAnalysis(LiftWorld().trial(seed: seed))
            #expect(analysis.segments.map(\.name) == ["a", "b", "c"])
            #expect(analysis.segments.reduce(0) { $0 + $1.treated } == analysis.everyone.treated)
            if try #require(analysis.heterogeneity(of: analysis.segments)) < 0.05 { alarms += 1 }
        }
        #expect(alarms < 24)
        var trial = LiftWorld().trial(seed: 1)
        for index in trial.deeds.indices {
            let customer = trial.customers[trial.deeds[index].customer]
            if customer.segment == 2, customer.isTreated { trial.deeds[index].value += 2 }
        }
        let analysis = try LiftAnalysis(trial)
        #expect(try #require(analysis.heterogeneity(of: analysis.segments)) < 1e-6)
        #expect(analysis.segments[2][.margin]!.doublyRobust.lower > analysis.segments[0][.margin]!.doublyRobust.upper)
    }

    @Test("Campaigns are told apart by the first offer; weeks show when an effect began")
    func campaignsAndWeeks() throws {
        var trial = LiftWorld(customers: 600).trial(seed: 2)
        trial.to = 5 * 604_800 + 10
        for index in 0..<600 {
            for week in 0..<5 {
                let isBetter = trial.customers[index].isTreated && week >= 3
                trial.deeds.append(
                    .init(customer: index, time: Double(week) * 604_800 + 200_000, value: isBetter ? 3 : 1))
            }
        }
        let analysis = try LiftAnalysis(trial)
        #expect(analysis.campaigns.map(\.name) == ["spring", "summer"])
        #expect(analysis.campaigns.reduce(0) { $0 + $1.heldOut } == analysis.offered?.heldOut)
        #expect(analysis.weeks.count == 5)
        #expect(
            analysis.weeks.map { abs($0.reading.doublyRobust.estimate - 2) < 0.01 } == [
                false, false, false, true, true,
            ])
        #expect(abs(analysis.weeks[1].reading.doublyRobust.estimate) < 0.01)
    }

    @Test("A group is compared from ten customers in each arm on, and named where it has fewer")
    func smallGroups() throws {
        var trial = LiftWorld().trial(seed: 9)
        let heldOut = trial.customers.indices.filter { !trial.customers[$0].isTreated }
        for index in trial.customers.indices {
            trial.customers[index].segment = trial.customers[index].isTreated ? index % 2 : 0
        }
        for index in heldOut.prefix(9) { trial.customers[index].segment = 1 }
        #expect(try LiftAnalysis(trial).segments.map(\.name) == ["a"])
        #expect(try LiftAnalysis(trial).leftOut == ["b"])
        trial.customers[heldOut[9]].segment = 1
        #expect(try LiftAnalysis(trial).segments.map(\.name) == ["a", "b"])
    }

    @Test("Last touch takes credit for all that follows an offer")
    func lastTouch() throws {
        let analysis = try LiftAnalysis(LiftWorld().trial(seed: 3))
        let treated = Double(analysis.everyone.treated)
        #expect(analysis.lastTouch.value > 3 * treated)
        #expect(analysis.lastTouch.cost == 0.25 * treated)
        let table = try #require(analysis.report.tables.first { $0.name == "last-touch" })
        #expect(table.rows.count == 3)
        #expect(analysis.report.conclusion.contains { $0.hasPrefix("Last touch credits") })
    }
}

@Suite("Lift: exact shares")
struct ExactLiftTests {
    private func shares(_ treated: (Int, Int), _ heldOut: (Int, Int)) throws -> Interval {
        let count = treated.1 + heldOut.1
        let trial = LiftTrial(
            customers: (0..<count).map { .init(isTreated: $0 < treated.1, propensity: 0.5, exposed: 0) },
            deeds: (Array(0..<treated.0) + Array(treated.1..<treated.1 + heldOut.0)).map {
                .init(customer: $0, time: 1, conversions: 1)
            }, from: 0, to: 10)
        return try LiftAnalysis(trial, confidence: 0.9, hasDetails: false).everyone.exactShares
    }

    /// Each arm at 95 %: R's binom.test(5, 20) gives 0.08657147 … 0.49104587, binom.test(0, 10) 0 … 0.3084971.
    @Test("The limits are those of Clopper and Pearson, set against each other")
    func limits() throws {
        let difference = try shares((5, 20), (0, 10))
        #expect(difference.estimate == 0.25)
        #expect(abs(difference.lower - (0.08657147 - 0.3084971)) < 1e-7)
        #expect(abs(difference.upper - 0.49104587) < 1e-7)
        let mirrored = try shares((0, 10), (5, 20))
        #expect(mirrored.lower == -difference.upper && mirrored.upper == -difference.lower)
        let all = try shares((10, 10), (10, 10))
        #expect(abs(all.lower + 0.3084971) < 1e-7 && abs(all.upper - 0.3084971) < 1e-7)
    }

    @Test("They hold at least as often as stated, however rare conversions are", arguments: [0.02, 0.1, 0.5])
    func exact(share: Double) throws {
        let (one, two) = (12, 9)
        func probability(_ k: Int, _ n: Int) -> Double {
            let ways = (0..<k).reduce(1.0) { $0 * Double(n - $1) / Double($1 + 1) }
            return ways * pow(share, Double(k)) * pow(1 - share, Double(n - k))
        }
        var held = 0.0
        for first in 0...one {
            for second in 0...two where try shares((first, one), (second, two)).contains(0) {
                held += probability(first, one) * probability(second, two)
            }
        }
        #expect(held >= 0.9)
    }
}

@Suite("Lift: doubts")
struct LiftDoubtTests {
    private func warnings(_ trial: LiftTrial) throws -> String {
        try LiftAnalysis(trial).report.warnings.joined(separator: "\n")
    }

    @Test("An arm that is empty, a chance of 0 or 1, ragged features and lost deeds are refused, all at once")
    func faults() throws {
        var trial = LiftTrial(
            customers: [
                .init(isTreated: true, propensity: 1, exposed: 0, features: [1]),
                .init(isTreated: true, propensity: 0.5, exposed: 0),
            ], deeds: [.init(customer: 7, time: 0)], from: 0, to: 1)
        let error = #expect(throws: MeasurementError.self) { try LiftAnalysis(trial) }
        #expect(error?.faults.count == 4)
        trial = LiftWorld(customers: 40).trial(seed: 1)
        trial.customers = trial.customers.map {
            var customer = $0
            customer.isTreated = true
            return customer
        }
        #expect(throws: MeasurementError.self) { try LiftAnalysis(trial) }
        // The least that can be compared.
        trial.customers[0].isTreated = false
        #expect(throws: MeasurementError.self) { try LiftAnalysis(trial) }
        trial.customers[1].isTreated = false
        #expect(throws: Never.self) { try LiftAnalysis(trial) }
    }

    @Test("A lost part of an arm is noticed, chance is not blamed")
    func sampleRatio() throws {
        var trial = LiftWorld(customers: 2_000).trial(seed: 4)
        #expect(try !warnings(trial).contains("something lost customers"))
        let lost = Set(trial.customers.indices.filter { !trial.customers[$0].isTreated }.prefix(100))
        let kept = trial.customers.indices.filter { !lost.contains($0) }
        trial.customers = kept.map { trial.customers[$0] }
        trial.deeds = []
        #expect(try warnings(trial).contains("something lost customers"))
    }

    @Test("Contamination, few held out, low counts and no power are said, and not said where they are not")
    func saysSo() throws {
        var trial = LiftWorld(customers: 4_000, effect: 2).trial(seed: 5)
        #expect(try warnings(trial).isEmpty)
        trial.contaminated = 40
        #expect(try warnings(trial).contains("40 customers (1.0 %) were met in both arms"))
        let small = LiftWorld(customers: 60, effect: 0).trial(seed: 5)
        let said = try warnings(small)
        #expect(said.contains("are held out: one of them can turn the answer"))
        #expect(said.contains("too few for the intervals of means"))
        let weak = try LiftAnalysis(small).report
        #expect(weak.conclusion[0].hasPrefix("It is not shown"))
    }

    @Test("Where conversions do not compare, the metric leads")
    func metric() throws {
        var trial = LiftWorld().trial(seed: 6)
        trial.isValueComparable = false
        trial.metric = "sales"
        trial.deeds += trial.customers.indices.map {
            .init(customer: $0, time: 5, metric: trial.customers[$0].isTreated ? 12 : 10)
        }
        let analysis = try LiftAnalysis(trial)
        #expect(trial.leading == .metric && analysis.everyone[.margin] == nil)
        #expect(abs(analysis.everyone[.metric]!.doublyRobust.estimate - 2) < 1e-6)
        #expect(analysis.everyone.returnOnCost == nil && analysis.everyone[.conversions] == nil)
        #expect(analysis.report.conclusion[0].contains("sales"))
        #expect(analysis.report.kind == "lift")
    }

    @Test("The truth check counts whose interval holds the truth, and says what last touch claims")
    func truthCheck() throws {
        func run(_ seed: UInt64, _ gap: Double) -> TruthCheck.Run {
            let interval = Interval(estimate: 1 + gap, lower: 0.5 + gap, upper: 1.5 + gap)
            let reading = LiftEffect.Reading(
                outcome: .conversions, treated: 2, heldOut: 1, difference: interval, weighted: interval,
                doublyRobust: Interval(estimate: 1, lower: 0.9, upper: 1.1), relative: nil, standardError: 0.1,
                detectable: 0.3)
            return TruthCheck.Run(
                seed: seed, treated: 9, heldOut: 1, heldOutOffered: 1,
                truths: [
                    .init(population: .everyone, outcome: .conversions, truth: 1, reading: reading, claimed: 1.6)
                ])
        }
        let check = TruthCheck(world: "test", runs: (0..<100).map { run($0, $0 % 5 == 0 ? 0.6 : 0.1) })
        #expect(check.rows.map(\.coverage.estimate) == [0.8, 0.8, 1])
        #expect(abs(check.rows[0].bias.estimate - 0.2) < 1e-12)
        #expect(abs(check.claims[0].ratio - 1.6) < 1e-12)
        #expect(check.claims[0].plausible.estimate == 0)
        let report = check.report
        #expect(report.kind == "truth-check")
        #expect(report.conclusion[0].hasPrefix("Not all readings"))
        #expect(report.conclusion[1].contains("1.60 ×"))
        #expect(report.warnings.count == 3)
    }
}
