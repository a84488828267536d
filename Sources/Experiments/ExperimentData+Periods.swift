import WeirReporting

extension ExperimentData {
    /// A switchback test with one row per period: means of its rows (sums, of a ratio). Rows of one period share its
    /// weather and stock, so only periods vary by themselves.
    ///
    /// - Parameter warnings: Gets what was left out.
    func byPeriod(_ warnings: inout [String]) -> ExperimentData {
        guard let period else { return self }
        let count = Int(period.codes.max() ?? -1) + 1
        var arm = ContiguousArray<Int32>(repeating: -1, count: count)
        var isMixed = [Bool](repeating: false, count: count)
        for (code, chosen) in zip(period.codes, armOfRow) where code >= 0 && chosen >= 0 {
            if arm[Int(code)] < 0 { arm[Int(code)] = chosen }
            if arm[Int(code)] != chosen { isMixed[Int(code)] = true }
        }
        let mixed = isMixed.indices.filter { isMixed[$0] }
        for code in mixed { arm[code] = -1 }
        if !mixed.isEmpty {
            let names = mixed.prefix(3).map { $0 < period.levels.count ? "“\(period.levels[$0])”" : "no. \($0)" }
            warnings.append(
                "\(counted(mixed.count, "period has", "periods have")) rows of more than one arm (such as "
                    + "\(names.joined(separator: ", "))) and \(mixed.count == 1 ? "was" : "were") left out. A switchback gives a whole period one arm."
            )
        }
        // Periods left out must not be counted as rows without an arm.
        let kept = arm.indices.filter { arm[$0] >= 0 }
        func perPeriod(_ values: ContiguousArray<Double>, _ metric: Metric, isMean: Bool) -> ContiguousArray<Double> {
            var sums = [Double](repeating: 0, count: count)
            var rows = [Double](repeating: 0, count: count)
            for row in values.indices where period.codes[row] >= 0 && armOfRow[row] >= 0 && metric.isKnown(row) {
                sums[Int(period.codes[row])] += values[row]
                rows[Int(period.codes[row])] += 1
            }
            return ContiguousArray(kept.map { rows[$0] > 0 ? (isMean ? sums[$0] / rows[$0] : sums[$0]) : .nan })
        }
        let merged = metrics.map { metric in
            let isRatio = metric.kind == .ratio
            return Metric(
                metric.name, isRatio ? .ratio : .amount, unit: metric.unit,
                values: perPeriod(metric.values, metric, isMean: !isRatio),
                denominators: metric.denominators.map { perPeriod($0, metric, isMean: false) },
                covariate: metric.covariate.map { perPeriod($0, metric, isMean: true) },
                isLowerBetter: metric.isLowerBetter, allowsNegative: true)
        }
        return ExperimentData(
            name: name, arms: arms, armOfRow: ContiguousArray(kept.map { arm[$0] }), metrics: merged)
    }
}

extension ExperimentData.Metric {
    func isKnown(_ row: Int) -> Bool {
        !values[row].isNaN && denominators?[row].isNaN != true
    }

    /// With the mean of the known ones for each value before the test that is unknown, such as a new customer's: the same
    /// number in all arms neither helps nor biases.
    func fillingCovariate(_ warnings: inout [String]) -> ExperimentData.Metric {
        guard let covariate else { return self }
        let known = covariate.filter { !$0.isNaN }
        guard known.count < covariate.count else { return self }
        var filled = self
        guard !known.isEmpty else {
            warnings.append("No unit's value of \(name) before the test is known, so no noise was taken away.")
            filled.covariate = nil
            return filled
        }
        warnings.append(
            "\(name) before the test is unknown for \(counted(covariate.count - known.count, "unit", "units")); the others' mean "
                + "stands in for it. Where it means that nothing was bought, write 0.")
        let mean = known.reduce(0, +) / Double(known.count)
        filled.covariate = ContiguousArray(covariate.map { $0.isNaN ? mean : $0 })
        return filled
    }
}
