import ArgumentParser
import Foundation
import WeirEvaluation
import WeirLearning
import WeirTables

struct DriftCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drift",
        abstract: "Says whether live values still look like those that a model learned from.",
        discussion: """
            Numbers are compared by the population stability index over the reference's deciles and by
            Kolmogorov–Smirnov, categories by chi-square and Cramér's V, predictions by what came true. The reference is a
            CSV file, or a model as `weir train --output` wrote it, whose card holds the bins.

            Verdicts need a size that matters and a p-value of at most 0.01: PSI 0.1 watch, 0.25 drifted; KS 0.1, 0.2;
            Cramér's V 0.05, 0.1; calibration gap 10 %, 25 % of the mean prediction. The exit code is 1 where something
            has drifted, so that a scheduled run can stop what depends on it.

            Examples:
              weir drift --reference january.csv --live june.csv
              weir drift --reference model.json --live scored.csv --columns score,recency
              weir drift --reference jan.csv --live june.csv --prediction score --outcome label --json
            """)

    @Option(help: "CSV file (packed with gzip or not), or a model's JSON file.")
    var reference: String
    @Option(help: "CSV file with live values.")
    var live: String
    @Option(help: "Columns to compare, separated by commas; adds up (default: all that both have).")
    var columns: [ColumnList] = []
    @Option(help: "Numbers to compare as categories, such as an hour of the day, separated by commas; adds up.")
    var categories: [ColumnList] = []
    @Option(help: "Column of the live file with predicted probabilities; needs --outcome.")
    var prediction: String?
    @Option(help: "Column of the live file with 1 where it happened, else 0.")
    var outcome: String?
    @OptionGroup var result: ResultOptions

    func validate() throws {
        guard (prediction == nil) == (outcome == nil) else {
            throw ValidationError("--prediction and --outcome need each other: name both or none.")
        }
        try refuseIgnored(
            ["--categories": !categories.isEmpty && isCard],
            "has no meaning beside a model's card, which says what is a number")
    }

    private var isCard: Bool { reference.hasSuffix(".json") }

    func run() throws {
        let asCategories = categories.names
        let (live, findings) =
            isCard ? try compareWithCard() : try compareWithTable(asCategories: asCategories)
        var calibration: CalibrationFinding?
        if let prediction, let outcome { calibration = try calibrated(live, prediction, outcome) }
        let verdict = max(findings.map(\.verdict).max() ?? .stable, calibration?.verdict ?? .stable)
        var report = DriftReport(verdict: verdict, columns: findings, calibration: calibration)
        let names = findings.map(\.column) + [prediction, outcome].compactMap { $0 }
        report.understood = "\(live.kinds(of: names)); live \(live.rowsRead)."
        try result.give(report)
        if verdict == .drifted { throw ExitCode(ExitStatus.badVerdict.rawValue) }
    }

    /// Reads the live file as the reference was: what is a number or a code there is one here.
    private func readLive(numbers: [String], categories: [String]) throws -> Table {
        let live = try Table(path: live, mustBeNumbers: numbers, mustBeCategories: categories)
        try live.requireReadable()
        guard live.rows > 0 else { throw CommandFault(.badInput, "“\(self.live)” has no rows to compare.") }
        sayAside(live.faultMessages)
        return live
    }

    private func compareWithTable(asCategories: [String]) throws -> (Table, [DriftFinding]) {
        let reference = try Table(path: reference, mustBeCategories: asCategories)
        try reference.requireReadable()
        guard reference.rows > 0 else {
            throw CommandFault(.badInput, "“\(self.reference)” has no rows to compare with.")
        }
        sayAside(reference.faultMessages)
        let wanted = columns.isEmpty ? reference.names : columns.names
        let numbers = wanted.filter { name in
            guard let place = reference.names.firstIndex(of: name) else { return false }
            if case .numbers = reference.columns[place] { return true } else { return false }
        }
        let live = try readLive(numbers: numbers, categories: asCategories + wanted.filter { !numbers.contains($0) })
        let names = columns.isEmpty ? reference.names.filter(live.names.contains) : wanted
        guard !names.isEmpty else {
            throw CommandFault(
                .badInput, "“\(self.reference)” and “\(self.live)” share no column. Name columns alike in both.")
        }
        let findings = try names.map { name in
            // A name that a file lacks is an error of the table's own, with the nearest name.
            guard let one = reference.names.firstIndex(of: name), let two = live.names.firstIndex(of: name) else {
                _ = try reference.numbers(name)
                _ = try live.numbers(name)
                throw CommandFault(.badInput, "“\(name)” is in one file only.")
            }
            if case .numbers(let before) = reference.columns[one], case .numbers(let after) = live.columns[two] {
                return numberDrift(column: name, reference: Array(before), live: Array(after))
            }
            return categoryDrift(
                column: name, one: try reference.categories(name), two: try live.categories(name))
        }
        return (live, findings + unreadable(reference: (reference.rows, reference.faultCount), live))
    }

    /// That more lines cannot be read than before is a drift of its own; nothing where all lines can be.
    private func unreadable(reference: (rows: Int, faults: Int), _ live: Table) -> [DriftFinding] {
        guard reference.faults + live.faultCount > 0 else { return [] }
        return [
            WeirEvaluation.categoryDrift(
                column: "(lines that cannot be read)", reference: [Double(reference.rows), Double(reference.faults)],
                live: [Double(live.rows), Double(live.faultCount)],
                missingShare: Double(live.faultCount) / Double(live.rows + live.faultCount))
        ]
    }

    /// Missing cells are a category of their own, as they are a bin of their own for numbers.
    private func categoryDrift(
        column: String, one: (codes: ContiguousArray<Int32>, levels: [String]),
        two: (codes: ContiguousArray<Int32>, levels: [String])
    ) -> DriftFinding {
        var places: [String: Int] = [:]
        for level in one.levels + two.levels where places[level] == nil { places[level] = places.count + 1 }
        func counts(_ side: (codes: ContiguousArray<Int32>, levels: [String])) -> [Double] {
            var counts = [Double](repeating: 0, count: places.count + 1)
            let targets = side.levels.map { places[$0]! }
            for code in side.codes { counts[code < 0 ? 0 : targets[Int(code)]] += 1 }
            return counts
        }
        let (before, after) = (counts(one), counts(two))
        return WeirEvaluation.categoryDrift(
            column: column, reference: before, live: after, missingShare: after[0] / after.reduce(0, +))
    }

    private func compareWithCard() throws -> (Table, [DriftFinding]) {
        let trained = try TrainedModel(path: reference)
        let known = trained.card.spreads.map(\.column)
        let live = try readLive(numbers: columns.isEmpty ? known : columns.names, categories: [])
        let names = columns.isEmpty ? known.filter(live.names.contains) : columns.names
        guard !names.isEmpty else {
            throw CommandFault(
                .badInput,
                "“\(self.live)” has none of the model's columns: \(known.joined(separator: ", ")). Name columns like them."
            )
        }
        let findings = try names.compactMap { name in
            guard let spread = trained.card.spreads.first(where: { $0.column == name }) else {
                throw CommandFault(
                    .badInput,
                    "The model's card has no spread of “\(name)”; it has \(known.joined(separator: ", ")).")
            }
            var monitor = DriftMonitor(DriftReference(spread, count: trained.card.rows))
            for value in try live.numbers(name) { monitor.count(value) }
            return monitor.finding()
        }
        return (live, findings + unreadable(reference: (trained.card.rows, 0), live))
    }

    private func calibrated(_ live: Table, _ prediction: String, _ outcome: String) throws -> CalibrationFinding? {
        let (predictions, outcomes) = (try live.numbers(prediction), try live.numbers(outcome))
        var monitor = CalibrationMonitor()
        for row in predictions.indices where !predictions[row].isNaN && !outcomes[row].isNaN {
            guard (0...1).contains(predictions[row]), outcomes[row] == 0 || outcomes[row] == 1 else {
                throw CommandFault(
                    .badInput,
                    "“\(self.live)”, line \(live.line(ofRow: row)): “\(prediction)” \(predictions[row]) must lie in 0 ... 1 and "
                        + "“\(outcome)” \(outcomes[row]) must be 0 or 1.")
            }
            monitor.compare(predictions[row], with: outcomes[row] == 1)
        }
        return monitor.finding()
    }
}
