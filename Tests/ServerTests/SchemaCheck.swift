import WeirJSON

/// Checks values against the schemas of an OpenAPI document: as much of JSON Schema as ours uses.
///
/// Stricter than JSON Schema in one way: members that are not listed are faults unless `additionalProperties` is true.
struct SchemaCheck {
    let document: JSON

    func faults(of value: JSON, in schema: JSON, at pointer: String = "#") -> [String] {
        if let name = schema["$ref"]?.string?.split(separator: "/").last {
            guard let found = document["components"]?["schemas"]?[String(name)] else {
                return ["\(pointer): no schema \(name)"]
            }
            return self.faults(of: value, in: found, at: pointer)
        }
        if let choices = schema["anyOf"]?.array {
            let all = choices.map { self.faults(of: value, in: $0, at: pointer) }
            return all.contains([]) ? [] : (all.min { $0.count < $1.count } ?? [])
        }
        let types = schema["type"].map { type in (type.array ?? [type]).compactMap(\.string) }
        if let types, !types.contains(where: { isOf(value, $0) }) {
            return ["\(pointer): \(value.kind) is not \(types)"]
        }
        var faults: [String] = []
        if let choices = schema["enum"]?.array, !choices.contains(value) { faults.append("\(pointer): \(value.text)") }
        if let number = value.double {
            if let most = schema["maximum"]?.double, number > most { faults.append("\(pointer): above \(most)") }
            if let least = schema["exclusiveMinimum"]?.double, number <= least {
                faults.append("\(pointer): \(number)")
            }
        }
        if let text = value.string, schema["pattern"] == "^d-[0-9]+$", text.wholeMatch(of: /d-[0-9]+/) == nil {
            faults.append("\(pointer): \(text)")
        }
        if let items = schema["items"] {
            for (index, item) in (value.array ?? []).enumerated() {
                faults += self.faults(of: item, in: items, at: "\(pointer)/\(index)")
            }
        }
        if let members = value.members, let properties = schema["properties"] {
            for name in (schema["required"]?.array ?? []).compactMap(\.string) where value[name] == nil {
                faults.append("\(pointer): \(name) is missing")
            }
            for member in members {
                if let property = properties[member.name] {
                    faults += self.faults(of: member.value, in: property, at: "\(pointer)/\(member.name)")
                } else if schema["additionalProperties"] != true {
                    faults.append("\(pointer): \(member.name) is not listed")
                }
            }
        }
        return faults
    }

    private func isOf(_ value: JSON, _ type: String) -> Bool {
        switch (type, value) {
        case ("null", .null), ("boolean", .bool), ("integer", .integer), ("number", .integer), ("number", .number),
            ("string", .string), ("array", .array), ("object", .object):
            true
        default: false
        }
    }
}
