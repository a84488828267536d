import Foundation
import Testing
import WeirEvaluation
import WeirStatistics

@Suite("Uplift evaluation")
struct UpliftTests {
    /// Rows whose outcome is 1 with probability 0.2, and where treated 0.2 + `effect` · x more.
    func world(rows: Int, effect: Double, seed: UInt64) -> (x: [Double], isTreated: [Bool], outcomes: [Double]) {
        var random = Xoshiro256StarStar(seed: seed)
        var world: (x: [Double], isTreated: [Bool], outcomes: [Double]) = ([], [], [])
        for _ in 0..<rows {
            let x = random.unit()
            let isTreated = random.unit() < 0.5
            world.x.append(x)
            world.isTreated.append(isTreated)
            world.outcomes.append(random.unit() < 0.2 + (isTreated ? effect * x : 0) ? 1 : 0)
        }
        return world
    }

    @Test("Areas, top uplift and policy value equal the reference's own functions to twelve digits")
    func reference() throws {
        let trial = try UpliftReference.trial()
        #expect(abs(trial.areas.auuc - UpliftReference.auuc) < 1e-12)
        #expect(abs(trial.areas.qini - UpliftReference.qini) < 1e-12)
        #expect(abs(trial.areas.end - UpliftReference.end) < 1e-12)
        let result = trial.evaluated()
        #expect(abs(try #require(result.top.uplift).estimate - UpliftReference.topUplift) < 1e-12)
        let policy = try #require(result.policies.first { $0.share == 0.3 })
        #expect(abs(policy.value.estimate - UpliftReference.policyValue) < 1e-12)
        // 200 resamples on each side: their ratio has a standard error of about 7 %.
        #expect(abs(result.qiniStandardError / UpliftReference.qiniStandardError - 1) < 0.2)
    }

    @Test("The curve is its formula, also before the first control")
    func byHand() throws {
        let trial = try UpliftTrial(
            scores: [4, 3, 2, 1], isTreated: [true, false, true, false], outcomes: [1, 1, 0, 0],
            propensities: [0.5, 0.5, 0.5, 0.5])
        // 1; 1 − 1·1; 1 − 1·2; 1 − 0.5·2, each ÷ 2 treated.
        #expect(trial.curve(parts: 4) == [0, 0.5, 0, -0.5, 0])
        #expect(trial.areas.auuc == 0 && trial.areas.qini == 0)
    }

    @Test("Equal scores keep the rows' order, so the result does not depend on sorting")
    func ties() throws {
        let world = world(rows: 500, effect: 0.3, seed: 3)
        let half = [Double](repeating: 0.5, count: 500)
        func qini(_ scores: [Double]) throws -> Double {
            try UpliftTrial(scores: scores, isTreated: world.isTreated, outcomes: world.outcomes, propensities: half)
                .areas.qini
        }
        #expect(try qini(half) == qini((0..<500).map { -Double($0) }))
        #expect(try qini(half) != qini((0..<500).map { Double($0) }))
    }

    @Test("A ranking by the true effect is above zero, a ranking by chance is not", arguments: UInt64(0)..<5)
    func skill(seed: UInt64) throws {
        let world = world(rows: 8_000, effect: 0.4, seed: seed)
        let half = [Double](repeating: 0.5, count: 8_000)
        let known = try UpliftTrial(
            scores: world.x, isTreated: world.isTreated, outcomes: world.outcomes, propensities: half
        ).evaluated()
        #expect(known.qini.lower > 0)
        // Twenty intervals of 95 % do not all hold the truth; twenty of three standard errors do.
        func isNear(_ interval: Interval, _ truth: Double) -> Bool {
            abs(interval.estimate - truth) < 3 * (interval.upper - interval.lower) / (2 * 1.96)
        }
        #expect(isNear(known.qini, 0.4 / 12))  // ∫ of 0.4 (u − u²/2) less half of 0.2.
        #expect(isNear(known.averageEffect, 0.2))
        #expect(isNear(try #require(known.top.uplift), 0.34))
        #expect(isNear(try #require(known.policies.first { $0.share == 0.5 }).overRandom, 0.05))
        var random = Xoshiro256StarStar(seed: seed + 50)
        let chance = try UpliftTrial(
            scores: world.x.map { _ in random.unit() }, isTreated: world.isTreated, outcomes: world.outcomes,
            propensities: half
        ).evaluated()
        #expect(abs(chance.qini.estimate) < 3 * chance.qiniStandardError)
    }

