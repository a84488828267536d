import Testing
import WeirDomain
import WeirJSON

@Suite("Metrics")
struct MetricTests {
    static let metric = Metric(
        name: "sales", pattern: EventPattern(name: "Order Completed"), value: JSONPath("revenue"))

    static func event(_ revenue: JSON) -> Event {
        let now = Timestamp(iso8601: "2026-03-01T12:00:00Z")!
        return Event(
            messageID: "m", source: "shop", kind: .track, name: "Order Completed", userID: "ada", eventTime: now,
            receivedTime: now, properties: ["revenue": revenue])
    }

    @Test("An event adds what it says")
    func plain() {
        #expect(Self.metric.value(of: Self.event(42.5)) == 42.5)
        #expect(Self.metric.value(of: Self.event("much")) == 0)
        var counted = Self.metric
        counted.value = nil
        #expect(counted.value(of: Self.event(42.5)) == 1)
    }

    @Test(
        "What no shop can mean stops at a bound, so that sums of squares stay numbers",
        arguments: [1e308, -1e308, 1e13])
    func extreme(revenue: Double) {
        let value = Self.metric.value(of: Self.event(.number(revenue)))!
        #expect(abs(value) == 9.2e12 && (value < 0) == (revenue < 0))
    }

    @Test("What lies outside a declared range counts as the nearest end, and is told")
    func range() {
        var ranged = Self.metric
        ranged.range = 0...500
        for (told, counted) in [(-5.0, 0.0), (0, 0), (499.5, 499.5), (500, 500), (1e6, 500), (1e308, 500)] {
            let event = Self.event(.number(told))
            #expect(ranged.value(of: event) == counted)
            #expect(ranged.cuts(event) == (told != counted))
        }
        #expect(!Self.metric.cuts(Self.event(1e6)))
        #expect(!ranged.cuts(Self.event("much")))
    }
}
