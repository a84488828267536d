import Testing
import WeirReporting

import WeirMeasuring

/// Has an option of each kind.
private struct Sample: MeasurementRequest, Equatable {
    enum Method: String, Codable, CaseIterable { case classic, ridge }

    static let kind = "sample"

    var input: MeasuredFile?
    var definitions: [MeasuredFile] = []
    var column = "date"
    var note: String?
    var withinKm = 0.5
    var budget: Double?
    var draws = 10
    var lookback: Int?
    var seed: UInt64 = 7
    var levels = false
    var metric: [String] = []
    var method = Method.classic
    var controls: Method?
    var effect: RelativeShare?

    init() {}

    func report() -> Report { Report(kind: Self.kind, title: column) }
}

@Suite("Options of requests")
struct RequestOptionsTests {
    private func sample(_ text: String) throws -> Sample {
        try Sample(RequestOptions(parsing: Array(text.utf8)))
    }

    private func faults(_ text: String) -> [String] {
        do { _ = try sample(text) } catch { return (error as? MeasurementError)?.faults ?? ["\(error)"] }
        return []
    }

    @Test(
        "What is not said keeps its standard value",
        arguments: [
            "{}", #"{"options": {}, "files": {}}"#, #"{"options": {"budget": null, "levels": false, "draws": false}}"#,
        ])
    func standard(text: String) throws { #expect(try sample(text) == Sample()) }

    @Test("Options reach the properties of their names")
    func values() throws {
        let request = try sample(
            """
            {"options": {"column": "day", "note": "x", "within-km": 2, "budget": 1.5, "draws": 3, "lookback": 4, "seed": 5,
              "levels": true, "metric": ["a", "b"], "method": "ridge", "controls": "classic", "effect": "5%"},
             "files": {"input": "a\\n1\\n", "definitions": "{}"}}
            """)
        var expected = Sample()
        (expected.column, expected.note, expected.withinKm, expected.budget) = ("day", "x", 2, 1.5)
        (expected.draws, expected.lookback, expected.seed, expected.levels) = (3, 4, 5, true)
        (expected.metric, expected.method, expected.controls) = (["a", "b"], .ridge, .classic)
        expected.effect = RelativeShare(0.05)
        expected.input = MeasuredFile(name: "input.csv", content: Array("a\n1\n".utf8))
        expected.definitions = [MeasuredFile(name: "definitions.csv", content: Array("{}".utf8))]
        #expect(request == expected)
    }

    @Test("Numbers may be written as texts, texts as numbers, and one value stands for a list of one")
    func lenience() throws {
        let request = try sample(
            #"{"options": {"within-km": "2.5", "draws": "3", "seed": "18446744073709551615", "column": 1990, "metric": "a", "effect": 0.1}}"#
        )
        #expect(request.withinKm == 2.5)
        #expect(request.draws == 3)
        #expect(request.seed == .max)
        #expect(request.column == "1990")
        #expect(request.metric == ["a"])
        #expect(request.effect?.value == 0.1)
    }

    @Test(
        "What cannot be meant is refused with option, value and remedy",
        arguments: [
            (#"{"options": {"draws": "many"}}"#, "options.draws: “many” is not possible; send a whole number."),
            (#"{"options": {"draws": 1.5}}"#, "options.draws: “1.5” is not possible; send a whole number."),
            (#"{"options": {"seed": -1}}"#, "options.seed: “-1” is not possible; send a whole number from 0."),
            (#"{"options": {"within-km": "nan"}}"#, "options.within-km: “nan” is not possible; send a number."),
            (#"{"options": {"levels": "yes"}}"#, "options.levels: “yes” is not possible; send true or false."),
            (#"{"options": {"method": "best"}}"#, "options.method: “best” is not possible; known are classic, ridge."),
            (
                #"{"options": {"effect": "much"}}"#,
                "options.effect: “much” is not possible; write a share as 0.05 or 5%."
            ),
            (#"{"options": {"meteric": "x"}}"#, "options.meteric: there is no such option. Did you mean “metric”?"),
            (#"{"options": {"input": "/etc/hostname"}}"#, "options.input: send the file's content as files.input."),
            (#"{"files": {"column": "x"}}"#, "files.column: this measurement takes input, definitions."),
            (
                #"{"options": {"store": "x"}}"#,
                "options.store: what the server measures itself is under /v1/measurements; send files here."
            ),
            (#"{"options": {"output": "x"}}"#, "options.output: ask for a form behind the path, such as ?format=html."),
            (#"{"options": {"draws": {}}}"#, "options.draws: send a text, a number, true, or a list of these."),
            (#"{"files": {"input": 3}}"#, "files.input: send the CSV file's content as a text."),
            ("[]", "The body is an array; send an object."),
            (#"{"options": {"a b": "x"}}"#, "options.a b: an option's name has small letters, digits and hyphens."),
        ])
    func refusals(text: String, fault: String) { #expect(faults(text) == [fault]) }

    @Test(
        "A range may be asked to hold the truth in more than half of all cases, never in all of them",
        arguments: [(0.5, false), (0.51, true), (0.95, true), (0.999, true), (1, false), (.nan, false)])
    func confidence(_ confidence: Double, isPossible: Bool) {
        #expect(((try? Sample().checkConfidence(confidence)) != nil) == isPossible)
    }

    @Test("All names that are wrong are said at once")
    func allFaults() { #expect(faults(#"{"options": {"x": 1, "y": 2}, "files": {"z": ""}}"#).count == 3) }
}
