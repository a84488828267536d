package import WeirMeasuring
package import WeirReporting
import WeirTables

/// What a campaign that ran in some markets added there, by a file with one row per market and period.
package struct GeoLiftRequest: MeasurementRequest {
    package static let kind = "geo-lift"

    package var input: MeasuredFile?
    /// Columns with the market, the period, and what is counted.
    package var location = "location"
    package var date = "date"
    package var outcome = "Y"
    /// Markets with the campaign, by commas.
    package var treated: String?
    /// Several campaigns: `name=market,market;name=market`.
    package var cells: String?
    /// First and last period of the campaign.
    package var start = ""
    package var end: String?
    package var method = SyntheticMethodOption.classic
    /// Whether levels are matched too, rather than movements about each market's mean.
    package var levels = false
    /// Markets that must not serve as comparison, by commas.
    package var exclude = ""
    package var coordinates: MeasuredFile?
    package var withinKm = 0.0
    package var confidence = 0.95
    /// What the campaign cost, by cell where there are several.
    package var spend: String?
    package var value: Double?
    package var currency = "USD"

    package init() {}

    package func check() throws {
        try checkConfidence(confidence)
        try refuse([value.flatMap { limitFault("--value", $0, -1e12...1e12) }])
        _ = try required(start, "--start", "the first period of the campaign, such as 2021-04-01")
        _ = try chosenCells()
        try Spillover.check(coordinates: coordinates, kilometres: withinKm)
    }

    package func report() throws -> Report {
        let input = try required(input)
        let table = try input.table(mustBeNumbers: [outcome], mustBeCategories: [location, date])
        let panel = try Panel(table: table, unit: location, time: date, outcome: outcome)
        var test = GeoTest(panel: panel, cells: try chosenCells(), start: start)
        test.end = end
        test.method = method.method
        test.isDemeaned = !levels
        test.confidence = confidence
        test.spillover = try Spillover(exclude: exclude, coordinates: coordinates, kilometres: withinKm)
        return try test.report(
            GeoTest.Wording(outcome: outcome, value: value, currency: currency, source: input.name))
    }

    private func chosenCells() throws -> [GeoTest.Cell] {
        let parts = (cells ?? "").split(separator: ";").map { $0.split(separator: "=", maxSplits: 1).map(String.init) }
        guard parts.allSatisfy({ $0.count == 2 }), (cells == nil) != (treated == nil) else {
            throw MeasurementError("Give --treated market,market, or --cells name=market,market;name=market.")
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
        guard let number = Double(text), (0...1e15).contains(number) else {
            throw MeasurementError("--spend: “\(text)” is no amount from 0 to 1e15.")
        }
        return number
    }
}

extension Spillover {
    /// - Throws: `MeasurementError`, where only one of two that go together was given.
    static func check(coordinates: MeasuredFile?, kilometres: Double) throws(MeasurementError) {
        if let fault = limitFault("--within-km", kilometres, 0...20_100) { throw MeasurementError(fault) }
        guard (coordinates == nil) == (kilometres == 0) else {
            throw MeasurementError("--coordinates and --within-km, above 0, go together.")
        }
    }

    /// - Parameter coordinates: A CSV file with the columns location, latitude and longitude.
    init(exclude: String, coordinates: MeasuredFile?, kilometres: Double) throws {
        self.init()
        excluded = marketNames(exclude)
        self.kilometres = kilometres
        guard let coordinates else { return }
        let table = try coordinates.table(
            mustBeNumbers: ["latitude", "longitude"], mustBeCategories: ["location"], mayBeEmpty: true)
        // A market without its place would not be kept out of the comparison.
        guard table.faults.isEmpty else {
            throw MeasurementError(table.faults.prefix(10).map { "“\(coordinates.name)”: \($0)" })
        }
        let (codes, levels) = try table.categories("location")
        let (north, east) = (try table.numbers("latitude"), try table.numbers("longitude"))
        for row in 0..<table.rows where codes[row] >= 0 {
            guard abs(north[row]) <= 90, abs(east[row]) <= 180 else {
                throw MeasurementError(
                    "“\(coordinates.name)”, line \(table.line(ofRow: row)): latitude lies in −90 ... 90, longitude in −180 ... 180."
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
