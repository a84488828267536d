import WeirAttribution
import Foundation
import WeirStatistics

/// Journeys and files for the tests of attribution.
enum AttributionSamples {
    typealias Path = (channels: [String], hours: [Double], won: Double, lost: Double, value: Double)

    static let channels = ["ads", "blog", "mail", "push", "shop"]

    /// Paths from a first-order chain: from each channel on to another, or to an end.
    static func paths(_ count: Int, seed: UInt64, channels: [String] = channels, most: Int = 12) -> [Path] {
        var random = Xoshiro256StarStar(seed: seed)
        return (0..<count).map { _ in
            var path = [Int(random.unit() * Double(channels.count))]
            while path.count < most, random.unit() < 0.6 {
                // The next one depends on the last, so that a chain has something to learn.
                path.append(
                    (path[path.count - 1] + Int(random.unit() * random.unit() * Double(channels.count)))
                        % channels.count)
            }
            let won = random.unit() < 0.1 + 0.05 * Double(path[path.count - 1])
            var hours = path.map { _ in (random.unit() * 5_000).rounded() / 10 }
            hours.sort(by: >)
            return (
                path.map { channels[$0] }, hours, won ? 1 : 0, won ? 0 : 1,
                won ? (random.unit() * 9_000).rounded() / 100 : 0
            )
        }
    }

    static func journeys(_ paths: [Path], times: Bool = true) throws -> JourneySet {
        var set = JourneySet()
        for path in paths {
            try set.append(
                path: path.channels, hoursBeforeEnd: times ? path.hours : nil, conversions: path.won,
                abandoned: path.lost,
                value: path.value)
        }
        return set
    }

    static func settings(_ models: [AttributionModel] = AttributionModel.allCases, resamples: Int = 0)
        -> AttributionSettings
    {
        var settings = AttributionSettings()
        (settings.models, settings.resamples) = (models, resamples)
        return settings
    }

    /// A file that is removed when the body has ended.
    static func withFiles<Result>(_ contents: [String], _ body: ([String]) throws -> Result) throws -> Result {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("attribution-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let paths = try contents.indices.map { index in
            let file = folder.appendingPathComponent("\(index).csv")
            try Data(contents[index].utf8).write(to: file)
            return file.path
        }
        return try body(paths)
    }
}

extension AttributionStudy {
    func credit(_ model: AttributionModel) -> [String: Double] {
        guard let credit = credits.first(where: { $0.model == model }) else { return [:] }
        return Dictionary(uniqueKeysWithValues: zip(channels, credit.conversions.map(\.estimate)))
    }

    func interval(_ model: AttributionModel, _ channel: String) -> Interval {
        guard let credit = credits.first(where: { $0.model == model }), let place = channels.firstIndex(of: channel)
        else {
            return Interval(estimate: .nan, lower: .nan, upper: .nan)
        }
        return credit.conversions[place]
    }
}
