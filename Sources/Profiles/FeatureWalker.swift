import WeirDomain
import WeirStatistics

/// Reads the values of slots from a profile's cells, from low order to high.
struct FeatureWalker {
    let cells: UnsafeBufferPointer<FeatureState.Cell>
    let decayedCells: UnsafeBufferPointer<FeatureState.DecayedCell>
    let moment: Timestamp
    let day: Int
    var position = 0
    var decayedPosition = 0

    /// Goes to the first cell of a slot, of the keys from that of `order` on.
    mutating func seek(_ order: UInt64, of slot: Slot) {
        if slot.decays {
            decayedPosition = decayedCells.lowerBound(of: order)
        } else {
            position = cells.lowerBound(of: order)
        }
    }

    /// The value of a slot, or of one key in it, whose cells begin here and end before `limit`.
    mutating func value(of slot: Slot, below limit: UInt64) -> Double {
        if slot.decays { return decayedValue(of: slot, below: limit) }
        switch slot.aggregate {
        case .count: return Double(sum(of: slot, below: limit))
        case .sum: return Double(sum(of: slot, below: limit)) / 1e6
        case .latest:
            guard let last = next(below: limit), isRemembered(last, by: slot) else { return .infinity }
            return max(0, (Double(moment.microseconds) - Double(last.value)) / Double(TimeSpan.day.microseconds))
        case .distinct:
            var count = 0
            while let cell = next(below: limit) {
                if isRemembered(cell, by: slot) { count += 1 }
            }
            return Double(count)
        }
    }

    private mutating func next(below limit: UInt64) -> FeatureState.Cell? {
        guard position < cells.count, cells[position].order < limit else { return nil }
        defer { position += 1 }
        return cells[position]
    }

    private func isRemembered(_ cell: FeatureState.Cell, by slot: Slot) -> Bool {
        slot.windowDays == 0 || cell.day(in: slot) + slot.windowDays > day
    }

    private mutating func sum(of slot: Slot, below limit: UInt64) -> Int64 {
        var sum: Int64 = 0
        while let cell = next(below: limit) {
            // What happened on a later day than the one asked about is not yet in its window.
            if slot.windowDays > 0, cell.day(in: slot) > day || !isRemembered(cell, by: slot) { continue }
            sum = sum.addingSaturated(cell.value)
        }
        return sum
    }

    private mutating func decayedValue(of slot: Slot, below limit: UInt64) -> Double {
        guard decayedPosition < decayedCells.count, decayedCells[decayedPosition].order < limit else { return 0 }
        let cell = decayedCells[decayedPosition]
        decayedPosition += 1
        let halfLives = (Double(moment.microseconds) - Double(cell.time.microseconds)) / slot.halfLifeMicroseconds
        // Looking back does not make the past larger than it was at the last event.
        return halfLives > 0 ? cell.value * Portable.exp2(-halfLives) : cell.value
    }
}

extension FeatureState.Cell {
    /// The day that decides how long a window remembers the cell.
    func day(in slot: Slot) -> Int {
        switch slot.aggregate {
        case .count, .sum: Int(order & 0xffff)
        case .latest: FeatureState.day(of: Timestamp(microseconds: value))
        case .distinct: Int(min(max(value, 0), 0xffff))
        }
    }
}
