import Testing
import WeirLearning

@Suite("Tree ensembles")
struct TreeEnsembleTests {
    /// One split at 2: 10 to the left, 20 to the right.
    private func tree(missingGoesLeft: Bool) -> TreeEnsemble {
        TreeEnsemble(
            column: [0, -1, -1], threshold: [2, 10, 20], left: [1, 0, 0],
            missingGoesLeft: [missingGoesLeft, false, false], cover: [2, 1, 1], roots: [0], base: 0.5)
    }

    @Test(
        "What lies below a threshold goes left, what lies on it right, and what is missing as the tree says",
        arguments: [(1.999, true, 10.5), (2, true, 20.5), (.nan, true, 10.5), (.nan, false, 20.5)]
            as [(
                Float, Bool, Double
            )])
    func split(value: Float, missingGoesLeft: Bool, margin: Double) {
        let tree = tree(missingGoesLeft: missingGoesLeft)
        let found = withUnsafePointer(to: value) { tree.margin(UnsafeBufferPointer(start: $0, count: 1)) }
        #expect(found == margin)
    }
}
