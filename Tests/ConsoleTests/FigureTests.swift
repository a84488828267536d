import Testing
import WeirConsole
import WeirDomain

@Suite("Figures")
struct FigureTests {
    @Test(
        "Decimals are rounded, grouped and never a negative zero",
        arguments: [
            (999.4, 0, "999"), (999.5, 0, "1,000"), (1_234_567.891, 2, "1,234,567.89"), (-0.004, 2, "0.00"),
            (-0.006, 2, "−0.01"), (0.05, 1, "0.1"), (.nan, 1, "–"), (.infinity, 0, "–"),
        ])
    func decimals(value: Double, digits: Int, text: String) {
        #expect(Figure.decimal(value, digits: digits) == text)
    }

    @Test(
        "Only what is above zero as shown bears a plus", arguments: [(0.004, "0.00"), (0.006, "+0.01"), (-1, "−1.00")])
    func signs(value: Double, text: String) {
        #expect(Figure.signed(value, digits: 2) == text)
    }

    @Test(
        "Amounts have their sign outside, cents below a hundred, and the currency's own digits",
        arguments: [
            (-12.5, "USD", "−$12.50"), (99.99, "EUR", "€99.99"), (99.995, "USD", "$100"), (15_212.4, "USD", "$15,212"),
            (12, "JPY", "¥12"), (7, "XXX", "7"), (3.5, "CHF", "CHF 3.50"),
        ])
    func money(value: Double, code: String, text: String) throws {
        #expect(Figure.money(value, try #require(Currency(code))) == text)
    }

    @Test(
        "Short amounts change unit where the shorter form would round up to it",
        arguments: [(9_999.4, "$9,999"), (9_999.5, "$10.0k"), (999_949, "$999.9k"), (999_950, "$1.0M")])
    func shortMoney(value: Double, text: String) {
        #expect(Figure.shortMoney(value, .usd) == text)
    }

    @Test(
        "Shares show a digit only below ten percent and only where it says something",
        arguments: [(0.37, "37 %"), (0.08, "8 %"), (0.061, "6.1 %"), (0.0994, "9.9 %"), (0.0996, "10 %"), (0, "0 %")])
    func percent(share: Double, text: String) {
        #expect(Figure.percent(share) == text)
    }

    @Test(
        "Durations take the unit that fits",
        arguments: [(0.4, "under 1 s"), (89, "89 s"), (90, "2 min"), (5_400, "2 h")])
    func durations(seconds: Double, text: String) {
        #expect(Figure.duration(.seconds(seconds)) == text)
    }

    @Test(
        "An axis has at least two ticks, and few, whatever it is asked to hold",
        arguments: [0, 1, -1, 4e16, 1e17, -1e17, 1e308, -1e308, 1e-320, .infinity, -.infinity, .nan] as [Double])
    func extremeAxis(low: Double) {
        for high in [low, low + 1, low * 2, low.nextUp, 0, 1e308, -1e308, .infinity, .nan] as [Double] {
            let axis = Axis(from: low, to: high, about: 4)
            #expect((2...14).contains(axis.ticks.count) && axis.ticks.allSatisfy(\.isFinite), "\(low) to \(high)")
            #expect(axis.range.lowerBound < axis.range.upperBound, "\(low) to \(high)")
        }
    }

    @Test("A time axis ends with the years of four digits")
    func extremeTimes() {
        for (start, end) in [(Int64.min, Int64.max), (.min, 0), (0, .max), (.max, .max), (.min, .min)] {
            let axis = TimeAxis(from: Timestamp(microseconds: start), to: Timestamp(microseconds: end))
            #expect((0...8).contains(axis.ticks.count) && axis.labels.count == axis.ticks.count)
        }
    }

    @Test("An axis has round ticks that enclose what is shown", arguments: UInt64(1)...200)
    func axis(seed: UInt64) {
        let low = -Double(StableHash.mixed(seed) % 1_000) / 7
        let high = low + Double(StableHash.mixed(seed &+ 1_000) % 1_000_000 + 1) / 97
        let axis = Axis(from: low, to: high, about: 4)
        let slack = (high - low) * 1e-6
        #expect(axis.range.lowerBound <= low + slack && axis.range.upperBound >= high - slack)
        #expect((2...7).contains(axis.ticks.count))
        #expect(zip(axis.ticks, axis.ticks.dropFirst()).allSatisfy { $0 < $1 })
        #expect(axis.digits <= 6)
    }

    @Test("An axis of nothing is one unit long")
    func flatAxis() {
        #expect(Axis(from: 0, to: 0, about: 4).ticks == [0, 0.25, 0.5, 0.75, 1])
        #expect(Axis(from: .nan, to: .nan, about: 4).range == 0...1)
    }

    @Test(
        "Time ticks fall on whole units and are few",
        arguments: [
            ("2017-11-01", "2017-11-30", ["1 Nov", "8 Nov", "15 Nov", "22 Nov", "29 Nov"]),
            ("2017-11-01T22:00", "2017-11-02T02:00", ["22:00", "23:00", "00:00", "01:00", "02:00"]),
            ("2017-10-15", "2018-02-15", ["Nov", "Dec", "2018", "Feb"]),
            ("2017-01-01", "2018-01-01", ["2017", "Apr", "Jul", "Oct", "2018"]),
        ])
    func timeAxis(start: String, end: String, labels: [String]) throws {
        let axis = TimeAxis(from: try #require(Timestamp(iso8601: start)), to: try #require(Timestamp(iso8601: end)))
        #expect(axis.labels == labels)
    }

    @Test("However long the time, ticks stay few", arguments: [1.0, 60, 3_600, 86_400, 6e6, 7e6, 4e7, 4e8, 4e9])
    func fewTimeTicks(seconds: Double) {
        let axis = TimeAxis(from: NowSnapshot.noon, to: NowSnapshot.noon + .seconds(seconds))
        #expect((1...6).contains(axis.ticks.count))
        #expect(axis.ticks.count == axis.labels.count)
    }
}
