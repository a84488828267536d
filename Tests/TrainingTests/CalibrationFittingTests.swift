import Foundation
import Testing
import WeirLearning
import WeirStatistics
import WeirTraining

@Suite("Fitting calibrations")
struct CalibrationFittingTests {
    @Test("Platt's slope and intercept equal those of a general optimiser on his smoothed targets")
    func platt() throws {
        let points = (0..<60).map { -3 + 6 * Double($0) / 59 }
        let labels = (0..<60).map { sigmoid(2 * points[$0] - 0.5) > Double(($0 * 37) % 101) / 101 }
        guard
            case .platt(let slope, let intercept)? = Calibration.fittedPlatt(
                margins: points.map { $0 + 0.7 }, labels: labels)
        else { throw CancellationError() }
        // scipy 1.17.1, BFGS.
        #expect(abs(slope - 1.29139101) < 1e-5)
        #expect(abs(intercept + 0.7 * 1.29139101) < 1e-5)
    }

    /// Margins three times too large, as of a model that is too sure of itself.
    private func overconfident(_ count: Int, seed: UInt64) -> (margins: [Double], labels: [Bool]) {
        var random = Xoshiro256StarStar(seed: seed)
        let truth = (0..<count).map { _ in random.standardNormal() - 1 }
        return (truth.map { 3 * $0 }, truth.map { random.unit() < sigmoid($0) })
    }

    @Test("Platt undoes margins that are three times too large", arguments: UInt64(1)...5)
    func recovery(seed: UInt64) throws {
        let (margins, labels) = overconfident(20_000, seed: seed)
        guard case .platt(let slope, let intercept)? = Calibration.fittedPlatt(margins: margins, labels: labels) else {
            throw CancellationError()
        }
        #expect(abs(slope - 1 / 3.0) < 0.02)
        #expect(abs(intercept) < 0.06)
    }

    @Test("Margins that rank the wrong way, or one label alone, give no Platt calibration")
    func noPlatt() {
        #expect(Calibration.fittedPlatt(margins: [1, 2, 3, 4], labels: [true, true, false, false]) == nil)
        #expect(Calibration.fittedPlatt(margins: [1, 2], labels: [true, true]) == nil)
    }

    @Test(
        "Isotonic probabilities rise, stay inside 0 and 1, and match the rates of their steps", arguments: UInt64(1)...5
    )
    func isotonic(seed: UInt64) throws {
        let (margins, labels) = overconfident(5_000, seed: seed)
        let calibration = try #require(Calibration.fittedIsotonic(margins: margins, labels: labels))
        guard case .isotonic(let points, let probabilities) = calibration else { throw CancellationError() }
        #expect(zip(points, points.dropFirst()).allSatisfy { $0 < $1 })
        #expect(zip(probabilities, probabilities.dropFirst()).allSatisfy { $0 <= $1 })
        #expect(probabilities.allSatisfy { $0 > 0 && $0 < 1 })
        let mean = margins.reduce(0) { $0 + calibration.probability($1) } / 5_000
        #expect(abs(mean - Double(labels.count { $0 }) / 5_000) < 0.01)
    }

    @Test("Rows of one margin, or that cannot be told apart, give no isotonic calibration")
    func noIsotonic() {
        #expect(Calibration.fittedIsotonic(margins: [1, 1, 1], labels: [true, false, true]) == nil)
        #expect(Calibration.fittedIsotonic(margins: [1, 2], labels: [true, false]) == nil)
    }

    @Test("Among calibrations the one with the least later log loss is taken; good margins are left alone")
    func choice() {
        let (margins, labels) = overconfident(4_000, seed: 9)
        #expect(Calibration.chosen(margins: margins, labels: labels).name == "platt")
        #expect(Calibration.chosen(margins: margins.map { $0 / 3 }, labels: labels) == .none)
        // Rates of 60 and 20 % where the margins say 95 and 5 %.
        var random = Xoshiro256StarStar(seed: 3)
        let steps = margins.map { $0 > -3 ? 3.0 : -3 }
        let mild = steps.map { random.unit() < ($0 > 0 ? 0.6 : 0.2) }
        #expect(Calibration.chosen(margins: steps, labels: mild) != .none)
    }

    @Test("Ten rows of each label are needed in the earlier half", arguments: [(9, true), (10, false)])
    func fewRows(positives: Int, isNone: Bool) {
        let (early, late) = (100, 100)
        let labels = (0..<early + late).map { $0 % early < positives }
        let margins = labels.map { $0 ? 8.0 : 4 }
        #expect((Calibration.chosen(margins: margins, labels: labels) == .none) == isNone)
    }
}
