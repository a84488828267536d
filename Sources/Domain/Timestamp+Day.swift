package import Foundation

extension Timestamp {
    /// The day of a place that has the same date as the UTC day that begins here, from its first moment to the next day's;
    /// 23 or 25 hours where clocks are changed.
    ///
    /// - Parameter zone: Its name in the IANA database, such as `Europe/Berlin`; UTC where nil or unknown.
    package func localDay(in zone: String?) -> Range<Timestamp> {
        guard let zone = zone.flatMap({ TimeZone(identifier: $0) }) else { return self..<(self + .day) }
        return onClock(of: zone)..<(self + .day).onClock(of: zone)
    }

    /// The moment at which clocks of a zone show what a clock at UTC shows at this one.
    ///
    /// What clocks show twice, when they are put back, is the first of the two; what they never show, when they are put
    /// forward, is as long after the change as it says: 02:30 is 03:30.
    package func onClock(of zone: TimeZone) -> Timestamp {
        func offset(at moment: Timestamp) -> TimeSpan {
            .seconds(
                Double(zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(moment.microseconds) / 1e6))))
        }
        // No zone changes its clocks twice within two days.
        let before = self - offset(at: self - .day)
        let after = self - offset(at: self + .day)
        if before == after { return before }
        let shown = [before, after].filter { $0 + offset(at: $0) == self }
        return shown.min() ?? before
    }
}
