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
}
