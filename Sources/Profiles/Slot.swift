import WeirDomain
import WeirJSON

/// One accumulator of a profile: what it adds up, under which key, and how the past counts.
struct Slot: Sendable {
    enum Aggregate: Sendable {
        /// How many.
        case count
        /// Sum in millionths.
        case sum
        /// The last moment.
        case latest
        /// One cell per value, with the last day on which it was seen.
        case distinct
    }

    var aggregate: Aggregate
    /// Where the number to sum stands; of a count, where one must stand for the element to count.
    var number: JSONPath?
    /// Where the key, or the value whose variety is counted, stands.
    var key: JSONPath?
    /// 0 where there is no window.
    var windowDays = 0
    /// 0 where nothing decays.
    var halfLifeMicroseconds = 0.0

    init(_ aggregate: Aggregate, number: JSONPath? = nil, key: JSONPath? = nil, memory: FeatureDeclaration.Memory) {
        self.aggregate = aggregate
        self.number = number
        self.key = key
        switch memory {
        case .allTime: break
        case .window(let days): windowDays = min(days, 1 << 16)  // All days there are.
        case .decay(let days): halfLifeMicroseconds = days * Double(TimeSpan.day.microseconds)
        }
    }

    var decays: Bool { halfLifeMicroseconds > 0 }
}

/// How a feature comes from slots: one slot's value, or that of the slot divided by the next less the one after that.
struct Reading: Sendable {
    var slot: Int
    /// 1, 2 where there is a divisor, 3 where something is taken off it.
    var slotCount: Int
    var smoothing: Double
    var expected: Double

    /// - Parameters:
    ///   - rest: What is taken off the divisor.
    ///   - shares: Of how many keys the value is the sum.
    func ratio(_ value: Double, to divisor: Double, less rest: Double, shares: Int = 1) -> Double {
        let divisor = max(0, divisor - rest) + smoothing
        return divisor == 0 ? 0 : (value + smoothing * expected * Double(shares)) / divisor
    }
}

/// Which slots an event of a pattern feeds: once for the event, or once for each element of its arrays.
struct Rule: Sendable {
    struct Feed: Sendable {
        var each: JSONPath?
        var slots: [Int]
    }

    var pattern: EventPattern
    var feeds: [Feed] = []
}

/// Lays declarations out in slots and groups those that look at the same events.
struct SlotCompiler {
    private(set) var slots: [Slot] = []
    private(set) var rules: [Rule] = []

    /// - Parameter declaration: Without faults.
    mutating func layOut(_ declaration: FeatureDeclaration) -> Reading {
        let (first, memory, value) = (slots.count, declaration.memory, declaration.value)
        func feed(_ slot: Slot) { append(slot, pattern: declaration.pattern, each: declaration.each) }
        switch declaration.aggregate {
        case .count: feed(Slot(.count, key: declaration.key, memory: memory))
        case .sum: feed(Slot(.sum, number: value, key: declaration.key, memory: memory))
        case .recency: feed(Slot(.latest, memory: memory))
        case .distinct: feed(Slot(.distinct, key: value, memory: memory))
        case .mean:
            feed(Slot(.sum, number: value, memory: memory))
            feed(Slot(.count, number: value, memory: memory))
        case .rate:
            feed(Slot(.count, key: declaration.key, memory: memory))
            let divisors = [(declaration.per, declaration.perEach), (declaration.less, nil)]
            for case (let pattern?, let each) in divisors {
                append(Slot(.count, memory: memory), pattern: pattern, each: each)
            }
        }
        return Reading(
            slot: first, slotCount: slots.count - first, smoothing: declaration.smoothing,
            expected: declaration.expected)
    }

    private mutating func append(_ slot: Slot, pattern: EventPattern, each: JSONPath?) {
        let rule = rules.firstIndex { $0.pattern == pattern } ?? rules.endIndex
        if rule == rules.endIndex { rules.append(Rule(pattern: pattern)) }
        let feed = rules[rule].feeds.firstIndex { $0.each == each } ?? rules[rule].feeds.endIndex
        if feed == rules[rule].feeds.endIndex { rules[rule].feeds.append(Rule.Feed(each: each, slots: [])) }
        rules[rule].feeds[feed].slots.append(slots.count)
        slots.append(slot)
    }
}
