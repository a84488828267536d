import WeirReporting
import WeirExperiments
import WeirExperimentCases
import Foundation
import Testing
import WeirJSON

@Suite("Experiment cases")
struct ExperimentsCasesTests {
    static let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("../shared/data/experiments/reference.json")

    /// The relative distance of two outputs; of lists, the largest.
    static func distance(_ value: JSON?, _ expected: JSON, name: String) -> Double {
        if let expected = expected.array {
            guard let value = value?.array, value.count == expected.count else { return .infinity }
            return zip(value, expected).map { distance($0, $1, name: name) }.max() ?? 0
        }
        if value == expected { return 0 }
        guard let value = value?.double, let expected = expected.double else { return .infinity }
        // The peer computes small p-values as 1 minus a probability, which loses them.
        if name.contains("p_value"), max(value, expected) < 1e-12 { return 0 }
        let gap = abs(value - expected)
        return expected == 0 ? gap : gap / abs(expected)
    }

    static func compare(_ text: [UInt8], within tolerance: Double) throws -> Int {
        let cases = try JSON(parsing: text)
        let outputs = try experimentCases(cases)
        for entry in try #require(cases["cases"]?.array) {
            let id = try #require(entry["id"]?.string)
            for member in try #require(entry["expected"]?.members) {
                let far = distance(outputs[id]?[member.name], member.value, name: member.name)
                #expect(far <= tolerance, "\(id): \(member.name) is \(String(describing: outputs[id]?[member.name]))")
            }
        }
        return cases["cases"]?.array?.count ?? 0
    }

    @Test("Every case of the data set agrees with its peer to 1e-8, a hundredth of what is asked")
    func reference() throws {
        guard let content = FileManager.default.contents(atPath: Self.file.standardized.path) else {
            print("Skipped: “\(Self.file.standardized.path)” is not here.")
            return
        }
        #expect(try Self.compare(Array(content), within: 1e-8) >= 75)
    }

    @Test("Cases with few, many and very unequal units agree to 1e-6")
    func further() throws {
        #expect(try Self.compare(Array(furtherExperimentCases.utf8), within: 1e-6) >= 30)
    }

    @Test("Where an arm does not vary there is no effect to speak of")
    func nothingVaries() throws {
        let cases = try JSON(
            parsing: #"""
                {"cases": [{"id": "x", "kind": "welch_proportion", "inputs": {"n_a": 10, "sum_a": 3, "n_b": 9, "sum_b": 0,
                "difference": "relative", "alpha": 0.05}}]}
                """#)
        #expect(try experimentCases(cases)["x"]?["p_value"]?.double == 1)
    }

    @Test("An unknown kind and a missing input are refused together, by name")
    func faults() throws {
        let cases = try JSON(
            parsing:
                #"{"cases": [{"id": "x", "kind": "anova"}, {"id": "y", "kind": "welch_mean", "inputs": {"n_a": 3}}]}"#)
        let error = try #require(throws: MeasurementError.self) { try experimentCases(cases) }
        #expect(error.faults.first?.contains("Case x: the kind “anova” is unknown") == true)
        #expect(error.faults.contains { $0.contains("Case y: the input “sum_b” is missing") })
    }
}
