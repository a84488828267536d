extension TreeEnsemble {
    /// What each column adds to the sum for a row: the SHAP values of the tree paths; they and `base` give the sum.
    ///
    /// Columns that a coalition does not know are averaged over by the training weight of the branches, as XGBoost's
    /// `pred_contribs` does.
    ///
    /// Source: Lundberg et al., "From Local Explanations to Global Understanding with Explainable AI for Trees" (Nature
    /// Machine Intelligence 2, 2020), Algorithm 2.
    ///
    /// - Parameter row: One value per column.
    /// - Returns: The mean sum over the training rows, and one addend per column.
    /// - Complexity: O(leaves × depth²).
    func sharesOfSum(_ row: UnsafeBufferPointer<Float>) -> (base: Double, columns: [Double]) {
        let summaries = roots.map { summary(below: Int($0)) }
        let depth = summaries.lazy.map(\.depth).max() ?? 0
        // Each node on the way down has its own copy of the path to it, one step longer than its parent's at most.
        return withUnsafeTemporaryAllocation(of: PathWalk.Step.self, capacity: (depth + 1) * (depth + 2) / 2) { steps in
            var walk = PathWalk(trees: self, row: row, steps: steps.baseAddress!)
            for root in roots { walk.descend(Int(root), parent: 0..<0, zeroShare: 1, oneShare: 1, column: -1) }
            return (summaries.reduce(base) { $0 + $1.mean }, walk.shares)
        }
    }

    /// The mean leaf below a node over the training weight, and the splits on the longest way to a leaf.
    private func summary(below node: Int) -> (mean: Double, depth: Int) {
        guard column[node] >= 0 else { return (Double(threshold[node]), 0) }
        let child = Int(left[node])
        let (left, right) = (summary(below: child), summary(below: child + 1))
        let (leftCover, rightCover) = (Double(cover[child]), Double(cover[child + 1]))
        let total = leftCover + rightCover
        let mean =
            total > 0 ? (leftCover * left.mean + rightCover * right.mean) / total : (left.mean + right.mean) / 2
        return (mean, max(left.depth, right.depth) + 1)
    }
}

/// Walks a tree for one row while it keeps how many coalitions of columns let the row reach a node.
private struct PathWalk {
    /// A column on the path from the root; names as in Algorithm 2.
    struct Step {
        var column: Int
        /// Share of training weight that goes this way where the column is not known (z).
        var zeroShare: Double
        /// 1 where the row itself goes this way, else 0 (o).
        var oneShare: Double
        /// Proportion of coalitions of a size (w).
        var weight: Double
    }

    let trees: TreeEnsemble
    let row: UnsafeBufferPointer<Float>
    /// Room for the paths to a node and to all nodes above it, one behind the other.
    let steps: UnsafeMutablePointer<Step>
    var shares: [Double]

    init(trees: TreeEnsemble, row: UnsafeBufferPointer<Float>, steps: UnsafeMutablePointer<Step>) {
        self.trees = trees
        self.row = row
        self.steps = steps
        shares = [Double](repeating: 0, count: row.count)
    }

    /// - Parameter parent: Where in `steps` the parent's path lies.
    mutating func descend(_ node: Int, parent: Range<Int>, zeroShare: Double, oneShare: Double, column: Int) {
        let path = steps + parent.upperBound
        var count = parent.count
        path.initialize(from: steps + parent.lowerBound, count: count)
        Self.extend(path, count, zeroShare: zeroShare, oneShare: oneShare, column: column)
        count += 1
        guard trees.column[node] >= 0 else {
            let leaf = Double(trees.threshold[node])
            for index in 1..<max(count, 1) {
                let weight = Self.weightWithout(index, path, count)
                shares[path[index].column] += weight * (path[index].oneShare - path[index].zeroShare) * leaf
            }
            return
        }
        let column = Int(trees.column[node])
        let hot = trees.child(of: node, row)
        let cold = 2 * Int(trees.left[node]) + 1 - hot
        // A column that comes again counts once: its earlier step is undone and its shares multiplied in.
        var zero = 1.0
        var one = 1.0
        if let earlier = (1..<count).first(where: { path[$0].column == column }) {
            (zero, one) = (path[earlier].zeroShare, path[earlier].oneShare)
            Self.unwind(path, count, earlier)
            count -= 1
        }
        let total = Double(trees.cover[hot]) + Double(trees.cover[cold])
        let own = parent.upperBound..<parent.upperBound + count
        for (child, one) in [(hot, one), (cold, 0)] {
            // A branch that neither the row nor any training weight takes adds nothing, and would divide 0 by 0.
            let share = total > 0 ? zero * Double(trees.cover[child]) / total : 0
            guard share > 0 || one > 0 else { continue }
            descend(child, parent: own, zeroShare: share, oneShare: one, column: column)
        }
    }

    /// Adds a step to a path of `depth` steps.
    private static func extend(
        _ path: UnsafeMutablePointer<Step>, _ depth: Int, zeroShare: Double, oneShare: Double, column: Int
    ) {
        let step = Step(column: column, zeroShare: zeroShare, oneShare: oneShare, weight: depth == 0 ? 1 : 0)
        (path + depth).initialize(to: step)
        for index in stride(from: depth - 1, through: 0, by: -1) {
            path[index + 1].weight += oneShare * path[index].weight * Double(index + 1) / Double(depth + 1)
            path[index].weight *= zeroShare * Double(depth - index) / Double(depth + 1)
        }
    }

    /// Takes the step at `position` out of a path of `count`, as if it had never been added.
    private static func unwind(_ path: UnsafeMutablePointer<Step>, _ count: Int, _ position: Int) {
        let depth = count - 1
        let (zero, one) = (path[position].zeroShare, path[position].oneShare)
        var next = path[depth].weight
        for index in stride(from: depth - 1, through: 0, by: -1) {
            if one != 0 {
                let old = path[index].weight
                path[index].weight = next * Double(depth + 1) / (Double(index + 1) * one)
                next = old - path[index].weight * zero * Double(depth - index) / Double(depth + 1)
            } else {
                path[index].weight *= Double(depth + 1) / (zero * Double(depth - index))
            }
        }
        for index in position..<depth {
            path[index].column = path[index + 1].column
            path[index].zeroShare = path[index + 1].zeroShare
            path[index].oneShare = path[index + 1].oneShare
        }
    }

    /// The weights' sum after `unwind`, without changing the path.
    private static func weightWithout(_ position: Int, _ path: UnsafeMutablePointer<Step>, _ count: Int) -> Double {
        let depth = count - 1
        let (zero, one) = (path[position].zeroShare, path[position].oneShare)
        var next = path[depth].weight
        var sum = 0.0
        for index in stride(from: depth - 1, through: 0, by: -1) {
            if one != 0 {
                let weight = next * Double(depth + 1) / (Double(index + 1) * one)
                sum += weight
                next = path[index].weight - weight * zero * Double(depth - index) / Double(depth + 1)
            } else {
                sum += path[index].weight * Double(depth + 1) / (zero * Double(depth - index))
            }
        }
        return sum
    }
}
