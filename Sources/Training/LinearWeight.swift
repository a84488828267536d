package import WeirLearning
package import WeirStatistics

/// A weight of a linear model with what the data leave open of it.
package struct LinearWeight: Sendable, Hashable {
    package var column: String
    /// Of a category; nil for a number.
    package var level: String?
    /// Whether it is the weight of a missing value.
    package var isMissing: Bool
    /// What one standard deviation of a number, the level or the missing value adds to the margin, with 95 % confidence.
    package var weight: Interval

    /// `age`, `city = Ulm` or `age is missing`.
    package var name: String {
        level.map { "\(column) = \($0)" } ?? (isMissing ? "\(column) is missing" : column)
    }
}

extension BatchModel {
    /// The weights of a linear model with their Laplace intervals, by column.
    ///
    /// The posterior around its mode is taken as normal, its covariance the inverse curvature of the penalised loss; the
    /// penalty is the prior. So intervals hold 0 more often where the penalty is strong. Of means the curvature is divided
    /// by the variance of the residuals.
    ///
    /// Source: MacKay, "The Evidence Framework Applied to Classification Networks" (Neural Computation 4, 1992).
    ///
    /// - Parameters:
    ///   - examples: What the model learned from, with the same weights.
    ///   - settings: With which it did.
    /// - Returns: Nil for trees. Weights that nothing bears on, such as of a constant column, are left out.
    /// - Complexity: O(rows × weights² + weights³).
    package func linearWeights(
        learnedFrom examples: Examples, _ settings: LinearSettings, confidence: Double = 0.95
    ) -> [LinearWeight]? {
        guard case .linear(let score) = form else { return nil }
        precondition(columns == examples.features.columns, "the examples must be those that the model learned from")
        let design = LinearDesign(examples)
        let (values, names) = design.values(of: score, columns)
        let objective = LinearObjective(examples: examples, design: design, output: output, penalty: settings.penalty)
        let here = objective.value(at: values, withCurvature: true)
        let factor = here.curvature!.factored()
        let reach = StandardNormal.quantile((1 + confidence) / 2) * objective.residualDeviation(here)
        var unit = [Double](repeating: 0, count: design.count)
        return names.map { index, name in
            unit[index] = 1
            let error = factor.solve(unit)[index].squareRoot()
            unit[index] = 0
            var named = name
            named.weight = Interval(
                estimate: values[index], lower: values[index] - reach * error, upper: values[index] + reach * error)
            return named
        }
    }
}

extension LinearObjective {
    /// 1 for probabilities, whose loss has its scale; of means that of what is left unexplained.
    fileprivate func residualDeviation(_ value: Value) -> Double {
        guard output == .mean else { return 1 }
        let penalised = value.weights.dropLast().reduce(0) { $0 + penalty / 2 * $1 * $1 }
        let total = examples.weights?.reduce(0, +) ?? Double(examples.targets.count)
        let freedom = max(1, total - Double(design.count))
        return (2 * max(0, value.loss - penalised) / freedom).squareRoot()
    }
}

extension LinearDesign {
    /// The weights as the served form holds them, and what those are called that the data bear on.
    fileprivate func values(
        of score: LinearScore, _ columns: [BatchModel.Column]
    ) -> (values: [Double], names: [(Int, LinearWeight)]) {
        var values = [Double](repeating: 0, count: count)
        var names: [(Int, LinearWeight)] = []
        let none = Interval(estimate: 0, lower: 0, upper: 0)
        values[count - 1] = score.bias
        var pickers = self.pickers[...]
        for (column, term) in score.terms.enumerated() {
            let picker = pickers.first?.column == column ? pickers.removeFirst() : nil
            let name = columns[column].name
            var missingWeight = 0.0
            switch term {
            case .number(_, _, let weight, let missing):
                values[column] = weight
                missingWeight = missing
                if inverses[column / 8][column % 8] > 0 {
                    names.append((column, LinearWeight(column: name, isMissing: false, weight: none)))
                }
            case .category(let weights, let missing):
                missingWeight = missing
                for (level, weight) in weights.enumerated() {
                    let index = picker!.levels! + level
                    values[index] = weight
                    names.append(
                        (
                            index,
                            LinearWeight(
                                column: name, level: columns[column].levels![level], isMissing: false, weight: none)
                        ))
                }
            }
            guard let missing = picker?.missing else { continue }
            values[missing] = missingWeight
            names.append((missing, LinearWeight(column: name, isMissing: true, weight: none)))
        }
        return (values, names)
    }
}
