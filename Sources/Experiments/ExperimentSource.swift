import Foundation
import WeirMeasuring
import WeirReporting
import WeirTables

/// An experiment's request and its table, brought together.
struct ExperimentSource {
    let table: Table
    let request: ExperimentRequest

    func settings() throws -> ExperimentSettings {
        var settings = ExperimentSettings()
        settings.confidence = request.confidence
        settings.side = request.side
        settings.correction = request.correction
        settings.relevantEffect = request.relevant?.value
        if request.bayes {
            settings.prior = NormalPrior(variance: request.prior * request.prior, isProper: request.prior > 0)
        }
        settings.guardrails = try request.guardrail.map { text in
            let (metric, margin) = try pair(text, "guardrail", default: 0)
            return .init(metric: metric, margin: margin)
        }
        settings.quantiles = try request.quantile.map { text in
            let (metric, share) = try pair(text, "quantile")
            return .init(metric: metric, share: share)
        }
        settings.winsorise = request.winsorize?.value
        if request.sequential { settings.reading = .alwaysValid(tuning: request.tuning) }
        if let look = request.look {
            let numbers = look.split(separator: "/").compactMap { Int($0) }
            guard numbers.count == 2, (1...50).contains(numbers[1]), (1...numbers[1]).contains(numbers[0]),
                !request.sequential
            else {
                throw MeasurementError("--look “\(look)” is not like 2/5, up to 50 looks, without --sequential.")
            }
            settings.reading = .groupSequential(
                GroupSequentialDesign(
                    equallySpaced: numbers[1], shape: request.shape, isTwoSided: request.side == .both),
                look: numbers[0])
        }
        return settings
    }

    func perUnit(_ settings: ExperimentSettings) throws -> (ExperimentResult, String) {
        let (arms, armOfRow) = try arms()
        let covariates = try covariates()
        let unknown =
            covariates.keys.filter { !request.metric.contains($0) }.sorted() + notMetrics(request.lowerIsBetter)
        guard unknown.isEmpty else { throw unknownMetrics(unknown) }
        let data = ExperimentData(
            name: name, arms: arms, armOfRow: armOfRow, units: try request.unit.map(category),
            metrics: try request.metric.map { try metric($0, covariate: covariates[$0]) },
            segments: try request.segment.map(category), stratum: try request.stratum.map(category),
            cluster: try request.cluster.map(category), period: try request.period.map(category),
            exposedAt: try request.time.map(times))
        return (try experimentResult(data, settings: settings), counted(table.rows, "row"))
    }

    /// A row per arm.
    func aggregated(trials: String, _ settings: ExperimentSettings) throws -> (ExperimentResult, String) {
        let (arms, armOfRow) = try arms()
        guard armOfRow.count == arms.count, Set(armOfRow).count == arms.count, !armOfRow.contains(-1) else {
            throw MeasurementError(
                "With --trials each arm has one row; there are \(armOfRow.count) rows for \(arms.count) arms.")
        }
        let units = try table.numbers(trials)
        let unknown = notMetrics(request.lowerIsBetter)
        guard unknown.isEmpty else { throw unknownMetrics(unknown) }
        let samples = try request.metric.map { name in
            let successes = try table.numbers(name)
            var counts = arms.map { _ in ShareCount(0, of: 0) }
            for row in armOfRow.indices {
                guard let success = Int(exactly: successes[row]), let trial = Int(exactly: units[row]),
                    (0...max(0, trial)).contains(success)
                else {
                    throw MeasurementError(
                        "Line \(table.line(ofRow: row)): \(successes[row]) of \(units[row]) is no share. Give whole numbers, \(name) from 0 to \(trials)."
                    )
                }
                counts[Int(armOfRow[row])] = ShareCount(success, of: trial)
            }
            return MetricSamples(name, counts: counts, isLowerBetter: request.lowerIsBetter.contains(name))
        }
        var result = try experimentResult(name: name, arms: arms, samples: samples, settings: settings)
        let named = zip(arms, result.arms).enumerated().map {
            "“\($1.0.name)”\($0 == 0 ? " (control)" : "") \($1.1.units)"
        }
        result.understood =
            "one row per arm: \(named.joined(separator: ", ")) units; shares \(request.shares == nil ? "not stated" : "as planned")."
        return (
            result,
            "counts of \(counted(arms.count, "arm"))"
        )
    }

    private var name: String {
        request.name ?? request.input?.lastComponent ?? ""
    }

    /// By name, the control first.
    private func arms() throws -> (arms: [ExperimentData.Arm], ofRow: ContiguousArray<Int32>) {
        let (codes, levels) = try table.categories(request.arm!)
        guard !levels.isEmpty else {
            throw MeasurementError("Column “\(request.arm!)” is empty in every row. Write each row's arm in it.")
        }
        let control = request.control ?? levels.min()
        guard let control, levels.contains(control) else {
            throw MeasurementError(
                "No row has the control “\(request.control ?? "")”. The arms are \(levels.sorted().map { "“\($0)”" }.joined(separator: ", "))."
            )
        }
        let order = [control] + levels.filter { $0 != control }.sorted()
        guard order.count <= 100 else {
            throw MeasurementError(
                "Column “\(request.arm!)” has \(order.count) values, too many for arms. Name another column.")
        }
        let shares = try plannedShares(order)
        let place = levels.map { Int32(order.firstIndex(of: $0)!) }
        return (
            order.map { ExperimentData.Arm($0, plannedShare: shares?[$0]) },
            ContiguousArray(codes.map { $0 < 0 ? -1 : place[Int($0)] })
        )
    }