    @Test("The Qini interval holds zero in at least 93 % of 500 trials without effect")
    func coverage() throws {
        let covered = try (0..<500).count { trial in
            let world = world(rows: 800, effect: 0, seed: UInt64(trial) + 1_000)
            return try UpliftTrial(
                scores: world.x, isTreated: world.isTreated, outcomes: world.outcomes,
                propensities: [Double](repeating: 0.5, count: 800)
            ).evaluated().qini.contains(0)
        }
        #expect(covered >= 465)
    }

    @Test("Treating nobody and treating all are worth the groups' means")
    func ends() throws {
        let world = world(rows: 4_000, effect: 0.2, seed: 9)
        let share = Double(world.isTreated.count { $0 }) / 4_000
        let result = try UpliftTrial(
            scores: world.x, isTreated: world.isTreated, outcomes: world.outcomes,
            propensities: [Double](repeating: share, count: 4_000)
        ).evaluated()
        let treated = zip(world.outcomes, world.isTreated).filter(\.1).map(\.0)
        let left = zip(world.outcomes, world.isTreated).filter { !$0.1 }.map(\.0)
        let (first, last) = (try #require(result.policies.first), try #require(result.policies.last))
        #expect(abs(first.value.estimate - left.reduce(0, +) / Double(left.count)) < 1e-9)
        #expect(abs(last.value.estimate - treated.reduce(0, +) / Double(treated.count)) < 1e-9)
        #expect(abs(first.overRandom.estimate) < 1e-12 && abs(last.overRandom.estimate) < 1e-12)
    }

    @Test("What cannot be judged is refused by name, row and remedy")
    func refusals() {
        #expect(throws: UpliftTrialError.noControls) {
            try UpliftTrial(scores: [1], isTreated: [true], outcomes: [1], propensities: [0.5])
        }
        #expect(throws: UpliftTrialError.noTreated) {
            try UpliftTrial(scores: [1], isTreated: [false], outcomes: [1], propensities: [0.5])
        }
        #expect(throws: UpliftTrialError.length("outcome", 1, scores: 2)) {
            try UpliftTrial(scores: [1, 2], isTreated: [true, false], outcomes: [1], propensities: [0.5, 0.5])
        }
        #expect(throws: UpliftTrialError.value("propensity", 1, 1, "above 0 and below 1")) {
            try UpliftTrial(scores: [1, 2], isTreated: [true, false], outcomes: [1, 0], propensities: [0.5, 1])
        }
    }

    @Test("The comparison finds the candidate that knows, and says when two differ by chance only")
    func comparison() throws {
        let world = world(rows: 6_000, effect: 0.4, seed: 21)
        var random = Xoshiro256StarStar(seed: 22)
        let alike = (0..<2).map { _ in world.x.map { $0 + 0.02 * random.standardNormal() } }
        let chance = world.x.map { _ in random.unit() }
        let folds = world.x.indices.map { $0 % 5 }
        let comparison = try UpliftComparison(
            names: ["chance", "one", "two"], predictions: [[chance], [alike[0]], [alike[1]]], folds: [folds],
            isTreated: world.isTreated, outcomes: world.outcomes, seed: 1)
        #expect(comparison.chosen.sorted() == [1, 2] && comparison.chosen[0] == comparison.best)
        // The difference of two that are nearly the same is known far better than either.
        #expect(
            max(comparison.candidates[1].behindStandardError, comparison.candidates[2].behindStandardError)
                < comparison.candidates[1].standardError / 2)
    }
}
