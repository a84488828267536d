import WeirStatistics

/// Boosted trees or a random forest: the sum of `base` and of the leaves that a row reaches, in each tree one.
///
/// All trees lie side by side in flat arrays; a node is an index. The sum equals XGBoost's own to 32-bit rounding.
public struct TreeEnsemble: Sendable, Hashable, Codable {
    /// What the sum is.
    public enum Sum: String, Sendable, Hashable, Codable {
        case margin
        /// The mean vote of a forest, whose logit is the margin.
        case probability
    }

    /// Of a split: the column that it looks at; −1 in a leaf.
    public var column: [Int32]
    /// Of a split on a number: values below it go left. Of a leaf: what it adds to the sum.
    public var threshold: [Float]
    /// The left child of a split; the right one follows it. 0 in a leaf.
    public var left: [Int32]
    /// Whether a missing value goes left.
    public var missingGoesLeft: [Bool]
    /// How much training weight reached the node (its cover), for explanations.
    public var cover: [Float]
    /// Of a split on a category: the index into `levelSets` of the levels that go right; −1 in other nodes. Empty where
    /// no split is on a category.
    public var levelSet: [Int32]
    /// Sets of levels as bits: level 0 is the lowest bit of the first word. A level beyond the last word is not in.
    public var levelSets: [[UInt32]]
    /// The first node of each tree.
    public var roots: [Int32]
    /// The sum before any tree.
    public var base: Double
    public var sum: Sum

    public init(
        column: [Int32], threshold: [Float], left: [Int32], missingGoesLeft: [Bool], cover: [Float],
        levelSet: [Int32] = [], levelSets: [[UInt32]] = [], roots: [Int32], base: Double, sum: Sum = .margin
    ) {
        self.column = column
        self.threshold = threshold
        self.left = left
        self.missingGoesLeft = missingGoesLeft
        self.cover = cover
        self.levelSet = levelSet
        self.levelSets = levelSets
        self.roots = roots
        self.base = base
        self.sum = sum
    }

    /// - Parameter row: One value per column.
    public func margin(_ row: UnsafeBufferPointer<Float>) -> Double {
        // 32 bits, in the order of the trees, as XGBoost adds.
        var leaves: Float = 0
        for root in roots {
            var node = Int(root)
            while column[node] >= 0 { node = child(of: node, row) }
            leaves += threshold[node]
        }
        return margin(ofSum: base + Double(leaves))
    }

    /// The margin that belongs to a sum of leaves.
    func margin(ofSum total: Double) -> Double {
        switch sum {
        case .margin: total
        case .probability: logit(min(max(total, 1e-6), 1 - 1e-6))
        }
    }

    /// Where a row goes from a split.
    @inline(__always)
    func child(of node: Int, _ row: UnsafeBufferPointer<Float>) -> Int {
        let value = row[Int(column[node])]
        let goesLeft =
            if value.isNaN {
                missingGoesLeft[node]
            } else if levelSet.isEmpty || levelSet[node] < 0 {
                value < threshold[node]
            } else {
                !contains(value, in: levelSets[Int(levelSet[node])])
            }
        return Int(left[node]) + (goesLeft ? 0 : 1)
    }

    private func contains(_ value: Float, in levels: [UInt32]) -> Bool {
        guard let level = Int(exactly: value), level >= 0, level >> 5 < levels.count else { return false }
        return levels[level >> 5] >> UInt32(level & 31) & 1 == 1
    }
}
