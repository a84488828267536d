import Testing
import WeirDomain

@Suite("Days of a place")
struct LocalDayTests {
    @Test(
        "A day begins and ends where the place's clocks say so, also where they are changed",
        arguments: [
            (nil, "2026-03-29", "2026-03-29T00:00:00Z", 24.0),
            ("Europe/Berlin", "2026-03-29", "2026-03-28T23:00:00Z", 23),
            ("Europe/Berlin", "2026-10-25", "2026-10-24T22:00:00Z", 25),
            ("America/New_York", "2026-11-30", "2026-11-30T05:00:00Z", 24),
            ("Pacific/Kiritimati", "2026-11-30", "2026-11-29T10:00:00Z", 24),
        ] as [(String?, String, String, Double)])
    func localDay(zone: String?, date: String, beginning: String, hours: Double) throws {
        let day = try #require(Timestamp(iso8601: date)).localDay(in: zone)
        #expect(day.lowerBound == Timestamp(iso8601: beginning))
        #expect(day.upperBound.since(day.lowerBound) == .seconds(hours * 3_600))
    }
}
