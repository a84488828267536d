import Testing
import WeirLearning
import WeirTraining

@Suite("Explanations")
struct ExplanationTests {
    @Test("A linear score's contributions are weight × (value − mean) ÷ scale and add up to the margin")
    func linear() {
        let model = BatchModel(
            columns: [.init(name: "age"), .init(name: "kind", levels: ["a", "b"]), .init(name: "spend")],
            output: .probability,
            form: .linear(
                LinearScore(
                    bias: -1,
                    terms: [
                        .number(center: 40, scale: 10, weight: 0.5, missing: 0),
                        .category(weights: [0.25, -0.5], missing: 0.125),
                        .number(center: 0, scale: 1, weight: 2, missing: 0.75),
                    ])))
        let row: [Float] = [60, 1, .nan]
        let (base, columns) = row.withUnsafeBufferPointer { model.contributions($0) }
        #expect(base == -1)
        #expect(columns == [1, -0.5, 0.75])
        #expect(row.withUnsafeBufferPointer { model.margin($0) } == 0.25)
    }

    @Test("A tree's contributions are the Shapley values worked out by hand")
    func byHand() {
        // x0 < 0 ? 0 : (x1 < 0 ? 4 : 8); half of the weight on each side of both splits.
        let trees = TreeEnsemble(
            column: [0, -1, 1, -1, -1], threshold: [0, 0, 0, 4, 8], left: [1, 0, 3, 0, 0],
            missingGoesLeft: [true, false, true, false, false], cover: [4, 2, 2, 1, 1], roots: [0], base: 1)
        let model = BatchModel(
            columns: [.init(name: "x0"), .init(name: "x1"), .init(name: "x2")], output: .mean, form: .trees(trees))
        let row: [Float] = [1, 1, 1]
        let (base, columns) = row.withUnsafeBufferPointer { model.contributions($0) }
        // v({}) = 3, v({0}) = 6, v({1}) = 4, v({0, 1}) = 8.
        #expect(base == 4)
        #expect(abs(columns[0] - 3.5) < 1e-12 && abs(columns[1] - 1.5) < 1e-12 && columns[2] == 0)
    }

    @Test("Branches that no training weight has reached are explained without a NaN", arguments: [-1, 1] as [Float])
    func emptyBranch(value: Float) {
        let trees = TreeEnsemble(
            column: [0, -1, 1, -1, -1], threshold: [0, 3, 0, 4, 8], left: [1, 0, 3, 0, 0],
            missingGoesLeft: [true, false, true, false, false], cover: [4, 4, 0, 0, 0], roots: [0], base: 0)
        let model = BatchModel(columns: [.init(name: "a"), .init(name: "b")], output: .mean, form: .trees(trees))
        let row = [value, 1]
        let (base, columns) = row.withUnsafeBufferPointer { model.contributions($0) }
        #expect(base == 3)
        #expect(abs(base + columns[0] + columns[1] - row.withUnsafeBufferPointer { model.margin($0) }) < 1e-12)
    }
}
