import WeirFiles

extension TouchLog {
    /// Journeys of persons, their devices put together where links say so. A conversion ends a journey; one without a touch
    /// since the conversion before came the same way as that one, and is credited to the same touches as far as the window
    /// reaches. What a person touched after the last one is a journey without conversion. Touches further before the end than
    /// the window are left out.
    ///
    /// - Parameter lookbackHours: > 0; nil for no limit.
    package func journeys(lookbackHours: Double? = nil) -> JourneySet {
        var all = built(keys: owners.indices.map { key(ofDevice: $0) }, lookbackHours).journeys
        all.warnings = warnings
        all.sources = sources
        return all
    }

    /// Journeys of devices with a known person, put together and taken apart, and those of all other devices; nil where
    /// no device, or each, is linked.
    func parts(lookbackHours: Double?) -> BrokenJourneys? {
        let isLinked = owners.map { $0 >= 0 }
        guard isLinked.contains(true), isLinked.contains(false) else { return nil }
        let whole = owners.indices.map { isLinked[$0] ? key(ofDevice: $0) : -1 }
        let (stitched, crossing) = built(keys: whole, lookbackHours)
        return BrokenJourneys(
            stitched: stitched, crossDevice: crossing,
            apart: built(keys: owners.indices.map { isLinked[$0] ? Int32($0) : -1 }, lookbackHours).journeys,
            unlinked: built(keys: owners.indices.map { isLinked[$0] ? -1 : Int32($0) }, lookbackHours).journeys)
    }

    /// Devices come first, then persons.
    private func key(ofDevice device: Int) -> Int32 {
        owners[device] >= 0 ? Int32(owners.count) + owners[device] : Int32(device)
    }

    /// - Parameter keys: By device: whose journeys it belongs to; −1 leaves it out.
    /// - Returns: The journeys, and how many of those that converted used more than one device.
    private func built(keys: [Int32], _ lookbackHours: Double?) -> (journeys: JourneySet, crossDevice: Double) {
        let keyCount = owners.count + persons.count
        let touchOrder = Ordered(touches, keys, keyCount)
        let conversionOrder = Ordered(conversions, keys, keyCount)
        let window = lookbackHours.map { Int64(exactly: ($0 * 3_600_000_000).rounded()) ?? .max } ?? .max
        var result = JourneySet()
        result.channels = channels.texts
        result.touches.reserveCapacity(touches.times.count)
        result.hours.reserveCapacity(touches.times.count)
        var crossing = 0.0
        // The same unit in all parts, so that resampling takes or leaves a person everywhere at once.
        var unit = Int32(0)
        for key in 0..<keyCount {
            var touch = touchOrder.starts[key]
            let touchEnd = touchOrder.starts[key + 1]
            // Where the touches of the last conversion began.
            var journeyStart = touch
            func appendTouches(through end: Int64, device: Int32) -> Bool {
                var isCrossing = false
                while touch < touchEnd {
                    let row = touchOrder.rows[touch]
                    let time = touches.times[row]
                    guard time <= end else { break }
                    if end &- time <= window {
                        result.touches.append(touches.channels[row])
                        result.hours.append(Double(end - time) / 3_600_000_000)
                        if touches.devices[row] != device { isCrossing = true }
                        unit = Self.unit(of: Int(touches.devices[row]), owners)
                    }
                    touch += 1
                }
                return isCrossing
            }
            for place in conversionOrder.starts[key]..<conversionOrder.starts[key + 1] {
                let row = conversionOrder.rows[place]
                let (time, device) = (conversions.times[row], conversions.devices[row])
                let from = touch
                var isCrossing = appendTouches(through: time, device: device)
                if touch > from {
                    journeyStart = from
                } else if touch > journeyStart {
                    touch = journeyStart
                    isCrossing = appendTouches(through: time, device: device)
                    if result.touches.count > result.starts[result.rows] { result.repeated += 1 }
                }
                guard result.touches.count > result.starts[result.rows] else {
                    result.unattributed += 1
                    result.unattributedValue += values[row]
                    continue
                }
                if isCrossing { crossing += 1 }
                result.close(conversions: 1, abandoned: 0, value: values[row])
                result.units.append(unit)
            }
            guard touch < touchEnd else { continue }
            _ = appendTouches(through: touches.times[touchOrder.rows[touchEnd - 1]], device: -1)
            result.close(conversions: 0, abandoned: 1, value: 0)
            result.units.append(unit)
        }
        return (result, crossing)
    }

    private static func unit(of device: Int, _ owners: ContiguousArray<Int32>) -> Int32 {
        owners[device] >= 0 ? Int32(owners.count) + owners[device] : Int32(device)
    }

    /// Rows by key, and by time within a key.
    private struct Ordered {
        var starts: [Int]
        var rows: ContiguousArray<Int>

        init(_ columns: TouchColumns, _ keys: [Int32], _ keyCount: Int) {
            starts = [Int](repeating: 0, count: keyCount + 1)
            for device in columns.devices where keys[Int(device)] >= 0 { starts[Int(keys[Int(device)]) + 1] += 1 }
            for key in 0..<keyCount { starts[key + 1] += starts[key] }
            var next = starts
            rows = ContiguousArray(repeating: 0, count: starts[keyCount])
            for row in columns.devices.indices {
                let key = Int(keys[Int(columns.devices[row])])
                guard key >= 0 else { continue }
                rows[next[key]] = row
                next[key] += 1
            }
            // Logs are mostly in order of time already, so that insertion moves little; rows of one moment keep their
            // order.
            for key in 0..<keyCount where starts[key + 1] - starts[key] > 1 {
                let slice = starts[key]..<starts[key + 1]
                if slice.count > 1_000 {
                    rows[slice].sort { (columns.times[$0], $0) < (columns.times[$1], $1) }
                    continue
                }
                for place in slice.dropFirst() {
                    let row = rows[place]
                    var hole = place
                    while hole > slice.lowerBound, columns.times[rows[hole - 1]] > columns.times[row] {
                        rows[hole] = rows[hole - 1]
                        hole -= 1
                    }
                    rows[hole] = row
                }
            }
        }
    }
}
