import HTTPTypes
import Hummingbird
import WeirAccess
import WeirDomain
import WeirEngine
import WeirJSON
import WeirStorage

extension API {
    func listKeys(_ call: Call) async throws -> Response {
        let stored = try engine.store.keys()
        return .json { writer in
            writer.name("keys")
            writer.array { writer in
                for key in stored {
                    writer.object {
                        write(key, into: &$0)
                        $0.member("created", key.createdTime.iso8601)
                    }
                }
            }
        }
    }

    /// Makes a key and tells it, this once.
    func makeKey(_ call: Call) async throws -> Response {
        var fields = FieldReader(try call.json())
        let name = fields.requiredText(
            "name", "Say what sends with it, such as \"shop\"; events bear it as their source.")
        if let name { fields.checkName(name, "name") }
        let scopes = fields.scopes("scopes", of: StoredKey.Scope.allCases)
        let expires = fields.moment("expires")
        if let expires, expires <= doors.now() {
            fields.fault("expires", "“\(expires.iso8601)” is past. Send a moment to come, or leave it out.")
        }
        let origins = fields.texts("origins", "Send an array of origins, such as [\"https://shop.example\"].")
        for (index, origin) in origins.enumerated() where BrowserOrigin.canonical(origin) == nil {
            fields.fault(
                "origins/\(index)",
                "“\(origin.prefix(100))” is no origin. Send scheme, name and port alone, such as https://shop.example.")
        }
        let sources = fields.texts("sources", "Send an array of names that its events may bear as their source.")
        let placements = fields.texts("placements", "Send an array of placements that it may ask for.")
        for (index, source) in sources.enumerated() { fields.checkName(source, "sources/\(index)") }
        try fields.check()
        let key = StoredKey(
            name: SourceID(name!), hash: [], scopes: scopes, createdTime: doors.now(), expiresTime: expires,
            origins: origins.compactMap { BrowserOrigin.canonical($0) }, sources: sources.map { SourceID($0) },
            placements: placements.map { PlacementID($0) })
        guard let secret = try keys.makeKey(key, random: random) else {
            let detail = "name: “\(key.name)” is taken. Choose another, or remove that key first."
            throw Problem(.conflict, "name_taken", detail, faults: [Problem.Fault(detail, at: "#/name")])
        }
        try doors.log.record(call, "key-made", key.name.rawValue, key.summary)
        return .json(.created) { writer in
            write(key, into: &writer)
            writer.member("key", secret)
        }
    }

    func removeKey(_ call: Call) async throws -> Response {
        var fields = FieldReader(try call.json())
        let name = fields.requiredText("name", "Name the key as GET /v1/keys lists it.")
        try fields.check()
        if keys.key(named: SourceID(name!))?.isAdministrator(at: doors.now()) ?? false, !settings.isOpen {
            try doors.checkAdministratorRemains(withoutKey: SourceID(name!))
        }
        guard try keys.remove(SourceID(name!)) else {
            let detail = "name: there is no key “\(name!)”. GET /v1/keys lists them."
            throw Problem(.notFound, "unknown_key", detail, faults: [Problem.Fault(detail, at: "#/name")])
        }
        try doors.log.record(call, "key-removed", name!)
        return .json { $0.member("removed", name!) }
    }

    private func write(_ key: StoredKey, into writer: inout JSONWriter) {
        writer.member("name", key.name.rawValue)
        writer.scopes(key.scopes, named: "scopes")
        if let expires = key.expiresTime { writer.member("expires", expires.iso8601) }
        func list(_ name: String, _ texts: [String]) {
            guard !texts.isEmpty else { return }
            writer.name(name)
            writer.array { writer in for text in texts { writer.string(text) } }
        }
        list("origins", key.origins)
        list("sources", key.sources.map(\.rawValue))
        list("placements", key.placements.map(\.rawValue))
    }
}

extension JSONWriter {
    /// In the order in which they are declared.
    mutating func scopes(_ scopes: Set<StoredKey.Scope>, named name: String) {
        self.name(name)
        array { writer in
            for scope in StoredKey.Scope.allCases where scopes.contains(scope) { writer.string(scope.rawValue) }
        }
    }
}

extension FieldReader {
    /// At least one of the scopes or roles that are allowed here.
    mutating func scopes(_ name: String, of allowed: [StoredKey.Scope]) -> Set<StoredKey.Scope> {
        let known = allowed.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
        let remedy = "Send an array with some of \(known)."
        let items = requiredArray(name, remedy, atMost: StoredKey.Scope.allCases.count)
        var scopes: Set<StoredKey.Scope> = []
        for (index, item) in items.enumerated() {
            if let scope = item.string.flatMap({ StoredKey.Scope(rawValue: $0) }), allowed.contains(scope) {
                scopes.insert(scope)
            } else {
                fault("\(name)/\(index)", "\(item.text.prefix(100)) is not known here. \(remedy)")
            }
        }
        if items.isEmpty, faults.isEmpty { fault(name, "empty. \(remedy)") }
        return scopes
    }

    /// A list of texts; empty where it is left out.
    mutating func texts(_ name: String, _ remedy: String) -> [String] {
        guard has(name) else { return [] }
        var texts: [String] = []
        for (index, item) in requiredArray(name, remedy, atMost: 100).enumerated() {
            if let text = item.string, !text.isEmpty {
                texts.append(text)
            } else {
                fault("\(name)/\(index)", "\(item.text.prefix(100)) is no text. \(remedy)")
            }
        }
        return texts
    }

    /// A name that people read in lists and logs.
    mutating func checkName(_ text: String, _ name: String) {
        if text.utf8.count > 100 {
            fault(name, "\(text.utf8.count) bytes; at most 100 are allowed. Choose a short one.")
        } else if Redaction.onOneLine(text) != text {
            fault(name, "has a line break or another control character. Choose a name that fits on a line.")
        } else if text.hasPrefix(Redaction.keyPrefix) {
            fault(name, "begins with \(Redaction.keyPrefix), as keys do. Choose a name; the key itself is made here.")
        }
    }
}
