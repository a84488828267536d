package import WeirLearning

extension Examples {
    /// Finds what no method can learn from; reports the first fault.
    ///
    /// - Parameters:
    ///   - needsBothClasses: Whether a probability needs examples of both 0 and 1; validation examples do not.
    ///   - looksForInfinity: Costs a pass over the values; false where the caller would notice.
    package func check(
        for output: BatchModel.Output, needsBothClasses: Bool = true, looksForInfinity: Bool = true
    ) throws(TrainingError) {
        let rows = features.rows
        guard rows > 0 else { throw .noExamples }
        guard targets.count == rows else { throw .mismatchedCount(field: "targets", count: targets.count, rows: rows) }
        if let row = targets.firstIndex(where: { output == .probability ? $0 != 0 && $0 != 1 : !(abs($0) <= 1e60) }) {
            throw .invalidTarget(row: row, value: targets[row], output: output.rawValue)
        }
        if let weights {
            guard weights.count == rows else {
                throw .mismatchedCount(field: "weights", count: weights.count, rows: rows)
            }
            if let row = weights.firstIndex(where: { !$0.isFinite || $0 < 0 }) {
                throw .invalidWeight(row: row, value: weights[row])
            }
            guard weights.contains(where: { $0 > 0 }) else { throw .noWeight }
        }
        if looksForInfinity { try checkFinite() }
        try checkLevels()
        guard needsBothClasses, output == .probability else { return }
        let counting = weights.map { weights in targets.indices.first { weights[$0] > 0 } ?? 0 } ?? 0
        let first = targets[counting]
        let differs = targets.indices.contains { targets[$0] != first && (weights?[$0] ?? 1) > 0 }
        guard differs else { throw .oneClass(target: first) }
    }

    /// Validation examples must have the same columns.
    package func checkColumns(of validation: Examples) throws(TrainingError) {
        guard features.columns != validation.features.columns else { return }
        throw .mismatchedColumns(
            expected: features.columns.map(\.name), found: validation.features.columns.map(\.name))
    }

    /// The weighted mean target.
    package var meanTarget: Double {
        guard let weights else { return targets.reduce(0, +) / Double(targets.count) }
        return zip(targets, weights).reduce(0) { $0 + $1.0 * $1.1 } / weights.reduce(0, +)
    }

    func checkFinite() throws(TrainingError) {
        let columns = features.columns
        let fault = features.values.withUnsafeBufferPointer { values in
            // Without an early exit the inner loop runs in vectors; the row is looked for only where a block has one.
            for start in stride(from: 0, to: values.count, by: 4_096) {
                let block = values[start..<min(start + 4_096, values.count)]
                var greatest: UInt32 = 0
                for value in block { greatest = max(greatest, value.bitPattern & 0x7fff_ffff == 0x7f80_0000 ? 1 : 0) }
                if greatest > 0 { return block.firstIndex { $0.isInfinite } }
            }
            return nil
        }
        if let fault {
            let (row, column) = fault.quotientAndRemainder(dividingBy: columns.count)
            throw .invalidValue(row: row, column: columns[column].name, value: features.values[fault])
        }
    }

    private func checkLevels() throws(TrainingError) {
        let columns = features.columns
        for (position, column) in columns.enumerated() {
            guard let levels = column.levels?.count else { continue }
            for row in 0..<features.rows {
                let value = features.values[row * columns.count + position]
                guard value.isNaN || (Int(exactly: value).map { (0..<levels).contains($0) } ?? false) else {
                    throw .unknownLevel(row: row, column: column.name, value: value, levels: levels)
                }
            }
        }
    }
}
