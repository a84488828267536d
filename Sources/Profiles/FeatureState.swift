import WeirDomain
import WeirJSON
import WeirLimits
import WeirStatistics

/// What a profile remembers for its features: integers per slot, key and day in one flat sorted array, so that a
/// person costs 16 bytes per entry and all scalars are read in one walk.
///
/// Counts and sums are integers and the rest are maxima, so the order of events leaves no trace in them; only decayed
/// values may differ, by rounding. (A sum that leaves ± 9.2 × 10¹² stops there and may then depend on the order.)
///
/// Keys and different values are known by 32 bits of their hash: among 1,000 values of one person, two coincide with a
/// probability of about 10⁻⁴. Entries leave with their window: what is kept for all time, or decays, grows with the
/// number of different keys and values that the person met, up to `Limits.Person.cellsPerFeature` in a slot. Beyond that
/// those with the smallest hashes stay, so that the order of events leaves no trace there either.
struct FeatureState: Sendable, Equatable {
    struct Cell: Sendable, Equatable, Ordered {
        var order: UInt64
        /// A count, millionths, a moment or a day, as the slot has it.
        var value: Int64
    }

    struct DecayedCell: Sendable, Equatable, Ordered {
        var order: UInt64
        /// What the past was worth at `time`, the last event's.
        var value: Double
        var time: Timestamp

        mutating func accrue(_ amount: Double, at moment: Timestamp, halfLifeMicroseconds: Double) {
            let halfLives = (Double(moment.microseconds) - Double(time.microseconds)) / halfLifeMicroseconds
            if halfLives > 0 {
                value = value * Portable.exp2(-halfLives) + amount
                time = moment
            } else {
                value += amount * Portable.exp2(halfLives)
            }
        }
    }

    var cells: [Cell] = []
    var decayedCells: [DecayedCell] = []

    static func order(slot: Int, key: UInt32 = 0, day: Int = 0) -> UInt64 {
        UInt64(slot) << 48 | UInt64(key) << 16 | UInt64(day)
    }

    /// The UTC day in 16 bits: 1970-01-01 to 2149-06-06; what lies outside falls on the nearest.
    static func day(of moment: Timestamp) -> Int { min(max(moment.day, 0), 0xffff) }

    // MARK: Events

    /// - Parameters:
    ///   - time: When the event counts as having happened.
    ///   - newestDay: The newest day of any event so far, this one included.
    mutating func apply(_ event: Event, at time: Timestamp, newestDay: Int, schema: FeatureSchema) {
        var contributions: [KnownOrder.Contribution]?
        apply(event, at: time, newestDay: newestDay, schema: schema, setAside: &contributions)
    }

    /// Takes in a telling of an order but for its counts and sums.
    ///
    /// - Returns: What it counts for in these, to be taken in by `change`.
    mutating func applyOrder(
        _ event: Event, at time: Timestamp, newestDay: Int, schema: FeatureSchema
    ) -> [KnownOrder.Contribution] {
        var contributions: [KnownOrder.Contribution]? = []
        contributions?.reserveCapacity(schema.slots.count)
        apply(event, at: time, newestDay: newestDay, schema: schema, setAside: &contributions)
        return contributions ?? []
    }

    /// Takes in what an order counts for, or takes it out again.
    ///
    /// - Parameter sign: 1 or −1.
    mutating func change(
        _ contributions: [KnownOrder.Contribution], at time: Timestamp, sign: Int64, newestDay: Int,
        schema: FeatureSchema
    ) {
        let day = Self.day(of: time)
        for contribution in contributions {
            let slot = schema.slots[Int(contribution.order >> 48)]
            if slot.windowDays > 0, day + slot.windowDays <= newestDay { continue }
            accrue(contribution.amount.signed(sign), to: contribution.order, at: time, day: day, slot)
        }
    }

    private mutating func apply(
        _ event: Event, at time: Timestamp, newestDay: Int, schema: FeatureSchema,
        setAside contributions: inout [KnownOrder.Contribution]?
    ) {
        switch event.kind {
        case .track, .page, .screen: break
        case .identify, .group, .alias: return
        }
        for rule in schema.rulesByName[event.name] ?? schema.rulesForAnyName {
            guard schema.rules[rule].pattern.matches(event) else { continue }
            for feed in schema.rules[rule].feeds {
                guard let each = feed.each else {
                    count(
                        event.properties, in: feed.slots, at: time, newestDay: newestDay, schema: schema,
                        setAside: &contributions)
                    continue
                }
                for element in event.properties[each]?.array ?? [] {
                    count(
                        element, in: feed.slots, at: time, newestDay: newestDay, schema: schema,
                        setAside: &contributions)
                }
            }
        }
    }

