import Foundation
import Testing
import WeirLearning

@Suite("Models that come from outside")
struct BatchModelCheckingTests {
    /// Splits on the first column, then on the second.
    static let trees = TreeEnsemble(
        column: [0, -1, 1, -1, -1], threshold: [0.5, -1, 2, 0.25, 1], left: [1, 0, 3, 0, 0],
        missingGoesLeft: [true, false, false, false, false], cover: [10, 4, 6, 3, 3], roots: [0], base: 0)

    static func model(_ trees: TreeEnsemble, calibration: Calibration = .none) -> BatchModel {
        BatchModel(
            columns: [.init(name: "a"), .init(name: "b")], output: .probability, form: .trees(trees),
            calibration: calibration)
    }

    @Test("A whole one has no fault")
    func whole() {
        #expect(Self.model(Self.trees).fault == nil)
        #expect(
            Self.model(Self.trees, calibration: .isotonic(margins: [-1, 1], probabilities: [0.2, 0.8])).fault == nil)
    }

    static let damages: [(name: String, word: String, damage: @Sendable (inout TreeEnsemble) -> Void)] = [
        ("child out of bounds", "left[2]", { $0.left[2] = 99 }),
        ("last child out of bounds", "left[2]", { $0.left[2] = 4 }),
        ("child is its own parent", "left[0]", { $0.left[0] = 0 }), ("a cycle", "left[2]", { $0.left[2] = 1 }),
        ("negative child", "left[0]", { $0.left[0] = -1 }), ("column out of range", "column[0]", { $0.column[0] = 2 }),
        ("root out of range", "roots", { $0.roots = [5] }), ("negative root", "roots", { $0.roots = [-1] }),
        ("arrays of other lengths", "threshold", { $0.threshold.removeLast() }),
        ("fewer covers", "cover", { $0.cover.removeLast() }), ("no number", "node 3", { $0.threshold[3] = .nan }),
        ("set of levels that is not there", "levelSet[0]", { $0.levelSet = [0, -1, -1, -1, -1] }),
        ("no base", "base", { $0.base = .infinity }),
    ]

    @Test("Each damage is named", arguments: damages.indices)
    func damaged(index: Int) {
        let (name, word, damage) = Self.damages[index]
        var trees = Self.trees
        damage(&trees)
        let fault = Self.model(trees).fault
        #expect(fault?.contains(word) == true, "\(name): \(fault ?? "none")")
    }

    @Test("Linear models and calibrations are looked at too")
    func others() {
        func linear(_ terms: [LinearScore.Term], bias: Double = 0) -> BatchModel {
            BatchModel(
                columns: [.init(name: "a")], output: .probability, form: .linear(LinearScore(bias: bias, terms: terms)))
        }
        let term = LinearScore.Term.number(center: 0, scale: 1, weight: 1, missing: 0)
        #expect(linear([term]).fault == nil)
        #expect(linear([]).fault?.contains("terms: 0 for 1") == true)
        #expect(linear([.number(center: 0, scale: 0, weight: 1, missing: 0)]).fault?.contains("terms[0]") == true)
        #expect(linear([.category(weights: [.nan], missing: 0)]).fault?.contains("terms[0]") == true)
        #expect(linear([term], bias: .nan).fault?.contains("bias") == true)
        let uneven = Calibration.isotonic(margins: [0, 1], probabilities: [0.5])
        #expect(Self.model(Self.trees, calibration: uneven).fault?.contains("calibration") == true)
        let falling = Calibration.isotonic(margins: [1, 0], probabilities: [0.2, 0.8])
        #expect(Self.model(Self.trees, calibration: falling).fault?.contains("ascending") == true)
    }

    @Test("A card whose spreads do not fit their shares, and a level named twice, are faults of the file")
    func cards() {
        func trained(_ spread: ModelCard.Spread?, levels: [String]? = nil) -> TrainedModel {
            var model = Self.model(Self.trees)
            model.columns[1].levels = levels
            return TrainedModel(
                name: "m", model: model,
                card: ModelCard(
                    data: "", rows: 1, target: "", learner: "", features: [], spreads: spread.map { [$0] } ?? []))
        }
        #expect(trained(nil).fault == nil)
        #expect(trained(.init(column: "a", edges: [1, 2], shares: [0.2, 0.3, 0.5, 0])).fault == nil)
        #expect(trained(.init(column: "a", edges: [1, 2], shares: [0.2])).fault?.contains("spreads[0]") == true)
        #expect(trained(.init(column: "a", edges: [.infinity], shares: [1, 0, 0])).fault?.contains("finite") == true)
        #expect(trained(nil, levels: ["x", "x"]).fault?.contains("“b”") == true)
    }
}
