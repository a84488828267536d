import WeirFiles
package import WeirMeasuring
import WeirReporting

extension JourneySet {
    /// Reads a file of paths, packed with gzip or not.
    ///
    /// Two layouts, told by the columns: aggregated paths (`path`, `total_conversions`, and where there are
    /// `total_conversion_value` and `total_null`), or single journeys (`path`, `converted`, and where there are
    /// `journey_id`, `hours_before_end`, `value`). Rows that cannot be used are left out and told in `warnings`.
    ///
    /// - Parameter separator: Between the channels of a path and between their times; spaces around it do not count.
    /// - Throws: `MeasurementError`, where the file cannot be read, has other columns, or no row can be used.
    package init(_ file: MeasuredFile, separator: Character = ">") throws {
        guard let byte = separator.asciiValue else {
            throw MeasurementError("The separator “\(separator)” is no ASCII character; use one such as >.")
        }
        var reader = try PathReader(file, separator: byte)
        try reader.read()
        self = reader.journeys
    }
}

/// Reads paths into flat arrays in one pass.
private struct PathReader {
    var journeys = JourneySet()
    private let path: String
    private let rows: CSVReader
    private let separator: UInt8
    private let places: (path: Int, won: Int, lost: Int?, value: Int?, hours: Int?, id: Int?)
    private let isAggregated: Bool
    private var channels = TextIndex()
    private var ids = TextIndex()
    private var faults = LineFaults()

    init(_ file: MeasuredFile, separator: UInt8) throws {
        path = file.name
        rows = try CSVReader.open(file)
        self.separator = separator
        let names = rows.names
        guard let place = rows.place(of: "path"),
            let won = rows.place(of: "total_conversions") ?? rows.place(of: "converted")
        else {
            throw MeasurementError(
                "“\(path)” has the columns \(names.map { "“\($0)”" }.joined(separator: ", ")). Needed are “path” and “total_conversions” (aggregated paths), or “path” and “converted” (single journeys); raw touches are read with their conversions beside them."
            )
        }
        isAggregated = rows.place(of: "total_conversions") != nil
        places = (
            place, won, isAggregated ? rows.place(of: "total_null") : nil,
            rows.place(of: isAggregated ? "total_conversion_value" : "value"),
            isAggregated ? nil : rows.place(of: "hours_before_end"), isAggregated ? nil : rows.place(of: "journey_id")
        )
    }

    mutating func read() throws {
        var count = 0
        while let row = try rows.nextRow(of: path, &faults) {
            count += 1
            let touches = journeys.touches.count
            let hours = journeys.hours.count
            if let fault = try take(row) {
                journeys.touches.removeSubrange(touches...)
                journeys.hours.removeSubrange(hours...)
                faults.leaveOut("“\(path)”, line \(rows.line): " + fault)
            }
        }
        guard journeys.rows > 0 else {
            throw MeasurementError(faults.messages + ["“\(path)” has no path that can be used."])
        }
        journeys.channels = channels.texts
        journeys.warnings = faults.messages
        let kind = isAggregated ? "aggregated paths" : "journeys"
        journeys.sources = ["\(count) \(kind) from “\(path)”, \(journeys.touches.count) touches."]
        if isAggregated, places.lost == nil {
            journeys.warnings.append(
                "There is no column “total_null”: without journeys that did not convert, Markov and the Shapley value of the rate cannot tell channels that convert from those that do not. Add it."
            )
        }
    }

    /// Appends the row; returns what is wrong with it, nil where nothing is.
    private mutating func take(_ row: CSVRow) throws -> String? {
        func fault(_ place: Int, _ remedy: String) -> String { self.fault(row, place, remedy) }
        guard let won = NumberText.finite(row[places.won]) else { return fault(places.won, "write a number.") }
        var lost = isAggregated ? 0 : 1 - won
        if let place = places.lost {
            guard let count = NumberText.finite(row[place]) else { return fault(place, "write a number.") }
            lost = count
            if lost < 0 || lost != lost.rounded() { return fault(place, "a count is a whole number of 0 or more.") }
        }
        if won < 0 || won != won.rounded() { return fault(places.won, "a count is a whole number of 0 or more.") }
        if !isAggregated, won > 1 {
            return fault(places.won, "write 1 for a journey that converted, 0 for one that did not.")
        }
        var value = 0.0
        if let place = places.value, !row[place].isEmpty {
            guard let number = NumberText.finite(row[place]) else { return fault(place, "write a number.") }
            guard abs(number) <= MeasuredFile.largestNumber else {
                return fault(place, "it is too large to be added up; check the column.")
            }
            value = won > 0 ? number : 0
            if won == 0, number != 0 { return fault(place, "nothing was converted; write 0, or count the conversion.") }
        }
        if let fault = try appendTouches(row) { return fault }
        if let place = places.hours, let fault = appendHours(row, place) { return fault }
        if let place = places.id {
            let known = ids.count
            if ids.index(of: row[place]) < known {
                return fault(place, "the id has been used before; give each journey its own.")
            }
        }
        journeys.close(conversions: won, abandoned: lost, value: value)
        return nil
    }

    private func fault(_ row: CSVRow, _ place: Int, _ remedy: String) -> String {
        "“\(rows.names[place])” is “\(row[place].excerpt)”; \(remedy)"
    }

    private mutating func appendTouches(_ row: CSVRow) throws -> String? {
        let field = row[places.path]
        var from = 0
        while from <= field.count {
            var end = from
            while end < field.count, field[end] != separator { end += 1 }
            var (first, last) = (from, end)
            while first < last, field[first] == UInt8(ascii: " ") { first += 1 }
            while first < last, field[last - 1] == UInt8(ascii: " ") { last -= 1 }
            if first == last {
                return field.isEmpty
                    ? "the path is empty; a journey has at least one channel."
                    : fault(row, places.path, "a channel is missing; name it.")
            }
            let channel = channels.index(of: UnsafeBufferPointer(rebasing: field[first..<last]))
            guard channel < JourneySet.mostChannels else { throw MeasurementError(JourneySet.tooManyChannels) }
            journeys.touches.append(UInt16(truncatingIfNeeded: channel))
            from = end + 1
        }
        return nil
    }

    private mutating func appendHours(_ row: CSVRow, _ place: Int) -> String? {
        let field = row[place]
        var from = 0
        var earlier = Double.infinity
        while from <= field.count {
            var end = from
            while end < field.count, field[end] != separator { end += 1 }
            guard let hours = NumberText.finite(UnsafeBufferPointer(rebasing: field[from..<end])) else {
                return fault(row, place, "write hours before the end, one per touch.")
            }
            if hours < 0 {
                return fault(row, place, "a touch after the journey's end; take it out, or end the journey later.")
            }
            if hours > earlier {
                return fault(row, place, "touches must be in order of time, the first one furthest from the end.")
            }
            earlier = hours
            journeys.hours.append(hours)
            from = end + 1
        }
        let touches = journeys.touches.count
        guard journeys.hours.count == touches else {
            return fault(row, place, "there are as many times as touches.")
        }
        return nil
    }
}