    private mutating func count(
        _ element: JSON, in slots: [Int], at time: Timestamp, newestDay: Int, schema: FeatureSchema,
        setAside contributions: inout [KnownOrder.Contribution]?
    ) {
        let day = Self.day(of: time)
        for index in slots {
            let slot = schema.slots[index]
            // What is set aside may yet count at an earlier or a later moment.
            let isForgotten = slot.windowDays > 0 && day + slot.windowDays <= newestDay
            if isForgotten, contributions == nil { continue }
            var key: UInt32 = 0
            if let path = slot.key {
                guard let value = element[path] else { continue }
                key = FeatureSchema.keyHash(value.string ?? value.text)
            }
            var amount: Int64 = 1
            if let path = slot.number {
                guard let number = element[path]?.millionths else { continue }
                if slot.aggregate == .sum { amount = number }
            }
            let order = Self.order(slot: index, key: key)
            switch slot.aggregate {
            case .count, .sum:
                if contributions == nil {
                    accrue(amount, to: order, at: time, day: day, slot)
                } else {
                    contributions!.append(KnownOrder.Contribution(order: order, amount: amount))
                }
            case .latest where !isForgotten: combine(order, time.microseconds, slot)
            case .distinct where !isForgotten: combine(order, Int64(day), slot)
            case .latest, .distinct: break
            }
        }
    }

    private mutating func accrue(_ amount: Int64, to order: UInt64, at time: Timestamp, day: Int, _ slot: Slot) {
        if slot.decays {
            let scale = slot.aggregate == .sum ? 1e6 : 1
            decay(order, Double(amount) / scale, at: time, slot)
        } else {
            combine(slot.windowDays > 0 ? order | UInt64(day) : order, amount, slot)
        }
    }

    private mutating func combine(_ order: UInt64, _ value: Int64, _ slot: Slot) {
        let index = cells.lowerBound(of: order)
        guard index < cells.count, cells[index].order == order else {
            cells.insert(Cell(order: order, value: value), at: index)
            cells.dropLast(ofSlot: slotNumber(order), beyond: Limits.Person.standard.cellsPerFeature)
            return
        }
        switch slot.aggregate {
        case .count, .sum: cells[index].value = cells[index].value.addingSaturated(value)
        case .latest, .distinct: cells[index].value = max(cells[index].value, value)
        }
    }

    private mutating func decay(_ order: UInt64, _ amount: Double, at time: Timestamp, _ slot: Slot) {
        let index = decayedCells.lowerBound(of: order)
        if index < decayedCells.count, decayedCells[index].order == order {
            decayedCells[index].accrue(amount, at: time, halfLifeMicroseconds: slot.halfLifeMicroseconds)
        } else {
            decayedCells.insert(DecayedCell(order: order, value: amount, time: time), at: index)
            decayedCells.dropLast(ofSlot: slotNumber(order), beyond: Limits.Person.standard.cellsPerFeature)
        }
    }

    private func slotNumber(_ order: UInt64) -> Int { Int(order >> 48) }

    /// Drops what no window that ends on `newestDay` or later can see.
    mutating func prune(newestDay: Int, schema: FeatureSchema) {
        guard schema.hasWindows else { return }
        cells.removeAll { cell in
            let slot = schema.slots[cell.slot]
            return slot.windowDays > 0 && cell.day(in: slot) + slot.windowDays <= newestDay
        }
    }

    mutating func merge(_ other: FeatureState, schema: FeatureSchema) {
        for cell in other.cells { combine(cell.order, cell.value, schema.slots[cell.slot]) }
        for cell in other.decayedCells { decay(cell.order, cell.value, at: cell.time, schema.slots[cell.slot]) }
    }

    // MARK: Values

    func scalars(at moment: Timestamp, schema: FeatureSchema, into buffer: UnsafeMutableBufferPointer<Float>) {
        walk(at: moment) { walker in
            for (index, reading) in schema.scalarReadings.enumerated() {
                let value = walker.value(of: schema.slots[reading.slot], below: Self.order(slot: reading.slot + 1))
                guard reading.slotCount > 1 else {
                    buffer[index] = Float(value)
                    continue
                }
                buffer[index] = Float(ratio(value, reading, schema: schema, &walker))
            }
        }
    }

    func keyed(_ reading: Reading, keys: [UInt32], at moment: Timestamp, schema: FeatureSchema) -> Double {
        let slot = schema.slots[reading.slot]
        return walk(at: moment) { walker in
            var sum = 0.0
            for key in keys {
                let order = Self.order(slot: reading.slot, key: key)
                walker.seek(order, of: slot)
                sum += walker.value(of: slot, below: order + (1 << 16))
            }
            guard reading.slotCount > 1 else { return sum }
            walker.seek(Self.order(slot: reading.slot + 1), of: schema.slots[reading.slot + 1])
            return ratio(sum, reading, shares: keys.count, schema: schema, &walker)
        }
    }

    /// Of a walker that stands where the divisor begins.
    private func ratio(
        _ value: Double, _ reading: Reading, shares: Int = 1, schema: FeatureSchema, _ walker: inout FeatureWalker
    ) -> Double {
        func next(_ slot: Int) -> Double { walker.value(of: schema.slots[slot], below: Self.order(slot: slot + 1)) }
        let divisor = next(reading.slot + 1)
        return reading.ratio(
            value, to: divisor, less: reading.slotCount > 2 ? next(reading.slot + 2) : 0, shares: shares)
    }

    private func walk<Result>(at moment: Timestamp, _ body: (inout FeatureWalker) -> Result) -> Result {
        cells.withUnsafeBufferPointer { cells in
            decayedCells.withUnsafeBufferPointer { decayedCells in
                var walker = FeatureWalker(
                    cells: cells, decayedCells: decayedCells, moment: moment, day: Self.day(of: moment))
                return body(&walker)
            }
        }
    }
}
