extension String {
    /// How many characters must be inserted, deleted, replaced or swapped with their neighbour to get `other`.
    ///
    /// The restricted Damerau-Levenshtein distance, since swapped neighbours are the commonest typing error; O(n·m).
    package func editDistance(to other: String) -> Int {
        let source = Array(self)
        let target = Array(other)
        var beforeLast: [Int] = []
        var last = Array(0...target.count)
        for row in source.indices {
            var current = [row + 1]
            for column in target.indices {
                let replaced = last[column] + (source[row] == target[column] ? 0 : 1)
                var best = Swift.min(replaced, last[column + 1] + 1, current[column] + 1)
                if row > 0, column > 0, source[row] == target[column - 1], source[row - 1] == target[column] {
                    best = Swift.min(best, beforeLast[column - 1] + 1)
                }
                current.append(best)
            }
            beforeLast = last
            last = current
        }
        return last[target.count]
    }

    /// The name that was probably meant: at most a third of the characters differ, case aside; the first of equals.
    package func nearest(in names: some Sequence<String>) -> String? {
        var best: (name: String, distance: Int)?
        for name in names {
            let distance = lowercased().editDistance(to: name.lowercased())
            let bound = Swift.max(1, Swift.max(count, name.count) / 3)
            if distance <= bound, distance < best?.distance ?? .max { best = (name, distance) }
        }
        return best?.name
    }

    /// `Did you mean “spring”?`, else `Known are “spring” and “summer”.`, else `fallback`.
    package func suggestion(from names: [String], fallback: String = "") -> String {
        if let nearest = nearest(in: names) { return "Did you mean “\(nearest)”?" }
        if names.isEmpty { return fallback }
        let shown = names.prefix(12).map { "“\($0)”" }.joined(separator: ", ")
        return "Known: \(shown)\(names.count > 12 ? " and \(names.count - 12) more" : "")."
    }
}
