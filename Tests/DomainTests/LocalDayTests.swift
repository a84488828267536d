import Foundation
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

    @Test(
        "What clocks show twice is the first of the two, what they never show is after the change, east and west of Greenwich",
        arguments: [
            ("Europe/Berlin", "2026-03-29T02:30:00Z", "2026-03-29T01:30:00Z"),
            ("Europe/Berlin", "2026-10-25T02:30:00Z", "2026-10-25T00:30:00Z"),
            ("Europe/Berlin", "2026-10-25T03:00:00Z", "2026-10-25T02:00:00Z"),
            ("America/New_York", "2026-03-08T02:30:00Z", "2026-03-08T07:30:00Z"),
            ("America/New_York", "2026-11-01T01:30:00Z", "2026-11-01T05:30:00Z"),
            ("America/New_York", "2026-11-01T00:59:00Z", "2026-11-01T04:59:00Z"),
            ("Australia/Lord_Howe", "2026-10-04T02:15:00Z", "2026-10-03T15:45:00Z"),
            ("Asia/Kolkata", "2026-10-04T02:15:00Z", "2026-10-03T20:45:00Z"),
        ] as [(String, String, String)])
    func changedClocks(name: String, shown: String, moment: String) throws {
        let zone = try #require(TimeZone(identifier: name))
        #expect(Timestamp(iso8601: shown)?.onClock(of: zone) == Timestamp(iso8601: moment))
    }
}