    private func plannedShares(_ arms: [String]) throws -> [String: Double]? {
        guard let text = request.shares else { return nil }
        var shares: [String: Double] = [:]
        var begun = ""
        for piece in text.splitOutsideQuotes(at: ",") where !NameList(piece).isEmpty {
            // What has no share of its own is the beginning of a name with a comma.
            begun += begun.isEmpty ? piece : "," + piece
            guard begun.contains("=") else { continue }
            let (arm, share) = try pair(begun, "shares")
            begun = ""
            guard shares[arm] == nil else { throw MeasurementError("--shares names “\(arm)” twice. Give one share.") }
            guard arms.contains(arm) else {
                throw MeasurementError(
                    "--shares names “\(arm)”, but no row has that arm. An arm without units is empty: nothing can be said of it."
                )
            }
            shares[arm] = share
        }
        guard begun.isEmpty else { throw MeasurementError("--shares “\(begun)” is not like NAME=0.5.") }
        return shares
    }

    private func covariates() throws -> [String: String] {
        var covariates: [String: String] = [:]
        for text in request.covariate {
            if !table.names.contains(text), let split = text.firstIndex(of: "=") {
                covariates[String(text[..<split])] = String(text[text.index(after: split)...])
            } else {
                // The first metric that is not only 0 and 1 is the one that a number from before says most about.
                let amount = try request.metric.first {
                    try (table.names.contains($0) || !$0.contains("/")) && !isShare(table.numbers($0))
                }
                covariates[amount ?? request.metric[0]] = text
            }
        }
        return covariates
    }

    private func metric(_ name: String, covariate: String?) throws -> ExperimentData.Metric {
        let isLowerBetter = request.lowerIsBetter.contains(name)
        let before = try covariate.map(table.numbers)
        let unit: Quantity.Unit? = request.currency.map { .money($0) }
        if !table.names.contains(name), let slash = name.firstIndex(of: "/") {
            return ExperimentData.Metric(
                name, .ratio, unit: unit, values: try table.numbers(String(name[..<slash])),
                denominators: try table.numbers(String(name[name.index(after: slash)...])), isLowerBetter: isLowerBetter
            )
        }
        let values = try table.numbers(name)
        let isShare = isShare(values)
        return ExperimentData.Metric(
            name, isShare ? .share : .amount, unit: isShare ? nil : unit, values: values, covariate: before,
            isLowerBetter: isLowerBetter)
    }

    private func isShare(_ values: ContiguousArray<Double>) -> Bool {
        values.allSatisfy { $0 == 0 || $0 == 1 || $0.isNaN }
    }

    private func category(_ name: String) throws -> ExperimentData.Category {
        let (codes, levels) = try table.categories(name)
        return ExperimentData.Category(name, codes: codes, levels: levels)
    }

    private func times(_ name: String) throws -> ContiguousArray<Double> {
        if let numbers = try? table.numbers(name) { return numbers }
        let (codes, levels) = try table.categories(name)
        let seconds = try levels.map { text in
            let day = try? Date(text.prefix(10) + "T00:00:00Z", strategy: .iso8601)
            guard let time = text.count > 10 ? try? Date(text, strategy: .iso8601) : day else {
                throw MeasurementError(
                    "Column “\(name)”: “\(text)” is no time. Write 2026-03-01, 2026-03-01T08:00:00Z or seconds since 1970."
                )
            }
            return time.timeIntervalSince1970
        }
        return ContiguousArray(codes.map { $0 < 0 ? .nan : seconds[Int($0)] })
    }

    /// `NAME=VALUE`, the value as 0.02 or 2%.
    private func pair(_ text: String, _ option: String, default standard: Double? = nil) throws -> (String, Double) {
        let parts = text.nameAndValue
        if let standard, parts == nil || request.metric.contains(text) { return (text.unquoted, standard) }
        guard let parts, let value = RelativeShare(text: parts.value)?.value, abs(value) <= 1e6 else {
            throw MeasurementError("--\(option) “\(text)” is not like NAME=0.02 or NAME=2%.")
        }
        return (parts.name, value)
    }

    private func notMetrics(_ names: [String]) -> [String] { names.filter { !request.metric.contains($0) } }

    private func unknownMetrics(_ names: [String]) -> MeasurementError {
        MeasurementError(
            names.map {
                "“\($0)” is no --metric here. Known: \(request.metric.joined(separator: ", ")). Add it, or correct the name."
            })
    }

    private func counted(_ count: Int, _ noun: String) -> String {
        "\(Quantity.Unit.count.text(Double(count))) \(noun)\(count == 1 ? "" : "s")"
    }
}
