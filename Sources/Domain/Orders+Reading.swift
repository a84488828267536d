public import WeirJSON

extension Orders {
    /// The id of the order that an event is about; nil where it names none.
    ///
    /// Ids are text, whatever they look like: a sender may write a number:
    /// `7001`, `7001.0` and `"7001"` are all one.
    public func id(of event: Event) -> String? {
        for path in id {
            guard let value = event.properties[path] else { continue }
            guard let text = value.string else {
                if let number = value.integer, number != 0 { return String(number) }
                continue
            }
            if let id = Self.id(text) { return id }
        }
        return nil
    }

    /// The order that a text names; nil where it names none, such as `undefined`, which would make one order of many.
    ///
    /// Blanks around an id are none of it, equivalent letters are one, and `7001.0`, as tables may write
    /// numbers, is 7001.
    package static func id(_ text: String) -> String? {
        // Nearly all are letters and digits, and are what they say.
        if text.utf8.withContiguousStorageIfAvailable(isPlain) == true { return text }
        var id = text.trimmingBlanks
        if !id.utf8.allSatisfy({ $0 < 0x80 }) { id = IdentifierText.normalized(id) }
        if id.utf8.count > 2, id.hasSuffix(".0"), id.utf8.dropLast(2).allSatisfy(\.isDigit) { id.removeLast(2) }
        return id.isEmpty || IdentifierText.isNobody(id) ? nil : id
    }

    /// Whether an id has nothing that is read in another way than it is written.
    ///
    /// No word for nobody has a digit, and zeros alone have neither a letter nor another digit.
    private static func isPlain(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        // A template that was not filled in begins with a sign, as `#{id}` does and `#1001` does not.
        guard let first = bytes.first, let last = bytes.last, last > 0x20 else { return false }
        guard first.isLetterOrDigit || first == UInt8(ascii: "#") && bytes.count > 1 && bytes[1].isLetterOrDigit else {
            return false
        }
        if last == UInt8(ascii: "0"), bytes.dropLast().last == UInt8(ascii: ".") { return false }
        var hasDigit = false
        var hasMore = false
        for byte in bytes {
            guard byte < 0x80 else { return false }
            if byte.isDigit { hasDigit = true }
            if byte.isLetterOrDigit, byte != UInt8(ascii: "0") { hasMore = true }
        }
        return hasDigit && hasMore
    }

    /// Whether an event tells of an order with an id.
    public func isTold(by event: Event) -> Bool { event.kind == .track && event.name == self.event }

    /// The event that says that an order came to nothing, in Segment's words.
    package static let cancellation = "Order Cancelled"

    /// Whether an event says that an order came to nothing.
    package func isCancelled(by event: Event) -> Bool {
        event.kind == .track && event.name == Self.cancellation && self.event != Self.cancellation
    }

    /// What an order or a refund is worth, in major units: its own figure, else price times quantity of its lines; nil
    /// where neither says.
    public func value(of event: Event) -> Double? {
        for path in value {
            if let number = event.properties[path]?.amount { return number }
        }
        let lines = event.properties.values(at: lines).flatMap { $0.array ?? [$0] }
        let prices = lines.compactMap { line in
            line.present("price")?.amount.map { $0 * (line.present("quantity")?.amount ?? 1) }
        }
        return prices.isEmpty ? nil : prices.reduce(0, +)
    }

    /// What a refund gives back, in major units, never negative, since some write it as a negative amount; nil where it does
    /// not say.
    package func refund(by event: Event) -> Double? {
        let stated = ["amount", "refund_amount", "refundAmount"].lazy.compactMap {
            event.properties.present($0)?.amount
        }
        return (value(of: event) ?? stated.first)?.magnitude
    }

    /// The coupon codes that an event names, as `CouponKey` knows them: on the order or on its lines, one or several,
    /// as a list or separated by commas, bars or lines, as texts, numbers or objects with the code in them.
    ///
    /// - Parameter path: Where a goal says that its code stands.
    public func coupons(of event: Event, at path: JSONPath) -> Set<CouponKey> {
        var keys: Set<CouponKey> = []
        let onLines = JSONPath(names: lines.names + path.names)
        for path in [path, onLines] + coupons {
            for value in event.properties.values(at: path) { Self.gather(value, into: &keys) }
        }
        return keys
    }

    /// Members under which an object in a list of codes has its code.
    private static let codeMembers = ["code", "coupon_code", "coupon", "name"]

    /// What stands between codes that are written as one text.
    private static let separators: Set<Character> = [",", ";", "|", "\n", "\r\n", "，", "；", "、"]

    private static let quotes: Set<Character> = ["[", "]", "\"", "'", "“", "”", "„"]

    private static func gather(_ value: JSON, into keys: inout Set<CouponKey>) {
        switch value {
        case .array(let values): for value in values { gather(value, into: &keys) }
        case .object:
            let member = codeMembers.lazy.compactMap { value.present($0) }.first
            if let member, member.members == nil, member.array == nil { gather(member, into: &keys) }
        case .string(let text):
            keys.insert(CouponKey(text))
            for part in text.split(whereSeparator: { separators.contains($0) }) {
                keys.insert(CouponKey(part))
                // Lists that were made a text keep their brackets.
                if let first = part.first(where: { !$0.isWhitespace }), quotes.contains(first) {
                    keys.insert(CouponKey(part.filter { !quotes.contains($0) }))
                }
            }
        case .integer, .number:
            if let number = value.integer { keys.insert(CouponKey(String(number))) }
        case .null, .bool: break
        }
    }
}

extension JSON {
    /// A number, or a text that is written as one.
    var amount: Double? {
        let number = double ?? string.flatMap { Double($0.trimmingBlanks) }
        return number.flatMap { $0.isFinite ? $0 : nil }
    }
}

extension UInt8 {
    fileprivate var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }

    /// Of ASCII.
    fileprivate var isLetterOrDigit: Bool { isDigit || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self | 0x20) }
}

extension String {
    /// Without white space at both ends.
    fileprivate var trimmingBlanks: String {
        guard first?.isWhitespace == true || last?.isWhitespace == true else { return self }
        let start = firstIndex { !$0.isWhitespace } ?? endIndex
        let end = lastIndex { !$0.isWhitespace }.map { index(after: $0) } ?? start
        return String(self[start..<end])
    }
}
