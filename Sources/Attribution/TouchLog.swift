import WeirFiles
package import WeirMeasuring
import WeirReporting
import WeirTables

/// Touches and conversions as they were recorded, by device, and which person a device belongs to where that is known.
package struct TouchLog: Sendable {
    /// Names of the columns.
    package struct Columns: Sendable {
        package var customer = "customer"
        package var time = "time"
        package var channel = "channel"
        package var value = "value"
        /// The order that a conversion's row is of; nil for `order_id` where the file has it.
        package var order: String?
        /// Who the device in `customer` belongs to; nil where no column says so.
        package var person: String?

        package init() {}
    }

    var channels = TextIndex()
    var devices = TextIndex()
    var persons = TextIndex()
    /// By device: the number of its person, −1 where nobody is known.
    var owners: ContiguousArray<Int32> = []
    var touches = TouchColumns()
    var conversions = TouchColumns()
    var values: ContiguousArray<Double> = []
    package private(set) var warnings: [String] = []
    package private(set) var sources: [String] = []
    private var conflicts = 0
    /// Rows of conversions that belong to one read before.
    private var joined = 0

    struct TouchColumns: Sendable {
        var devices: ContiguousArray<Int32> = []
        /// Microseconds since 1970 UTC.
        var times: ContiguousArray<Int64> = []
        /// Of touches only.
        var channels: ContiguousArray<UInt16> = []
    }

    /// Reads two CSV files, packed with gzip or not. Times are ISO 8601 (UTC where no zone is given) or seconds since
    /// 1970. Rows that cannot be used are left out and told in `warnings`.
    ///
    /// - Throws: `MeasurementError`, where a file cannot be read, lacks columns, or has no touch that can be used.
    package init(touches: MeasuredFile, conversions: MeasuredFile, columns: Columns = Columns()) throws {
        try read(touches, columns, isTouches: true)
        guard !self.touches.times.isEmpty else {
            throw MeasurementError(warnings + ["“\(touches.name)” has no touch that can be used."])
        }
        try read(conversions, columns, isTouches: false)
        if conflicts > 0 {
            warnings.append(
                "\(conflicts) rows name another person for a device than rows before; the first was kept. Correct the links."
            )
            conflicts = 0
        }
        let lines = joined == 0 ? "" : ", \(joined) further rows being lines of the same orders"
        sources = [
            "\(self.touches.times.count) touches of \(devices.count) devices from “\(touches.name)”, \(self.conversions.times.count) conversions from “\(conversions.name)”\(lines)."
        ]
    }

    private mutating func read(_ file: MeasuredFile, _ columns: Columns, isTouches: Bool) throws {
        let (path, rows) = (file.name, try CSVReader.open(file))
        var missing: [String] = []
        func place(_ name: String) -> Int {
            if let place = rows.place(of: name) { return place }
            missing.append("“\(name)”")
            return 0
        }
        let customer = place(columns.customer)
        let time = place(columns.time)
        let channel = isTouches ? place(columns.channel) : -1
        // Conversions without a value count all the same.
        let value = isTouches ? nil : rows.place(of: columns.value)
        let order = isTouches ? nil : columns.order.map(place) ?? rows.place(of: Self.usualOrder)
        let person = columns.person.flatMap { isTouches ? place($0) : rows.place(of: $0) }
        guard missing.isEmpty else {
            throw MeasurementError(
                "“\(path)” has no column \(missing.joined(separator: ", ")). Its columns are \(rows.names.map { "“\($0)”" }.joined(separator: ", ")); name the right ones."
            )
        }
        var faults = LineFaults()
        var orders = OrderIndex()
        while let row = try rows.nextRow(of: path, &faults) {
            func refuse(_ place: Int, _ remedy: String) {
                faults.leaveOut(
                    "“\(path)”, line \(rows.line): “\(rows.names[place])” is “\(row[place].excerpt)”; \(remedy)"
                )
            }
            guard !MissingText.isMeant(by: row[customer]) else {
                refuse(customer, "name the customer or device.")
                continue
            }
            guard let moment = MomentText.microseconds(row[time]) else {
                refuse(time, "write a time such as 2026-06-30T12:00:00Z, or seconds since 1970.")
                continue
            }
            if isTouches {
                guard !MissingText.isMeant(by: row[channel]) else {
                    refuse(channel, "name the channel.")
                    continue
                }
                let number = channels.index(of: row[channel])
                guard number < JourneySet.mostChannels else { throw MeasurementError(JourneySet.tooManyChannels) }
                touches.channels.append(UInt16(number))
                touches.times.append(moment)
                touches.devices.append(device(row[customer]))
            } else {
                var worth: Double? = 0
                if let value, !MissingText.isMeant(by: row[value]) {
                    worth = NumberText.finite(row[value]).flatMap { abs($0) <= MeasuredFile.largestNumber ? $0 : nil }
                }
                guard let worth else {
                    refuse(value ?? 0, "write a number.")
                    continue
                }
                let id = order.flatMap { MissingText.isMeant(by: row[$0]) ? nil : row[$0] }
                let place = orders.place(of: id, device(row[customer]), moment, next: values.count, isReturn: worth < 0)
                guard let place else {
                    refuse(value ?? 0, "a return is no conversion. Give it the id of its order, or leave it out.")
                    continue
                }
                guard place == values.count else {
                    // Another line of an order, or what came back of it; the order was placed when its first line says so.
                    joined += 1
                    values[place] += worth
                    conversions.times[place] = min(conversions.times[place], moment)
                    continue
                }
                values.append(worth)
                conversions.times.append(moment)
                conversions.devices.append(device(row[customer]))
            }
            if let person, !row[person].isEmpty { link(device(row[customer]), row[person]) }
        }
        warnings += faults.messages
    }

    /// The column of an order's id that is looked at unasked.
    private static let usualOrder = "order_id"

    private mutating func device(_ name: UnsafeBufferPointer<UInt8>) -> Int32 {
        let device = devices.index(of: name)
        if device == owners.count { owners.append(-1) }
        return Int32(device)
    }

    private mutating func link(_ device: Int32, _ person: UnsafeBufferPointer<UInt8>) {
        let number = Int32(persons.index(of: person))
        if owners[Int(device)] >= 0, owners[Int(device)] != number {
            conflicts += 1
        } else {
            owners[Int(device)] = number
        }
    }

    /// Takes links from a CSV file with the columns `device` and `person`. Devices without touches or conversions do
    /// not count.
    ///
    /// - Throws: `MeasurementError`, where the file cannot be read or lacks columns.
    package mutating func link(from file: MeasuredFile) throws {
        let (path, rows) = (file.name, try CSVReader.open(file))
        guard let device = rows.place(of: "device"), let person = rows.place(of: "person") else {
            throw MeasurementError(
                "“\(path)” needs the columns “device” and “person”; it has \(rows.names.map { "“\($0)”" }.joined(separator: ", "))."
            )
        }
        var faults = LineFaults()
        var used = 0
        while let row = try rows.nextRow(of: path, &faults) {
            if row[person].isEmpty {
                faults.leaveOut("“\(path)”, line \(rows.line): “person” is empty; name the person or take the row out.")
            } else if let known = devices.existing(row[device]) {
                used += 1
                link(Int32(known), row[person])
            }
        }
        warnings += faults.messages
        if conflicts > 0 {
            warnings.append(
                "“\(path)”: \(conflicts) rows link a device to a second person; the first was kept. Correct the links.")
            conflicts = 0
        }
        if used == 0 { warnings.append("“\(path)” links none of the devices; do both files use the same ids?") }
        sources.append("\(used) links of devices to persons from “\(path)”.")
    }
}

/// Which rows of conversions are lines of one order.
///
/// With ids those of one customer with the same id are; without, those of one customer at the same moment, since a shop writes
/// an order's lines with the order's time.
private struct OrderIndex {
    private struct Key: Hashable {
        var device: Int32
        /// The number of the order's id, or −1 for rows that are told apart by their moment.
        var order: Int
        var moment: Int64
    }

    private var ids = TextIndex()
    private var places: [Key: Int] = [:]

    /// The conversion that a row belongs to: one known already, or the next.
    ///
    /// - Returns: Nil for a return of an order that is not known.
    mutating func place(
        of id: UnsafeBufferPointer<UInt8>?, _ device: Int32, _ moment: Int64, next: Int, isReturn: Bool
    ) -> Int? {
        let order = id.map { ids.index(of: $0) }
        let key = Key(device: device, order: order ?? -1, moment: order == nil ? moment : 0)
        if let known = places[key] { return known }
        guard !isReturn else { return nil }
        places[key] = next
        return next
    }
}
