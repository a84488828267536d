import WeirAttribution
import WeirMeasuring
import Foundation
import Testing
import WeirJSON
import WeirReporting
import WeirStatistics

@Suite("Attribution against references and by simulation")
struct AttributionTests {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("../shared/data/attribution")

    /// Nil, with a word about it, where the data are not here.
    private static func file(_ name: String) -> String? {
        let path = folder.appendingPathComponent(name).path
        guard FileManager.default.fileExists(atPath: path) else {
            print("Skipped: \(path) is not here.")
            return nil
        }
        return path
    }

    @Test(
        "Credit equals the reference in all digits it gives",
        arguments: [("paths", "paths.csv.gz"), ("synthetic", "synthetic/journeys.csv.gz")])
    func reference(set: String, file: String) throws {
        guard let path = Self.file(file), let known = Self.file("reference.json") else { return }
        let reference = try JSON(parsing: Array(Data(contentsOf: URL(fileURLWithPath: known))))
        let study = try AttributionStudy(
            try JourneySet(MeasuredFile(path: path)), settings: AttributionSamples.settings())
        let keys: [AttributionModel: String] = [.timeDecay: "time_decay_half_life_168h", .markov: "markov_exact"]
        for credit in study.credits {
            guard case .object(let wanted)? = reference[set]?[keys[credit.model] ?? credit.model.rawValue] else {
                Issue.record("no \(credit.model)")
                continue
            }
            #expect(wanted.count == study.channels.count)
            for member in wanted {
                let value = try #require(member.value.double)
                let ours = study.interval(credit.model, member.name).estimate
                // Six decimals, or six digits below 1.
                let rounding = abs(value) < 1 ? 5.001e-6 * abs(value) : 5.001e-7
                #expect(abs(ours - value) <= rounding, "\(credit.model) \(member.name)")
            }
        }
        let probability = try #require(reference[set]?["markov_conversion_probability"]?.double)
        #expect(abs((study.conversionProbability?.estimate ?? 0) - probability) < 5.1e-7)
        guard case .object(let effects)? = reference[set]?["markov_exact_removal_effects"] else { return }
        for member in effects {
            let place = try #require(study.channels.firstIndex(of: member.name))
            let value = try #require(member.value.double)
            #expect(abs(study.removalEffects[place].estimate / value - 1) < 5.1e-6)
        }
    }

    @Test("The chain that made the journeys lies within the intervals")
    func truth() throws {
        guard let path = Self.file("synthetic/journeys.csv.gz"), let file = Self.file("synthetic/truth.json") else {
            return
        }
        let truth = try JSON(parsing: Array(Data(contentsOf: URL(fileURLWithPath: file))))
        let study = try AttributionStudy(
            try JourneySet(MeasuredFile(path: path)), settings: AttributionSamples.settings([.markov], resamples: 400))
        #expect(study.channels.count == 8)
        for (channel, effect) in zip(study.channels, study.removalEffects) {
            let value = try #require(truth["removal_effect"]?[channel]?.double)
            #expect(effect.contains(value), "\(channel): \(value) in \(effect)")
            #expect(effect.upper - effect.lower < 0.04)
        }
        let probability = try #require(truth["conversion_probability"]?.double)
        #expect(study.conversionProbability?.contains(probability) == true)
    }

    @Test("Intervals of 95 % cover what more journeys of the same kind would show")
    func coverage() throws {
        let runs = ProcessInfo.processInfo.environment["WEIR_LONG_TESTS"] == nil ? 150 : 2_000
        let many = try AttributionStudy(
            try AttributionSamples.journeys(AttributionSamples.paths(400_000, seed: 9_999)),
            settings: AttributionSamples.settings([.linear, .timeDecay, .markov]))
        let scale = 600.0 / 400_000
        var covered = ["linear": 0, "time_decay": 0, "markov": 0, "effects": 0]
        for run in 0..<runs {
            let study = try AttributionStudy(
                try AttributionSamples.journeys(AttributionSamples.paths(600, seed: UInt64(run))),
                settings: AttributionSamples.settings([.linear, .timeDecay, .markov], resamples: 200))
            for (index, credit) in study.credits.enumerated() {
                for channel in study.channels.indices
                where credit.conversions[channel].contains(many.credits[index].conversions[channel].estimate * scale) {
                    covered[credit.model.rawValue]! += 1
                }
            }
            for channel in study.channels.indices
            where study.removalEffects[channel].contains(many.removalEffects[channel].estimate) {
                covered["effects"]! += 1
            }
        }
        let total = Double(runs * many.channels.count)
        // Percentiles of 200 resamples of 600 journeys are a little short.
        for (name, count) in covered.sorted(by: { $0.key < $1.key }) {
            print("Coverage of \(name): \(Double(count) / total) in \(runs) runs")
            #expect((0.915...0.975).contains(Double(count) / total), "\(name): \(Double(count) / total)")
        }
    }

    @Test("A resampled count spreads as its square root, small or large", arguments: [4.0, 9, 11, 400, 90_000])
    func poissonSpread(count: Double) throws {
        var set = JourneySet()
        try set.append(path: ["a"], conversions: count, abandoned: 0)
        try set.append(path: ["b"], conversions: 50, abandoned: 100)
        let study = try AttributionStudy(set, settings: AttributionSamples.settings([.first], resamples: 4_000))
        let interval = study.interval(.first, "a")
        let spread = (interval.upper - interval.lower) / (2 * 1.96)
        #expect(abs(spread / count.squareRoot() - 1) < 0.12)
        #expect(abs((interval.upper + interval.lower) / 2 - count) < 0.5 * count.squareRoot())
    }

    @Test("The same seed gives the same intervals, another seed others")
    func seeds() throws {
        let set = try AttributionSamples.journeys(AttributionSamples.paths(300, seed: 1))
        func lower(_ seed: UInt64) throws -> [Double] {
            var settings = AttributionSamples.settings(resamples: 60)
            settings.seed = seed
            return try AttributionStudy(set, settings: settings).credits.flatMap { $0.conversions.map(\.lower) }
        }
        #expect(try lower(3) == lower(3))
        #expect(try lower(3) != lower(4))
    }

    @Test("Journeys of a person are resampled together")
    func clusters() throws {
        // Each person converts ten times: intervals are as wide as of a tenth of the journeys.
        var touches = "customer,time,channel\n"
        var orders = "customer,time,value\n"
        for person in 0..<200 {
            for visit in 0..<10 {
                touches += "p\(person),\(visit * 100),\(person % 2 == 0 ? "a" : "b")\n"
                orders += "p\(person),\(visit * 100 + 10),1\n"
            }
        }
        let study = try AttributionSamples.withFiles([touches, orders]) { files in
            try AttributionStudy(
                try TouchLog(touches: MeasuredFile(path: files[0]), conversions: MeasuredFile(path: files[1])),
                settings: AttributionSamples.settings([.first], resamples: 2_000))
        }
        let interval = study.interval(.first, "a")
        #expect(interval.estimate == 1_000)
        #expect(abs((interval.upper - interval.lower) / (2 * 1.96) / (10 * 100.0.squareRoot()) - 1) < 0.1)
    }
}
