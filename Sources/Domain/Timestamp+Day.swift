import Foundation

extension Timestamp {
    /// The day of a place that has the same date as the UTC day that begins here, from its first moment to the next day's;
    /// 23 or 25 hours where clocks are changed.
    ///
    /// - Parameter zone: Its name in the IANA database, such as `Europe/Berlin`; UTC where nil or unknown.
    package func localDay(in zone: String?) -> Range<Timestamp> {
        guard let zone = zone.flatMap({ TimeZone(identifier: $0) }) else { return self..<(self + .day) }
        func beginning(of midnight: Timestamp) -> Timestamp {
            let date = Date(timeIntervalSince1970: Double(midnight.microseconds) / 1e6)
            // The offset that holds there at that moment, rather than in Greenwich.
            let guess = zone.secondsFromGMT(for: date)
            let offset = zone.secondsFromGMT(for: date - Double(guess))
            return midnight - .seconds(Double(offset))
        }
        return beginning(of: self)..<beginning(of: self + .day)
    }
}
