import WeirLearning

/// How rows enter a linear model.
///
/// The weights are one per column (which stays 0 for a category), then one per *switch*, then the bias. A switch is on or
/// off: a level of a category, or that a column's value is missing.
struct LinearDesign {
    /// A column whose value picks a switch.
    struct Picker {
        var column: Int
        /// The weight of its first level; nil for a number.
        var levels: Int?
        /// The weight of a missing value; nil where training has none.
        var missing: Int?
    }

    let width: Int
    /// Columns of a block, a multiple of 8, so that vectors need no remainder.
    let stride: Int
    /// Of each column, in vectors as in a block. A category and a constant have the inverse 0, so that they add nothing.
    private(set) var centers: [SIMD8<Float>]
    private(set) var scales: [SIMD8<Float>]
    private(set) var inverses: [SIMD8<Float>]
    private(set) var pickers: [Picker] = []
    /// The pickers that are categories.
    private(set) var categories: [Picker] = []
    /// Of each number the switch of its missing value; −1 for none.
    private(set) var missingSwitches: [Int32]
    private(set) var hasMissingNumbers = false
    /// Whether all means and variances are finite.
    let isFinite: Bool
    /// Weights in all, the bias included.
    private(set) var count: Int

    init(_ examples: Examples) {
        width = examples.features.columns.count
        stride = (width + 7) / 8 * 8
        let moments = ColumnMoments(examples, stride: stride)
        isFinite = (moments.means + moments.variances).allSatisfy(\.isFinite)
        centers = [SIMD8<Float>](repeating: .zero, count: stride / 8)
        scales = [SIMD8<Float>](repeating: .one, count: stride / 8)
        inverses = centers
        missingSwitches = [Int32](repeating: -1, count: stride)
        count = width
        for (column, about) in examples.features.columns.enumerated() {
            var picker = Picker(column: column, levels: nil, missing: nil)
            if let levels = about.levels {
                picker.levels = count
                count += levels.count
            } else {
                centers[column / 8][column % 8] = Float(moments.means[column])
                let scale = Float(moments.variances[column].squareRoot())
                if scale > 0 {
                    scales[column / 8][column % 8] = scale
                    inverses[column / 8][column % 8] = 1 / scale
                }
            }
            if moments.isMissing[column] {
                picker.missing = count
                count += 1
                if about.levels == nil {
                    missingSwitches[column] = Int32(picker.missing!)
                    hasMissingNumbers = true
                }
            }
            if about.levels != nil { categories.append(picker) }
            if picker.levels != nil || picker.missing != nil { pickers.append(picker) }
        }
        count += 1
    }

    /// The served form of the weights.
    func score(_ weights: [Double], columns: [BatchModel.Column]) -> LinearScore {
        func number(_ column: Int, missing: Double) -> LinearScore.Term {
            .number(
                center: Double(centers[column / 8][column % 8]), scale: Double(scales[column / 8][column % 8]),
                weight: weights[column], missing: missing)
        }
        var terms = columns.indices.map { number($0, missing: 0) }
        for picker in pickers {
            let missing = picker.missing.map { weights[$0] } ?? 0
            let levels = columns[picker.column].levels?.count ?? 0
            terms[picker.column] =
                picker.levels.map { .category(weights: Array(weights[$0..<$0 + levels]), missing: missing) }
                ?? number(picker.column, missing: missing)
        }
        return LinearScore(bias: weights[count - 1], terms: terms)
    }
}

/// The weighted mean and variance of the values of each column that are not missing.
private struct ColumnMoments {
    private(set) var means: [Double] = []
    private(set) var variances: [Double] = []
    private(set) var isMissing: [Bool] = []

    init(_ examples: Examples, stride: Int) {
        let rows = examples.features.rows
        let width = examples.features.columns.count
        let vectors = stride / 8
        let shifts = Self.typicalValues(examples.features, vectors: vectors)
        var sums = [SIMD8<Float>](repeating: .zero, count: vectors)
        var squares = sums
        var present = sums
        var absent = [SIMDMask<SIMD8<Int32>>](repeating: .init(repeating: false), count: vectors)
        var row = sums
        var totals = [(sum: Double, square: Double, present: Double)](repeating: (0, 0, 0), count: width)
        examples.features.values.withUnsafeBufferPointer { values in
            for start in Swift.stride(from: 0, to: rows, by: 64) {
                for index in start..<min(start + 64, rows) {
                    let weight = Float(examples.weights?[index] ?? 1)
                    row.withUnsafeMutableBytes {
                        $0.baseAddress!.copyMemory(from: values.baseAddress! + index * width, byteCount: 4 * width)
                    }
                    for vector in 0..<vectors {
                        let isAbsent = row[vector] .!= row[vector]
                        let distance = (row[vector] - shifts[vector]).replacing(with: 0, where: isAbsent)
                        let weighted = distance * weight
                        sums[vector] += weighted
                        squares[vector] += weighted * distance
                        present[vector] += SIMD8(repeating: weight).replacing(with: 0, where: isAbsent)
                        absent[vector] .|= isAbsent
                    }
                }
                // 32 bits hold the sums of few rows without loss that matters, 64 bits those of all.
                for column in 0..<width {
                    totals[column].sum += Double(sums[column / 8][column % 8])
                    totals[column].square += Double(squares[column / 8][column % 8])
                    totals[column].present += Double(present[column / 8][column % 8])
                }
                for vector in 0..<vectors { (sums[vector], squares[vector], present[vector]) = (.zero, .zero, .zero) }
            }
        }
        for (column, total) in totals.enumerated() {
            let shift = Double(shifts[column / 8][column % 8])
            let distance = total.present > 0 ? total.sum / total.present : 0
            let variance = total.present > 0 ? total.square / total.present - distance * distance : 0
            means.append(shift + distance)
            // What rounding leaves of a constant column is no variance.
            variances.append(variance <= 1e-13 * means[column] * means[column] ? 0 : variance)
            isMissing.append(absent[column / 8][column % 8])
        }
    }

    /// Means of about a thousand rows: sums of squares around them lose no digits.
    private static func typicalValues(_ features: FeatureMatrix, vectors: Int) -> [SIMD8<Float>] {
        var shifts = [SIMD8<Float>](repeating: .zero, count: vectors)
        let width = features.columns.count
        for column in 0..<width {
            var sum = 0.0
            var count = 0.0
            for row in stride(from: 0, to: features.rows, by: max(1, features.rows / 1000)) {
                let value = features.values[row * width + column]
                guard !value.isNaN else { continue }
                sum += Double(value)
                count += 1
            }
            shifts[column / 8][column % 8] = count > 0 ? Float(sum / count) : 0
        }
        return shifts
    }
}
