import Testing
import WeirLearning
import WeirStatistics
import WeirTables
import WeirTraining

@Suite("What training and predicting make of a file")
struct TrainingFileTests {
    private static func table(_ text: String, numbers: [String] = []) throws -> Table {
        try Table(bytes: Array(text.utf8), mustBeNumbers: numbers)
    }

    /// Examples with shops that only look like numbers, and one that does not.
    private static func rows(_ count: Int, shops: [String]) -> String {
        var random = Xoshiro256StarStar(seed: 4)
        let lines = (0..<count).map { row in
            let shop = shops[row % shops.count]
            let rate = 0.1 + 0.2 * Double(row % shops.count)
            return "\(row),\(shop),\(1000 + row),\(random.unit() < rate ? 1 : 0)"
        }
        return (["t,shop,customer_id,bought"] + lines).joined(separator: "\n")
    }

    @Test(
        "A file that holds some of the codes predicts as one that holds them all",
        arguments: [["0007", "0012", "A150"], ["7", "12", "x"]])
    func codes(shops: [String]) throws {
        let rows = try LabelledRows(Self.table(Self.rows(600, shops: shops)), roles: .init(target: "bought", time: "t"))
        var settings = BoostingSettings()
        settings.rounds = 20
        let model = try fit(.boosted(settings), rows.examples, output: .probability, seed: 1)
        func predicted(_ shops: [String]) throws -> [Double] {
            let text = (["shop"] + shops).joined(separator: "\n")
            let columns = model.columns
            let table = try Table(
                bytes: Array(text.utf8), mustBeNumbers: columns.filter { $0.levels == nil }.map(\.name),
                mustBeCategories: columns.filter { $0.levels != nil }.map(\.name))
            return model.predictions(try FeatureMatrix(table, columns: columns))
        }
        let some = try predicted(Array(shops.prefix(2)))
        #expect(try predicted(shops).prefix(2).elementsEqual(some))
        #expect(some[0] != some[1])
    }

    @Test("What numbers rows is not learned from unless it is asked for, and the line on top says what is what")
    func ids() throws {
        let table = try Self.table(Self.rows(200, shops: ["a", "b"]))
        let rows = try LabelledRows(table, roles: .init(target: "bought", time: "t"))
        #expect(rows.examples.features.columns.map(\.name) == ["shop"])
        #expect(rows.notes.contains { $0.contains("customer_id") })
        let expected =
            "target bought as 0 or 1; time t as numbers from 0 to 199; categories shop (2 values); "
            + "not learned from: customer_id; 200 rows, none left out."
        #expect(rows.understood == expected)
        let asked = try LabelledRows(
            table, roles: .init(target: "bought", time: "t", features: ["shop", "customer_id"]))
        #expect(asked.examples.features.columns.count == 2)
    }

    /// A report on learners that were judged by the later fifth of rows with these targets.
    private static func report(later: Double) throws -> TrainReport {
        var random = Xoshiro256StarStar(seed: 9)
        let lines = (0..<200).map { row in
            "\(row),\(random.unit()),\(row < 160 ? (random.unit() < 0.3 ? 1 : 0) : Int(later))"
        }
        let rows = try LabelledRows(
            table((["t,x,y"] + lines).joined(separator: "\n")), roles: .init(target: "y", time: "t"))
        let split = TimeSplit(times: rows.times ?? [], share: 0.2)
        let (earlier, validation) = (rows.examples.rows(split.earlier), rows.examples.rows(split.later))
        let learner = Learner.linear(LinearSettings())
        let model = try fit(learner, earlier, output: .probability, seed: 1)
        let candidate = Candidate(
            name: "logistic", learner: learner, model: model, validation: validation, calibration: .auto)
        return TrainReport(
            rows: rows, split: split, candidates: [(candidate, 0)], chosen: 0,
            doubts: candidate.doubts(learnedFrom: earlier))
    }

    @Test("Where the latest rows are all of one kind, nothing is best and nothing is judged", arguments: [0.0, 1])
    func oneKind(later: Double) throws {
        let report = try Self.report(later: later)
        #expect(!report.isJudged && !report.text.contains("is best") && !report.text.contains("nan"))
        #expect(report.text.contains("nothing can be judged"))
        #expect(report.doubts.contains { $0.contains("all have the same target") })
    }
}
