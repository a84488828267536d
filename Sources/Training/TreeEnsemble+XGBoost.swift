import WeirJSON
package import WeirLearning

extension TreeEnsemble {
    /// No trees yet; the sum is `base`.
    package init(base: Double, sum: Sum = .margin) {
        self.init(
            column: [], threshold: [], left: [], missingGoesLeft: [], cover: [], roots: [], base: base, sum: sum)
    }

    /// Takes over the trees of a model that XGBoost has saved as JSON.
    ///
    /// - Parameters:
    ///   - bytes: As saved by XGBoost 1.6 and later.
    ///   - first: Takes the first so many trees only; nil takes all.
    ///   - scale: Multiplies the leaves.
    package mutating func append(xgboost bytes: [UInt8], first: Int? = nil, scale: Float = 1) throws(TrainingError) {
        let model: JSON
        do { model = try JSON(parsing: bytes.withoutNaN()) } catch {
            throw .library(name: "XGBoost", message: "its saved model cannot be read: \(error)")
        }
        guard let trees = model["learner"]?["gradient_booster"]?["model"]?["trees"]?.array else {
            throw .library(name: "XGBoost", message: "its saved model holds no trees.")
        }
        for tree in trees.prefix(first ?? trees.count) {
            guard let tree = SavedTree(tree) else {
                throw .library(name: "XGBoost", message: "a tree of its saved model lacks a field or is not whole.")
            }
            append(tree, scale: scale)
        }
    }

    private mutating func append(_ tree: SavedTree, scale: Float) {
        let root = column.count
        roots.append(Int32(root))
        grow(1)
        // Breadth first, so that siblings lie side by side, as the arrays want it, and nodes near the root close together.
        var waiting = [(source: 0, place: root)]
        var next = 0
        while next < waiting.count {
            let (source, place) = waiting[next]
            next += 1
            cover[place] = Float(tree.covers[source])
            let value = Float(tree.conditions[source])
            guard tree.lefts[source] >= 0 else {
                threshold[place] = value * scale
                continue
            }
            let children = column.count
            grow(2)
            column[place] = Int32(tree.columns[source])
            left[place] = Int32(children)
            missingGoesLeft[place] = tree.missingGoesLeft[source]
            if let levels = tree.levels[source] {
                if levelSet.isEmpty { levelSet = [Int32](repeating: -1, count: column.count) }
                levelSet[place] = Int32(levelSets.count)
                levelSets.append(levels)
            } else {
                threshold[place] = value
            }
            waiting.append((tree.lefts[source], children))
            waiting.append((tree.rights[source], children + 1))
        }
    }

    private mutating func grow(_ count: Int) {
        column += repeatElement(-1, count: count)
        threshold += repeatElement(0, count: count)
        left += repeatElement(0, count: count)
        missingGoesLeft += repeatElement(false, count: count)
        cover += repeatElement(0, count: count)
        if !levelSet.isEmpty { levelSet += repeatElement(-1, count: count) }
    }
}

extension [UInt8] {
    /// JSON knows no NaN, which XGBoost writes as the unused threshold of a split on a category: 0 takes its place.
    fileprivate func withoutNaN() -> [UInt8] {
        var text = self
        for index in text.indices.dropLast(2) where text[index] == UInt8(ascii: "N") {
            guard text[index + 1] == UInt8(ascii: "a"), text[index + 2] == UInt8(ascii: "N") else { continue }
            text.replaceSubrange(index..<index + 3, with: [UInt8(ascii: "0"), UInt8(ascii: " "), UInt8(ascii: " ")])
        }
        return text
    }
}

/// A tree as XGBoost saves it: one array per field of its nodes, node 0 the root.
///
/// Source: XGBoost 1.7, doc/model.schema.
private struct SavedTree {
    var lefts: [Int]
    var rights: [Int]
    var columns: [Int]
    /// The threshold of a split, the value of a leaf.
    var conditions: [Double]
    var missingGoesLeft: [Bool]
    var covers: [Double]
    /// By node: the levels that go right, where the split is on a category.
    var levels: [Int: [UInt32]] = [:]

    init?(_ json: JSON) {
        guard let lefts = Self.integers(json["left_children"]), let rights = Self.integers(json["right_children"]),
            let columns = Self.integers(json["split_indices"]), let conditions = Self.numbers(json["split_conditions"]),
            let defaults = json["default_left"]?.array, let covers = Self.numbers(json["sum_hessian"]),
            Set([lefts.count, rights.count, columns.count, conditions.count, defaults.count, covers.count]).count == 1,
            !lefts.isEmpty
        else { return nil }
        self.lefts = lefts
        self.rights = rights
        self.columns = columns
        self.conditions = conditions
        // 1.7 writes 0 and 1, other versions booleans.
        missingGoesLeft = defaults.map { $0.bool ?? ($0.integer == 1) }
        self.covers = covers
        guard let nodes = Self.integers(json["categories_nodes"]), !nodes.isEmpty else { return }
        guard let all = Self.integers(json["categories"]), let starts = Self.integers(json["categories_segments"]),
            let counts = Self.integers(json["categories_sizes"]), starts.count == nodes.count,
            counts.count == nodes.count
        else { return nil }
        for (index, node) in nodes.enumerated() {
            guard starts[index] >= 0, counts[index] >= 0, starts[index] + counts[index] <= all.count else { return nil }
            var words: [UInt32] = []
            for level in all[starts[index]..<starts[index] + counts[index]] {
                guard level >= 0 else { return nil }
                while words.count <= level >> 5 { words.append(0) }
                words[level >> 5] |= 1 << UInt32(level & 31)
            }
            levels[node] = words
        }
    }

    private static func numbers(_ json: JSON?) -> [Double]? {
        guard let array = json?.array else { return nil }
        let numbers = array.compactMap(\.double)
        return numbers.count == array.count ? numbers : nil
    }

    private static func integers(_ json: JSON?) -> [Int]? {
        guard let array = json?.array else { return nil }
        let integers = array.compactMap { $0.integer.map(Int.init) }
        return integers.count == array.count ? integers : nil
    }
}
