import WeirJSON

extension Redaction {
    /// A message without the keys that it brought, by their name or by their form: it is read by those who mend it.
    package static func withoutKeys(_ message: [UInt8]) -> [UInt8] {
        guard let json = try? JSON(parsing: message) else {
            let text = String(decoding: message, as: UTF8.self)
            let cleaned = withoutKeys(text)
            return cleaned == text ? message : Array(cleaned.utf8)
        }
        let cleaned = withoutKeys(json)
        return cleaned == json ? message : cleaned.bytes
    }

    private static func withoutKeys(_ json: JSON) -> JSON {
        switch json {
        case .string(let text): .string(withoutKeys(text))
        case .array(let items): .array(items.map { withoutKeys($0) })
        case .object(let members):
            .object(
                members.compactMap { member in
                    isKeyName(member.name) ? nil : JSON.Member(withoutKeys(member.name), withoutKeys(member.value))
                })
        default: json
        }
    }

    /// As Segment's libraries call it, in any spelling.
    private static func isKeyName(_ name: String) -> Bool {
        name.lowercased().filter { $0 != "_" && $0 != "-" } == "writekey"
    }
}
