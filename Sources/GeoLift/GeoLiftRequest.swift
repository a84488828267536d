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
    /// Markets with the campaign, each by itself or several by commas.
    package var treated: [String] = []
    /// Several campaigns, each by itself or several by semicolons: `name=market,market;name=market`.
    package var cells: [String] = []
    /// First and last period of the campaign.
    package var start = ""
    package var end: String?
    package var method = SyntheticMethodOption.classic
    /// Whether levels are matched too, rather than movements about each market's mean.
    package var levels = false
    /// Markets that must not serve as comparison, each by itself or several by commas.
    package var exclude: [String] = []
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
        try refuse([
            value.flatMap { limitFault("--value", $0, -1e12...1e12) },
            value != nil && spend == nil ? "--value says nothing without --spend; give what the campaign cost." : nil,
        ])
        _ = try required(start, "--start", "the first period of the campaign, such as 2021-04-01")
        _ = try chosenCells()
        try Spillover.check(coordinates: coordinates, kilometres: withinKm)
    }

    package func report() throws -> Report {
        let input = try required(input)
        let table = try input.table(mustBeNumbers: [outcome], mustBeCategories: [location, date])
        let panel = try Panel(table: table, unit: location, time: date, outcome: outcome)
        var cells = try chosenCells()
        for index in cells.indices {
            cells[index].markets = try NameList(cells[index].markets).names(among: panel.units)
        }
        var test = GeoTest(panel: panel, cells: cells, start: start)
        test.end = end
        test.method = method.method
        test.isDemeaned = !levels
        test.confidence = confidence
        test.spillover = try Spillover(
            exclude: exclude, among: panel.units, coordinates: coordinates, kilometres: withinKm)
        return try test.report(
            GeoTest.Wording(outcome: outcome, value: value, currency: currency, source: input.name))
    }

    /// The campaigns, their markets as they are listed: which names a list holds only the file can tell.
    private func chosenCells() throws -> [GeoTest.Cell] {
        guard NameList(treated).isEmpty != cells.isEmpty else {
            throw MeasurementError("Give --treated market,market, or --cells name=market,market;name=market.")
        }
        let costs = try costs()
        guard !cells.isEmpty else {
            let named = costs.first { $0.name != nil }?.name
            guard named == nil, costs.count < 2 else {
                throw MeasurementError("--spend names cells, but there are none. Give one amount, or --cells.")
            }
            return [GeoTest.Cell(name: "test", markets: treated, spend: costs.first?.amount)]
        }
        let found = try cells.flatMap { $0.splitOutsideQuotes(at: ";") }.filter { !NameList($0).isEmpty }.map { text in
            let parts = text.splitOutsideQuotes(at: "=")
            guard parts.count > 1 else {
                throw MeasurementError("--cells: “\(text)” is not like name=market,market.")
            }
            let name = parts[0].unquoted
            return GeoTest.Cell(
                name: name, markets: [parts.dropFirst().joined(separator: "=")],
                spend: costs.first { $0.name == name }?.amount)
        }
        let names = found.map(\.name)
        if let twice = names.first(where: { name in names.count { $0 == name } > 1 }) {
            throw MeasurementError("--cells names “\(twice)” twice. Give each campaign a name of its own.")
        }
        if let wrong = costs.first(where: { cost in !names.contains { $0 == cost.name } }) {
            throw MeasurementError(
                "--spend: there is no cell “\(wrong.name ?? "")”. Write \(names.map { $0 + "=65000" }.joined(separator: ";"))."
            )
        }
        return found
    }

    /// What `--spend` says, by cell where it names them.
    private func costs() throws -> [(name: String?, amount: Double)] {
        try (spend ?? "").splitOutsideQuotes(at: ";").filter { !NameList($0).isEmpty }.map { part in
            let text = part.nameAndValue?.value ?? part
            guard let number = Double(text), (0...1e15).contains(number) else {
                throw MeasurementError("--spend: “\(text)” is no amount from 0 to 1e15.")
            }
            return (part.nameAndValue?.name, number)
        }
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
    init(exclude: [String], among known: [String], coordinates: MeasuredFile?, kilometres: Double) throws {
        self.init()
        excluded = try NameList(exclude).names(among: known)
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
