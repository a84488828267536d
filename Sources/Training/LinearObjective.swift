import Foundation
import WeirLearning

/// The penalised loss of a linear model over its examples, with its gradient and curvature.
struct LinearObjective {
    struct Value {
        var weights: [Double]
        /// Σ loss + penalty ÷ 2 · |w|².
        var loss: Double
        var gradient: [Double]
        /// The matrix of second derivatives; nil where it was not asked for.
        var curvature: SymmetricMatrix?
    }

    let examples: Examples
    let design: LinearDesign
    let output: BatchModel.Output
    let penalty: Double

    /// - Parameter step: Looks at one row in so many, which stands for the others too.
    func value(at weights: [Double], every step: Int = 1, withCurvature: Bool = false) -> Value {
        let pass = LinearPass(design, weights: weights, withCurvature: withCurvature)
        let rows = examples.features.rows
        var loss = 0.0
        examples.features.values.withUnsafeBufferPointer { values in
            for start in stride(from: 0, to: rows, by: step * LinearPass.blockRows) {
                let count = min(LinearPass.blockRows, (rows - start + step - 1) / step)
                loss += accumulate(values.baseAddress!, count, from: start, every: step, to: pass)
                pass.finishBlock(rows: count)
            }
        }
        let looked = (rows + step - 1) / step
        return penalised(pass, loss, weights, scale: Double(rows) / Double(looked))
    }

    /// Takes the rows of a block into the sums of a pass.
    ///
    /// - Returns: Their loss.
    private func accumulate(
        _ values: UnsafePointer<Float>, _ count: Int, from start: Int, every step: Int, to pass: LinearPass
    ) -> Double {
        var loss = 0.0
        // log1p(a) + log1p(b) = log((1 + a)(1 + b)): one logarithm serves the rows of a block that count alike.
        var product = 1.0
        for row in 0..<count {
            let example = start + row * step
            let weight = examples.weights?[example] ?? 1
            let target = examples.targets[example]
            let margin = pass.load(row, from: values + example * design.width)
            switch output {
            case .mean:
                let residual = margin - target
                loss += weight * residual * residual / 2
                pass.accumulate(row, slope: weight * residual, bend: weight)
            case .probability:
                // From e⁻|ᵐ| follow loss, slope and bend without overflow.
                let e = exp(-abs(margin))
                let nearer = 1 / (1 + e)
                let probability = margin >= 0 ? nearer : e * nearer
                loss += weight * (max(margin, 0) - target * margin)
                if weight == 1 { product *= 1 + e } else { loss += weight * log1p(e) }
                pass.accumulate(row, slope: weight * (probability - target), bend: weight * e * nearer * nearer)
            }
        }
        return loss + log(product)
    }

    private func penalised(_ pass: LinearPass, _ loss: Double, _ weights: [Double], scale: Double) -> Value {
        let bias = design.count - 1
        var value = Value(
            weights: weights, loss: loss * scale, gradient: pass.gradient.map { $0 * scale },
            curvature: pass.curvature)
        for index in 0..<bias {
            value.loss += penalty / 2 * weights[index] * weights[index]
            value.gradient[index] += penalty * weights[index]
        }
        value.curvature?.scale(by: scale)
        value.curvature?.addToDiagonal(penalty, first: bias)
        return value
    }
}
