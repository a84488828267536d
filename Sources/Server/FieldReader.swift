import WeirDomain
import WeirJSON
import WeirLimits

/// Reads the members of an object and collects everything that is wrong with them, so that one answer names it all.
///
/// JSON's null counts as missing throughout.
struct FieldReader {
    private let object: JSON
    /// To the object.
    private let pointer: String
    private(set) var faults: [Problem.Fault] = []

    init(_ object: JSON, at pointer: String = "#") {
        self.object = object
        self.pointer = pointer
        if object.members == nil {
            faults.append(Problem.Fault("The value is \(object.kind); send an object.", at: pointer))
        }
    }

    mutating func fault(_ name: String, _ detail: String) {
        guard object.members != nil else { return }
        faults.append(Problem.Fault("\(name): \(detail)", at: "\(pointer)/\(name)"))
    }

    /// - Throws: `Problem` with all that was wrong.
    func check() throws(Problem) {
        if !faults.isEmpty { throw Problem(faults: faults) }
    }

    /// Nil where it is missing or null.
    func member(_ name: String) -> JSON? { object.present(name) }

    func has(_ name: String) -> Bool { object.present(name) != nil }

    /// An empty text counts as missing.
    mutating func text(_ name: String) -> String? {
        guard let value = object.present(name) else { return nil }
        if let text = value.string { return text.isEmpty ? nil : text }
        let remedy = value.double == nil ? "send a string" : "send it as a string: \"\(value.text)\""
        fault(name, "\(Self.shown(value)) is no string; \(remedy).")
        return nil
    }

    /// A person's id as text, however it was sent; nil where none is given, something that names nobody, or one that is
    /// longer than an id may be.
    mutating func id(_ name: String, _ limits: Limits) -> String? {
        // What is long is not worked on first.
        guard isShort(object.present(name)?.string, name, limits), let id = id(name) else { return nil }
        return isShort(id, name, limits) ? id : nil
    }

    private mutating func isShort(_ id: String?, _ name: String, _ limits: Limits) -> Bool {
        do throws(LimitFault) {
            if let id { try limits.checkID(id, name) }
            return true
        } catch {
            fault(error)
            return false
        }
    }

    private mutating func id(_ name: String) -> String? {
        switch object.present(name) {
        case .integer(let number): return number == 0 ? nil : String(number)
        case .number(let number):
            guard let whole = Int64(exactly: number), whole.magnitude < 1 << 53 else {
                fault(name, "\(object.present(name)!.text) has lost digits on its way; send the id as a string.")
                return nil
            }
            return whole == 0 ? nil : String(whole)
        default:
            guard let text = text(name), !IdentifierText.isNobody(text) else { return nil }
            return IdentifierText.normalized(text)
        }
    }

    /// The name of something, which may be as long as an id.
    mutating func shortText(_ name: String, _ limits: Limits) -> String? {
        guard let text = text(name), isShort(text, name, limits) else { return nil }
        return text
    }

    mutating func requiredShortText(_ name: String, _ limits: Limits, _ remedy: String) -> String? {
        let before = faults.count
        let text = shortText(name, limits)
        if text == nil, faults.count == before { fault(name, "missing. \(remedy)") }
        return text
    }

    /// What is beyond a limit; its reason names the field.
    mutating func fault(_ fault: LimitFault) {
        faults.append(Problem.Fault(fault.reason, at: "\(pointer)/\(fault.field)", limit: fault.kind))
    }

    mutating func requiredText(_ name: String, _ remedy: String) -> String? {
        let before = faults.count
        let text = text(name)
        if text == nil, faults.count == before { fault(name, "missing. \(remedy)") }
        return text
    }

    mutating func object(_ name: String) -> JSON? {
        guard let value = object.present(name) else { return nil }
        if value.members != nil { return value }
        fault(name, "\(Self.shown(value)) is no object; send {\"…\": …}, or leave it out.")
        return nil
    }

    mutating func requiredArray(_ name: String, _ remedy: String, atMost limit: Int) -> [JSON] {
        guard let value = object.present(name) else {
            fault(name, "missing. \(remedy)")
            return []
        }
        guard let array = value.array else {
            fault(name, "\(Self.shown(value)) is no array. \(remedy)")
            return []
        }
        if array.count > limit {
            fault(name, "\(array.count) entries; at most \(limit) are taken at once. Send several requests.")
        }
        return array
    }

    mutating func moment(_ name: String) -> Timestamp? {
        guard let text = text(name) else { return nil }
        guard let moment = Timestamp(iso8601: text) else {
            fault(name, "“\(text.prefix(60))” is no moment; send ISO 8601, such as 2026-03-01T12:00:00Z.")
            return nil
        }
        return moment
    }

    mutating func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ name: String, _: Choice.Type
    ) -> Choice? {
        let known = Choice.allCases.map { "“\($0.rawValue)”" }.joined(separator: ", ")
        guard let text = requiredText(name, "Send one of \(known).") else { return nil }
        if let choice = Choice(rawValue: text) { return choice }
        fault(name, "“\(text.prefix(60))” is not known; send one of \(known).")
        return nil
    }

    /// The value where it is short, else its kind.
    private static func shown(_ value: JSON) -> String {
        switch value {
        case .bool, .integer, .number: value.text
        case .string(let text): "“\(text.prefix(60))”"
        default: value.kind
        }
    }
}
