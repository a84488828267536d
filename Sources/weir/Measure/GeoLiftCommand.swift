import WeirGeoLift
import ArgumentParser
import WeirReporting
import WeirTables

struct GeoLiftCommand: MeasuringCommand {
    static let configuration = CommandConfiguration(
        commandName: "geo-lift",
        abstract: "Says what a campaign that ran in some markets added there.",
        discussion: """
            The file has one row per market and period. Examples:

              weir measure geo-lift --input sales.csv --treated "chicago,portland" --start 2021-04-01
              weir measure geo-lift --input sales.csv --treated chicago --start 2021-04-01 --method ridge --spend 65000
              weir measure geo-lift --input sales.csv --cells "tv=chicago,cincinnati;search=honolulu" --start 2021-04-01
            """)

    static var files: [String] { ["input", "coordinates"] }

    @Option(help: "CSV file with one row per market and period.") var input: String
    @Option(help: "Column with the market.") var location = "location"
    @Option(help: "Column with the date (2021-04-01, 2021-04, 2021-W13) or number of the period.") var date = "date"
    @Option(help: "Column with what is counted.") var outcome = "Y"
    @Option(help: "Markets with the campaign, by commas.") var treated: String?
    @Option(help: "Several campaigns: name=market,market;name=market.") var cells: String?
    @Option(help: "First period of the campaign.") var start: String
    @Option(help: "Last period of the campaign (default: the last in the file).") var end: String?
    @Option(help: "classic, ridge or robust.") var method = SyntheticMethodOption.classic
    @Flag(help: "Match levels too, rather than movements about each market's mean.") var levels = false
    @Option(help: "Markets that must not serve as comparison, by commas.") var exclude = ""
    @Option(help: "CSV file with location, latitude and longitude in degrees.") var coordinates: String?
    @Option(help: "With --coordinates: markets nearer than this to a treated one are no comparison.") var withinKm = 0.0
    @Option(help: "Of the intervals.") var confidence = 0.95
    @Option(help: "What the campaign cost, by cell where there are several: 65000 or tv=40000;search=25000.") var spend:
        String?
    @Option(help: "What one outcome is worth, for the return on spend.") var value: Double?
    @Option(help: "Of spend and value.") var currency = "USD"
    @OptionGroup var report: ReportOptions

    func measured() throws -> Report {
        guard confidence > 0.5, confidence < 1 else {
            throw ValidationError("--confidence lies above 0.5 and below 1, such as 0.95.")
        }
        let table = try Table(path: input, mustBeNumbers: [outcome], mustBeCategories: [location, date])
        let panel = try Panel(table: table, unit: location, time: date, outcome: outcome)
        var test = GeoTest(panel: panel, cells: try chosenCells(), start: start)
        test.end = end
        test.method = method.method
        test.isDemeaned = !levels
        test.confidence = confidence
        test.spillover = try Spillover(exclude: exclude, coordinates: coordinates, kilometres: withinKm)
        return try test.report(GeoTest.Wording(outcome: outcome, value: value, currency: currency, source: input))
    }

    private func chosenCells() throws -> [GeoTest.Cell] {
        let parts = (cells ?? "").split(separator: ";").map { $0.split(separator: "=", maxSplits: 1).map(String.init) }
        guard parts.allSatisfy({ $0.count == 2 }), (cells == nil) != (treated == nil) else {
            throw ValidationError("Give --treated market,market, or --cells name=market,market;name=market.")
        }
        if let treated { return [GeoTest.Cell(name: "test", markets: marketNames(treated), spend: try amount(nil))] }
        return try parts.map {
            GeoTest.Cell(
                name: $0[0].withoutOuterSpace, markets: marketNames($0[1]), spend: try amount($0[0].withoutOuterSpace))
        }
    }

    private func amount(_ cell: String?) throws -> Double? {
        guard let spend else { return nil }
        let parts = spend.split(separator: ";").map {
            $0.split(separator: "=", maxSplits: 1).map { String($0).withoutOuterSpace }
        }
        let text = cell == nil ? spend : parts.first { $0.first == cell }?.last
        guard let text else { return nil }
        guard let number = Double(text), number >= 0, number.isFinite else {
            throw ValidationError("--spend: “\(text)” is no amount of at least 0.")
        }
        return number
    }
}

enum SyntheticMethodOption: String, ExpressibleByArgument, CaseIterable {
    case classic, ridge, robust

    var method: SyntheticMethod {
        switch self {
        case .classic: .classic
        case .ridge: .ridge(penalty: nil)
        case .robust: .robust(rank: nil)
        }
    }
}

extension Spillover {
    /// - Parameter coordinates: A CSV file with the columns location, latitude and longitude.
    init(exclude: String, coordinates: String?, kilometres: Double) throws {
        self.init()
        excluded = marketNames(exclude)
        self.kilometres = kilometres
        guard (coordinates == nil) == (kilometres == 0), kilometres >= 0 else {
            throw ValidationError("--coordinates and --within-km, above 0, go together.")
        }
        guard let coordinates else { return }
        let table = try Table(
            path: coordinates, mustBeNumbers: ["latitude", "longitude"], mustBeCategories: ["location"])
        let (codes, levels) = try table.categories("location")
        let (north, east) = (try table.numbers("latitude"), try table.numbers("longitude"))
        for row in 0..<table.rows where codes[row] >= 0 {
            guard abs(north[row]) <= 90, abs(east[row]) <= 180 else {
                throw ValidationError(
                    "“\(coordinates)”, line \(table.line(ofRow: row)): latitude lies in −90 ... 90, longitude in −180 ... 180."
                )
            }
            places[levels[Int(codes[row])]] = Place(latitude: north[row], longitude: east[row])
        }
    }
}

/// Names apart by commas.
func marketNames(_ text: String) -> [String] {
    text.split(separator: ",").map { String($0).withoutOuterSpace }.filter { !$0.isEmpty }
}

extension String {
    fileprivate var withoutOuterSpace: String {
        String(drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
    }
}
