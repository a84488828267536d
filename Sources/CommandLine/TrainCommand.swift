import ArgumentParser
import Foundation
import WeirDomain
import WeirJSON
import WeirLearning
import WeirStatistics
import WeirTables
import WeirTraining
import WeirMeasuring

struct TrainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train", abstract: "Learns a model from a table of examples, validated on the latest of them.",
        discussion: """
            The target is 0 or 1 (a probability is learned) or any number (its mean). Rows are split by time, never at
            random: the latest are validated on. Every learner is judged there, the best one learns again from all rows.
            Empty cells are missing values; columns of text are categories.

            Examples:
              weir train --input decisions.csv --target label --time time --output model.json
              weir train --input visits.csv.gz --target bought --time day --learner boosted --patience 20 --importance
              weir train --input clicks.npy --target y --learner logistic --json
              weir train --input pilot.csv --target bought --time day --learner small
            """)

    @Argument(help: "The same as --input.")
    var file: String?
    @Option(help: "A file: CSV (packed with gzip or not; - is the standard input) or NumPy's .npy.")
    var input: String?
    @Option(help: "The column to predict.")
    var target: String?
    @Option(help: "The column with each row's time: moments such as 2017-08-01, or numbers.")
    var time: String?
    @Option(help: "The columns to learn from, separated by commas; adds up (default: all others).")
    var features: [ColumnList] = []
    @Option(help: "Columns to leave out, separated by commas; adds up.")
    var ignore: [ColumnList] = []
    @Option(
        help: """
            auto (all three, the best on later rows), logistic, forest, boosted, or small: for few rows, a logistic \
            regression whose penalty is chosen on later rows, with the range of each weight.
            """)
    var learner = Choice.auto
    @Option(parsing: .unconditional, help: "Validate on rows from this time on.")
    var validationFrom: String?
    @Option(help: "Else: validate on this latest share of the rows (default: 0.2).")
    var validationShare: Double?
    @Option(help: "How much a 1 counts: balanced, or a number (default: as much as a 0).")
    var classWeight: String?
    @Option(help: "auto (by log loss on later rows), none, platt or isotonic.")
    var calibration = Calibrating.auto
    @Option(help: "Boosting: trees.")
    var rounds: Int?
    @Option(help: "Boosting and forest: levels of a tree.")
    var depth: Int?
    @Option(help: "Boosting: how far each tree goes.")
    var learningRate: Double?
    @Option(help: "Boosting: stop where so many trees did not help on later rows; 0 never stops.")
    var patience: Int?
    @Option(help: "Logistic regression and boosting: the penalty on weights.")
    var penalty: Double?
    @Option(help: "Threads for trees.")
    var threads = 1
    @Option(help: "Also judge on this file, which no choice looks at.")
    var test: String?
    @Flag(help: "Say what the model relies on: how much worse it gets where a column is shuffled.")
    var importance = false
    @Option(help: "Write the model and its card to this JSON file.")
    var output: String?
    @Option(help: "Write predictions to this CSV file: of --test, else of the rows validated on.")
    var predictions: String?
    @Option(help: "The model's name (default: that of the input file).")
    var name: String?
    @Option(help: "Draws rows and columns in trees, and shuffles.")
    var seed: UInt64 = 1
    @OptionGroup var result: ResultOptions

    enum Calibrating: String, ExpressibleByArgument, CaseIterable {
        case auto, none, platt, isotonic

        var choice: Candidate.CalibrationChoice { .init(rawValue: rawValue)! }
    }
    enum Choice: String, ExpressibleByArgument, CaseIterable { case auto, logistic, forest, boosted, small }

    private var share: Double { validationShare ?? 0.2 }

    /// The file with the examples.
    var examples: String? { input ?? file }

    func validate() throws {
        guard examples != nil, target != nil, file == nil || input == nil else {
            throw ValidationError("Name a file with --input and its column to predict with --target.")
        }
        guard share > 0, share < 1 else {
            throw ValidationError("--validation-share \(share) must lie between 0 and 1, such as 0.2.")
        }
        guard validationFrom == nil || time != nil else {
            throw ValidationError("--validation-from needs --time, the column with the rows' times.")
        }
        try refuseIgnored(
            ["--validation-share": validationShare != nil && validationFrom != nil],
            "has no meaning beside --validation-from")
        let isBoosting = learner == .auto || learner == .boosted
        try refuseIgnored(
            [
                "--rounds": rounds != nil && !isBoosting, "--learning-rate": learningRate != nil && !isBoosting,
                "--patience": patience != nil && !isBoosting,
                "--depth": depth != nil && !isBoosting && learner != .forest,
                "--penalty": penalty != nil && learner == .forest,
            ], "has no meaning for --learner \(learner.rawValue)")
        guard classWeight.map({ ClassWeight($0) != nil }) ?? true else {
            throw ValidationError("--class-weight “\(classWeight!)” is neither balanced nor a number above 0.")
        }
        try refuse([
            rounds.flatMap { limitFault("--rounds", $0, 1...100_000, "trees") },
            depth.flatMap { limitFault("--depth", $0, 1...32, "levels") },
            learningRate.flatMap { limitFault("--learning-rate", $0, 1e-6...1) },
            patience.flatMap { limitFault("--patience", $0, 0...100_000, "trees") },
            penalty.flatMap { limitFault("--penalty", $0, 0...1e9) }, limitFault("--threads", threads, 1...1_024),
        ])
    }

    func run() throws {
        var rows = try read(examples!)
        guard !rows.examples.targets.isEmpty else {
            throw CommandFault(
                .badInput, "“\(examples!)” has no row with a number in “\(target!)”: there is nothing to learn from.")
        }
        for note in rows.notes { log(note) }
        let split = try split(rows)
        let later = rows.examples.rows(split.later)
        var candidates: [(candidate: Candidate, seconds: Double)] = []
        var refusal: TrainingError?
        // Of rows that are all earlier a copy would only take memory.
        let earlier = rows.examples.rows(split.earlier).weighted(weight(for: rows))
        for (name, learner) in try learners(
            earlier, times: rows.times.map { times in split.earlier.map { times[$0] } }, rows.output)
        {
            let started = ContinuousClock.now
            let model: BatchModel
            let settled: Learner
            do throws(TrainingError) {
                (model, settled) = try fitSettled(
                    learner, earlier, output: rows.output, validation: later, threads: threads, seed: seed)
            } catch {
                // What one method cannot take, another may: a linear model has a weight for each of a category's values.
                guard self.learner == .auto, error.isOfTheMethod else { throw error }
                rows.notes.append("“\(name)” was left out: \(error)")
                log("\(name): left out. \(error)")
                refusal = refusal ?? error
                continue
            }
            let seconds = (ContinuousClock.now - started) / .seconds(1)
            candidates.append(
                (
                    Candidate(
                        name: name, learner: settled, model: model, validation: later, calibration: calibration.choice),
                    seconds
                ))
            log("\(name): learned in \(String(format: "%.2f", seconds)) s")
        }
        if candidates.isEmpty, let refusal { throw refusal }
        // Where the later rows are all of one kind, their loss says only who predicts that kind most boldly.
        let isJudged = rows.output == .mean || candidates.contains { $0.candidate.auc != nil }
        let chosen =
            isJudged
            ? candidates.indices.min { candidates[$0].candidate.loss < candidates[$1].candidate.loss } ?? 0 : 0
        var report = TrainReport(
            rows: rows, split: split, candidates: candidates, chosen: chosen,
            doubts: candidates[chosen].candidate.doubts(learnedFrom: earlier))
        let best = candidates[chosen].candidate
        if learner == .small, case .linear(let settings) = best.learner {
            report.weights = best.model.linearWeights(learnedFrom: earlier, settings)
            if let weights = report.weights, weights.allSatisfy({ $0.weight.contains(0) }) {
                report.doubts.append(
                    "No column's weight can be told from 0: too little data to say what matters. Do not act on it.")
            }
        }
        if importance {
            report.importance = try permutationImportance(of: best.model, on: later, seed: seed)
        }
        let model = try final(best, rows)
        if let test { report.test = try judge(model, on: test, like: rows) }
        if let output {
            let file = URL(fileURLWithPath: examples!).lastPathComponent
            try write(
                report.trained(
                    model, named: name, from: file, target: target!, classWeight: classWeight, seed: seed),
                to: output)
        }
        if let predictions { try write(model, best, later, to: predictions) }
        try result.give(report)
    }

    private func write(_ trained: TrainedModel, to path: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        try ResultFile.write(encoder.encode(trained), to: path)
    }

    private func read(_ path: String) throws -> LabelledRows {
        let roles = LabelledRows.Roles(
            target: target!, time: time, features: features.isEmpty ? nil : features.names, ignored: ignore.names)
        guard path.hasSuffix(".npy") else {
            return try LabelledRows(Table(path: path, mustBeNumbers: [target!]), roles: roles)
        }
        return try LabelledRows(FeatureMatrix(npy: URL(fileURLWithPath: path)), roles: roles)
    }

    private func split(_ rows: LabelledRows) throws -> TimeSplit {
        let split: TimeSplit
        if let times = rows.times {
            if let validationFrom {
                let cut =
                    rows.hasMoments
                    ? Timestamp(iso8601: validationFrom).map { Double($0.microseconds) } : Double(validationFrom)
                guard let cut else {
                    throw ValidationError("--validation-from “\(validationFrom)” is no time like those of “\(time!)”.")
                }
                split = TimeSplit(times: times, from: cut)
            } else {
                split = TimeSplit(times: times, share: share)
            }
        } else {
            log("There is no --time: the last rows of the file count as the latest.")
            split = TimeSplit(rows: rows.examples.targets.count, share: share)
        }
        guard !split.earlier.isEmpty, !split.later.isEmpty else {
            throw ValidationError(
                "\(split.earlier.count) rows would be learned from and \(split.later.count) validated on. "
                    + "Choose another --validation-from or --validation-share.")
        }
        return split
    }

    private func weight(for rows: LabelledRows) -> ClassWeight {
        rows.output == .probability ? classWeight.flatMap { ClassWeight($0) } ?? .equal : .equal
    }

    /// - Parameter times: Of the examples; nil takes them as they stand.
    private func learners(
        _ examples: Examples, times: [Double]?, _ output: BatchModel.Output
    ) throws -> [(name: String, learner: Learner)] {
        var linear = LinearSettings()
        linear.penalty = penalty ?? linear.penalty
        if learner == .small {
            if penalty == nil { linear.penalty = try PenaltyChoice(examples, times: times, output: output).penalty }
            return [("small", .linear(linear))]
        }
        var forest = ForestSettings()
        forest.maximumDepth = depth ?? forest.maximumDepth
        var boosted = BoostingSettings()
        boosted.rounds = rounds ?? boosted.rounds
        boosted.maximumDepth = depth ?? boosted.maximumDepth
        boosted.learningRate = learningRate ?? boosted.learningRate
        boosted.patience = patience ?? boosted.patience
        boosted.penalty = penalty ?? boosted.penalty
        boosted.threads = threads
        let all: [(String, Learner)] = [
            ("logistic", .linear(linear)), ("forest", .forest(forest)), ("boosted", .boosted(boosted)),
        ]
        return all.filter { learner == .auto || learner.rawValue == $0.0 }
    }

    /// The chosen learner's model of all rows, where it is asked for.
    private func final(_ best: Candidate, _ rows: LabelledRows) throws -> BatchModel {
        guard output != nil || test != nil else { return best.model }
        var model = try fit(
            best.learner, rows.examples.weighted(weight(for: rows)), output: rows.output, seed: seed)
        model.calibration = best.model.calibration
        return model
    }

    private func judge(_ model: BatchModel, on path: String, like rows: LabelledRows) throws -> Candidate {
        let found: LabelledRows
        if path.hasSuffix(".npy") {
            found = try read(path)
        } else {
            let table = try Table(path: path, as: model.columns, numbers: [target!])
            table.faultMessages.forEach(log)
            let targets = try table.numbers(target!)
            let kept = targets.indices.filter { !targets[$0].isNaN }
            let features = try FeatureMatrix(table, columns: model.columns)
            found = LabelledRows(
                examples: Examples(features: features.rows(kept), targets: kept.map { targets[$0] }),
                output: rows.output)
        }
        guard !found.examples.targets.isEmpty else {
            throw CommandFault(.badInput, "“\(path)” has no rows with a target.")
        }
        if let predictions {
            try Self.write(model.predictions(found.examples.features), found.examples.targets, to: predictions)
        }
        return Candidate(test: model, on: found.examples)
    }

    private func write(_ model: BatchModel, _ best: Candidate, _ later: Examples, to path: String) throws {
        guard test == nil else { return }
        // The refitted model has learned from these rows; what is written must not know them.
        try Self.write(best.model.predictions(later.features), later.targets, to: path)
    }

    private static func write(_ predictions: [Double], _ targets: [Double], to path: String) throws {
        var text = "row,prediction,target\n"
        for (row, (prediction, target)) in zip(predictions, targets).enumerated() {
            text += "\(row),\(prediction),\(target)\n"
        }
        try ResultFile.write(text.utf8, to: path)
    }

    private func log(_ text: String) { FileHandle.standardError.write(Data((text + "\n").utf8)) }
}
