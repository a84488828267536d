import WeirDomain
import WeirJSON

/// A catalog as nested names and texts. It is read off the values themselves, so a field that a later version adds
/// cannot be forgotten where catalogs are compared.
indirect enum CatalogOutline: Equatable {
    case text(String)
    case fields([(name: String, value: CatalogOutline)])
    /// Things with an id, in the order of the catalog, which matters: ties between offers go to the first.
    case things([(name: String, value: CatalogOutline)])

    static func == (left: CatalogOutline, right: CatalogOutline) -> Bool {
        left.differences(to: right, at: "").isEmpty
    }

    // MARK: Comparing

    func differences(to other: CatalogOutline, at path: String) -> [CatalogDifference] {
        switch (self, other) {
        case (.text(let before), .text(let after)):
            return before == after ? [] : [CatalogDifference(path: path, before: before, after: after)]
        case (.things(let before), .things(let after)):
            return Self.reordering(from: before, to: after, at: path)
                + Self.differences(from: before, to: after, at: path) { path, _ in [(path, "")] }
        case (.fields(let before), .fields(let after)):
            return Self.differences(from: before, to: after, at: path) { path, value in value.leaves(at: path) }
        default:
            return leaves(at: path).map { CatalogDifference(path: $0.path, before: $0.text, after: nil) }
                + other.leaves(at: path).map { CatalogDifference(path: $0.path, before: nil, after: $0.text) }
        }
    }

    private typealias Entries = [(name: String, value: CatalogOutline)]
    private typealias Leaf = (path: String, text: String)

    /// What is gone, then what changed or came. `leaves` says how an entry is shown that stands on one side only.
    private static func differences(
        from before: Entries, to after: Entries, at path: String, leaves: (String, CatalogOutline) -> [Leaf]
    ) -> [CatalogDifference] {
        let old = Dictionary(before.map { ($0.name, $0.value) }) { first, _ in first }
        let new = Set(after.map(\.name))
        var differences: [CatalogDifference] = []
        for (name, value) in before where !new.contains(name) {
            let gone = leaves(join(path, name), value)
            differences += gone.map { CatalogDifference(path: $0.path, before: $0.text, after: nil) }
        }
        for (name, value) in after {
            if let old = old[name] {
                differences += old.differences(to: value, at: join(path, name))
            } else {
                let come = leaves(join(path, name), value)
                differences += come.map { CatalogDifference(path: $0.path, before: nil, after: $0.text) }
            }
        }
        return differences
    }

    /// A new order of what both have.
    private static func reordering(from before: Entries, to after: Entries, at path: String) -> [CatalogDifference] {
        let old = before.map(\.name)
        let new = after.map(\.name)
        let kept = old.filter(new.contains)
        let reordered = new.filter(old.contains)
        guard kept != reordered else { return [] }
        return [
            CatalogDifference(
                path: "\(path) (order)", before: kept.joined(separator: ", "), after: reordered.joined(separator: ", "))
        ]
    }

    /// What is named where all of this comes or goes: a thing with an id by its id alone.
    private func leaves(at path: String) -> [Leaf] {
        switch self {
        case .text(let text): [(path, text)]
        case .fields(let fields): fields.flatMap { $0.value.leaves(at: Self.join(path, $0.name)) }
        case .things(let things): things.map { (Self.join(path, $0.name), "") }
        }
    }

    private static func join(_ path: String, _ name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }

    // MARK: Reading

    /// Names as the files write them, where they differ from the program's.
    private static let writtenNames = [
        "affinities": "about", "decimalMark": "amounts.decimal", "anyOf": "any_of", "clockTolerance": "clock_tolerance",
        "consentByDefault": "consent.default", "couponPath": "coupon",
        "eligibility": "eligible", "end": "to", "isModelInput": "model", "isSequential": "sequential", "key": "by",
        "mergesUsers": "identity.merge_users",
        "pattern": "event",
        "conditions": "where", "discount": "cost", "lateBy": "late_by", "notBelow": "not_below",
        "returnFloor": "return_floor",
        "settleAfter": "settle_after", "start": "from", "timeZone": "time_zone", "unit": "by",
        "universalHoldout": "holdout", "valueShare": "value",
    ]

    init(reflecting value: Any) {
        self = Self.outline(of: value, name: "") ?? .text("none")
    }

    /// Nil for an optional value that is missing.
    private static func outline(of value: Any, name: String) -> CatalogOutline? {
        if let text = leaf(value, name: name) { return .text(text) }
        let mirror = Mirror(reflecting: value)
        switch mirror.displayStyle {
        case .optional:
            return mirror.children.first.flatMap { outline(of: $0.value, name: name) }
        case .collection:
            let elements = mirror.children.map { ($0.value, identifier(of: $0.value)) }
            if elements.allSatisfy({ $0.1 != nil }), !elements.isEmpty {
                return .things(elements.map { ($0.1!, outline(of: $0.0, name: "") ?? .fields([])) })
            }
            let texts = elements.map { outline(of: $0.0, name: "")?.oneLine ?? "none" }
            return texts.isEmpty ? nil : .text("[\(texts.joined(separator: ", "))]")
        case .dictionary:
            let entries = mirror.children.map { child -> (name: String, value: CatalogOutline) in
                let pair = Array(Mirror(reflecting: child.value).children)
                return (String(describing: pair[0].value), outline(of: pair[1].value, name: "") ?? .fields([]))
            }
            return .fields(entries.sorted { $0.name < $1.name })
        case .struct:
            return .fields(
                mirror.children.compactMap { child in
                    let label = child.label ?? ""
                    // Where nothing is declared nothing is shown.
                    if let orders = child.value as? Orders, orders == Orders() { return nil }
                    // Where an offer's cost or value is worked out, the amount follows from how.
                    if let offer = value as? Offer {
                        if label == "cost", offer.discount != nil { return nil }
                        if label == "value", offer.valueShare != nil { return nil }
                    }
                    return outline(of: child.value, name: label).map { (writtenNames[label] ?? label, $0) }
                })
        default:
            return .text(String(describing: value))
        }
    }

    /// The text of a single value; different values give different texts.
    private static func leaf(_ value: Any, name: String) -> String? {
        switch value {
        case let money as Money: grouped(money)
        case let discount as Discount: discount.description
        case let share as BasketShare: share.description
        case let moment as Timestamp: written(moment, isEnd: name == "end")
        case let span as TimeSpan: written(span)
        case let name as any StringIdentifier: name.rawValue
        case let path as JSONPath: path.description
        case let currency as Currency: currency.code
        case let text as String: "“\(text)”"
        default: nil
        }
    }

    private var oneLine: String {
        switch self {
        case .text(let text): text
        case .fields(let fields), .things(let fields):
            "{\(fields.map { "\($0.name): \($0.value.oneLine)" }.joined(separator: ", "))}"
        }
    }

    /// The id by which an element of a list is known; nil where it has none.
    private static func identifier(of value: Any) -> String? {
        if let feature = value as? FeatureDeclaration { return feature.name }
        let id = Mirror(reflecting: value).children.first { $0.label == "id" }
        return (id?.value as? any StringIdentifier)?.rawValue
    }

    // MARK: Texts

    /// `24,000.00 USD`.
    private static func grouped(_ money: Money) -> String {
        let decimal = money.decimal
        let whole = decimal.prefix { $0 != "." }
        var grouped = ""
        for (index, digit) in whole.enumerated() {
            let rest = whole.count - index
            if rest % 3 == 0, index > 0, grouped != "-" { grouped += "," }
            grouped.append(digit)
        }
        return "\(grouped)\(decimal.dropFirst(whole.count)) \(money.currency)"
    }

    /// A date where the moment is a midnight; an end then shows the last day, as the files write it.
    private static func written(_ moment: Timestamp, isEnd: Bool) -> String {
        if moment.microseconds % TimeSpan.day.microseconds == 0 { return (isEnd ? moment - .day : moment).isoDate }
        let below = moment.microseconds % 1000
        return moment.iso8601 + (below == 0 ? "" : " and \(below) µs")
    }

    private static func written(_ span: TimeSpan) -> String {
        let units: [(TimeSpan, String)] = [(.day, "d"), (.hour, "h"), (.minute, "m"), (.second, "s")]
        for (unit, name) in units where span.microseconds % unit.microseconds == 0 {
            return "\(span.microseconds / unit.microseconds)\(name)"
        }
        return "\(span.microseconds) µs"
    }
}
