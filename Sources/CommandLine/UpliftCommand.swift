import ArgumentParser
import Foundation
import WeirEvaluation
import WeirLearning
import WeirTables
import WeirTraining
import WeirMeasuring

struct UpliftCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "uplift",
        abstract: "Learns from an experiment whom a treatment moves, and judges that on rows kept back.",
        discussion: """
            The input is a CSV file with a row per customer of whom some were treated, best by chance. S-, T-, X- and
            DR-learners are compared by cross-validated Qini coefficients on the training rows alone; the mean of the best
            is then judged once on the rows kept back. Every figure comes with its 95 % interval.

            All columns are features but the treatment, the outcome and the id: leave out with --ignore what was known
            only after the treatment.

            Examples:
              weir uplift --input trial.csv --treatment segment --treated mail --control none --outcome visit \
            --ignore spend,conversion
              weir uplift --input trial.csv --treatment mailed --treated 1 --control 0 --outcome spend --id customer_id \
            --split odd-even --features recency,history,channel --json
              weir uplift --input spring.csv --test autumn.csv --treatment mailed --treated 1 --control 0 --outcome bought \
            --output scores.csv --model uplift.json
            """)

    enum Method: String, ExpressibleByArgument, CaseIterable { case auto, s, t, x, dr }
    enum Base: String, ExpressibleByArgument, CaseIterable { case auto, linear, boosted, forest }
    enum Split: String, ExpressibleByArgument, CaseIterable {
        case random
        case oddEven = "odd-even"
    }

    @Option(help: "CSV file (packed with gzip or not; - is the standard input).")
    var input: String
    @Option(help: "The column that says who was treated how.")
    var treatment: String
    @Option(
        parsing: .unconditionalSingleValue, help: "Its values that count as treated, separated by commas; adds up.")
    var treated: [ColumnList]
    @Option(parsing: .unconditional, help: "Its value for the untreated; rows with other values are left out.")
    var control: String
    @Option(help: "The column with what happened: 0 or 1, or a number.")
    var outcome: String
    @Option(help: "The column with the customer's id, which settles ties and names rows in --output.")
    var id: String?

    @Option(help: "A second file to judge on, instead of keeping rows of the input back.")
    var test: String?
    @Option(help: "Which rows are kept back: random, or odd-even to learn from odd ids and judge on even ones.")
    var split = Split.random
    @Option(help: "With a random split: share of the rows that is kept back (default: 0.3).")
    var holdoutShare: Double?

    @Option(help: "Columns to learn from, separated by commas; adds up (default: all others).")
    var features: [ColumnList] = []
    @Option(help: "Columns not to learn from, separated by commas; adds up.")
    var ignore: [ColumnList] = []
    @Option(
        help: """
            How likely a row was to be treated: a probability, a column with one, or “estimated” from the features \
            (default: the share treated, right where chance decided alike for all).
            """)
    var propensity: String?

    @Option(help: "auto compares all.")
    var learner = Method.auto
    @Option(help: "What learns outcomes and effects; auto compares linear and boosted.")
    var base = Base.auto
    @Option(help: "Folds of the cross-validation and the cross-fitting.")
    var folds = 5
    @Option(help: "How often the cross-validation is repeated with new folds.")
    var repeats = 3
    @Option(help: "Bootstrap resamples for the Qini coefficient's standard error.")
    var bootstrap = 1_000

    @Option(help: "Write the judged rows with their predicted uplift here, as CSV.")
    var output: String?
    @Option(help: "Write the trained model here, as JSON.")
    var model: String?
    @Option(help: "Seed of all draws.")
    var seed: UInt64 = 0
    @OptionGroup var result: ResultOptions

    /// Of the rows, where chance keeps them back.
    var keptShare: Double { holdoutShare ?? 0.3 }

    func validate() throws {
        guard !treated.isEmpty else { throw ValidationError("Name the treated with --treated.") }
        guard keptShare > 0, keptShare < 1 else {
            throw ValidationError("--holdout-share must be above 0 and below 1.")
        }
        try refuseIgnored(
            ["--holdout-share": holdoutShare != nil && (test != nil || split == .oddEven)],
            "has a meaning only where rows are kept back by chance")
        try refuse([
            limitFault("--folds", folds, 2...1_000), limitFault("--repeats", repeats, 1...1_000),
            limitFault("--bootstrap", bootstrap, 2...1_000_000),
        ])
        if split == .oddEven, id == nil {
            throw ValidationError("--split odd-even needs the ids: name their column with --id.")
        }
        if split == .oddEven, test != nil { throw ValidationError("--test and --split exclude each other: give one.") }
        if !features.isEmpty, !ignore.isEmpty {
            throw ValidationError("--features and --ignore exclude each other: give one.")
        }
    }

    func run() throws {
        let source = try UpliftSource(self)
        let (train, judged) = try source.halves(self)
        let all = UpliftCandidate.all(output: train.examples.output)
        let candidates = all.filter { candidate in
            (learner == .auto || candidate.learner.method.rawValue == learner.rawValue)
                && (base == .auto ? candidate.base != .forest : candidate.base.rawValue == base.rawValue)
        }
        guard !candidates.isEmpty else {
            throw ValidationError(
                "A single linear model of means has the same effect for all. Use --learner t, x or dr, or --base boosted."
            )
        }
        let comparison = candidates.count > 1 ? try compared(candidates, on: train.examples) : nil
        let chosen = (comparison?.chosen ?? [0]).map { candidates[$0] }
        let models = try chosen.map { try fitUplift($0.learner, train.examples, folds: folds, seed: seed) }
        let uplift = models.count == 1 ? models[0] : UpliftModel(.mean(models))

        let scores = uplift.predictions(judged.examples.features)
        var settings = UpliftEvaluationSettings()
        settings.bootstrapSamples = bootstrap
        settings.seed = seed
        let evaluation = try UpliftTrial(
            scores: scores, isTreated: judged.examples.isTreated, outcomes: judged.examples.outcomes,
            propensities: source.propensities(of: judged.examples, learnedFrom: train.examples, seed: seed)
        ).evaluated(settings)
        if let output { try write(scores, judged, to: output) }
        if let model { try write(uplift, chosen, to: model) }
        let report = UpliftReport(
            comparison: comparison, chosen: chosen.map(\.name), evaluation: evaluation, trained: train.ids.count,
            leftOut: source.leftOut, outcome: outcome, isRandomised: propensity != "estimated",
            understood: source.understood(self))
        try result.give(report)
    }

    private func compared(_ candidates: [UpliftCandidate], on examples: UpliftExamples) throws -> UpliftComparison {
        let bar = ProgressLine("Comparing learners")
        var done = 0
        var predictions = candidates.map { _ in [[Double]]() }
        var numbers: [[Int]] = []
        for repetition in 0..<UInt64(repeats) {
            let own = seed &+ repetition
            numbers.append(examples.foldNumbers(folds, seed: own))
            let outside = try examples.outOfFoldPredictions(candidates.map(\.learner), folds: folds, seed: own) {
                done += 1
                bar.show(done, of: candidates.count * folds * repeats)
            }
            for (index, scores) in outside.enumerated() { predictions[index].append(scores) }
        }
        bar.finish()
        return try UpliftComparison(
            names: candidates.map(\.name), predictions: predictions, folds: numbers, isTreated: examples.isTreated,
            outcomes: examples.outcomes, seed: seed)
    }

    private func write(_ scores: [Double], _ rows: UpliftRows, to path: String) throws {
        var text = "\(id ?? "line"),uplift,is_treated,outcome\n"
        for (row, score) in scores.enumerated() {
            let quoted =
                rows.ids[row].contains(where: { ",\"\n\r".contains($0) })
                ? "\"\(rows.ids[row].replacingOccurrences(of: "\"", with: "\"\""))\"" : rows.ids[row]
            text += "\(quoted),\(score),\(rows.examples.isTreated[row] ? 1 : 0),\(rows.examples.outcomes[row])\n"
        }
        try ResultFile.write(text.utf8, to: path)
    }

    private func write(_ model: UpliftModel, _ chosen: [UpliftCandidate], to path: String) throws {
        struct File: Encodable {
            var format = 1
            var learners: [String]
            var treatment: String
            var treated: [String]
            var control: String
            var outcome: String
            var model: UpliftModel
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let file = File(
            learners: chosen.map(\.name), treatment: treatment, treated: treated.names, control: control,
            outcome: outcome, model: model)
        try ResultFile.write(encoder.encode(file), to: path)
    }
}
