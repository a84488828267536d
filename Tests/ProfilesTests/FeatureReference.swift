import Foundation
import WeirDomain
import WeirJSON

/// Features straight from the list of events, by what `FeatureDeclaration` says: slow, plain, and sharing nothing with
/// the code under test.
struct FeatureReference {
    struct Value {
        var value: Double
        /// What rounding may change: 0 where the online value must be exact.
        var tolerance = 0.0
    }

    private struct Element {
        var time: Timestamp
        var json: JSON
    }

    var events: [Event]
    var moment: Timestamp

    func value(of declaration: FeatureDeclaration, keys: Set<String>? = nil) -> Value {
        let all = elements(declaration.pattern, each: declaration.each)
        guard let keys else { return value(of: declaration, elements: all) }
        // Each key decays by itself.
        if declaration.aggregate == .rate {
            let shares = all.filter { element in
                declaration.key.flatMap { text(element.json, $0) }.map(keys.contains) ?? false
            }
            return rate(declaration, elements: shares, shares: keys.count)
        }
        return keys.sorted().map { key in
            value(
                of: declaration,
                elements: all.filter { element in declaration.key.flatMap { text(element.json, $0) } == key })
        }.reduce(into: Value(value: 0)) {
            $0 = Value(value: $0.value + $1.value, tolerance: $0.tolerance + $1.tolerance)
        }
    }

    private func value(of declaration: FeatureDeclaration, elements: [Element]) -> Value {
        let memory = declaration.memory
        switch declaration.aggregate {
        case .count: return sum(elements.map { ($0.time, 1_000_000) }, memory)
        case .sum: return sum(amounts(elements, declaration), memory)
        case .mean:
            let amounts = amounts(elements, declaration)
            return ratio(sum(amounts, memory), sum(amounts.map { ($0.0, 1_000_000) }, memory))
        case .rate:
            return rate(declaration, elements: elements, shares: 1)
        case .recency:
            let last = elements.filter { isRecent($0.time, memory) }.map(\.time).max()
            return Value(
                value: last.map { max(0, Double(moment.microseconds - $0.microseconds) / 86_400e6) } ?? .infinity)
        case .distinct:
            let values = elements.filter { isRecent($0.time, memory) }.compactMap { text($0.json, declaration.value!) }
            return Value(value: Double(Set(values).count))
        }
    }

    private func rate(_ declaration: FeatureDeclaration, elements: [Element], shares: Int) -> Value {
        func count(_ elements: [Element]) -> Value { sum(elements.map { ($0.time, 1_000_000) }, declaration.memory) }
        var above = count(elements)
        var below = count(self.elements(declaration.per!, each: declaration.perEach))
        if let less = declaration.less {
            let rest = count(self.elements(less, each: nil))
            below = Value(value: max(0, below.value - rest.value), tolerance: below.tolerance + rest.tolerance)
        }
        above.value += declaration.smoothing * declaration.expected * Double(shares)
        below.value += declaration.smoothing
        return ratio(above, below)
    }

    private func elements(_ pattern: EventPattern, each: JSONPath?) -> [Element] {
        var elements: [Element] = []
        for event in events where [.track, .page, .screen].contains(event.kind) {
            if let name = pattern.name, name != event.name { continue }
            let holds = pattern.conditions.allSatisfy { condition in
                text(event.properties, condition.path).map(condition.anyOf.contains) ?? false
            }
            guard holds else { continue }
            let time = event.eventTime < event.receivedTime ? event.eventTime : event.receivedTime
            if let each {
                guard case .array(let values)? = event.properties[each] else { continue }
                elements += values.map { Element(time: time, json: $0) }
            } else {
                elements.append(Element(time: time, json: event.properties))
            }
        }
        return elements
    }

    private func text(_ json: JSON, _ path: JSONPath) -> String? {
        switch json[path] {
        case .string(let text)?: text
        case let other?: other.text
        case nil: nil
        }
    }

    private func amounts(_ elements: [Element], _ declaration: FeatureDeclaration) -> [(Timestamp, Int64)] {
        elements.compactMap { element in
            element.json[declaration.value!]?.double.map { (element.time, Int64(($0 * 1e6).rounded(.toNearestOrEven))) }
        }
    }

    private func isRecent(_ time: Timestamp, _ memory: FeatureDeclaration.Memory) -> Bool {
        guard case .window(let days) = memory else { return true }
        return time.day > moment.day - days
    }

    private func sum(_ parts: [(Timestamp, Int64)], _ memory: FeatureDeclaration.Memory) -> Value {
        if case .decay(let halfLife) = memory {
            let end = max(moment, parts.map(\.0).max() ?? moment)
            let weighted = parts.map {
                Double($0.1) / 1e6 * pow(0.5, Double(end.microseconds - $0.0.microseconds) / 86_400e6 / halfLife)
            }
            return Value(value: weighted.reduce(0, +), tolerance: 1e-9 * weighted.map(abs).reduce(0, +))
        }
        let kept = parts.filter { part in
            guard case .window = memory else { return true }
            return isRecent(part.0, memory) && part.0.day <= moment.day
        }
        return Value(value: Double(kept.map(\.1).reduce(0, +)) / 1e6)
    }

    private func ratio(_ above: Value, _ below: Value) -> Value {
        guard below.value != 0 else { return Value(value: 0) }
        return Value(
            value: above.value / below.value,
            tolerance: 2 * above.tolerance / below.value + abs(above.value) / below.value * 2 * below.tolerance
                / below.value)
    }
}

extension FeatureReference.Value {
    /// Whether a value of 32 bits is this one, up to the tolerance and to rounding to 32 bits.
    func agrees(with online: Float) -> Bool {
        if tolerance == 0 { return online == Float(value) }
        return abs(Double(online) - value) <= tolerance + Double(Float(value).ulp)
    }
}
