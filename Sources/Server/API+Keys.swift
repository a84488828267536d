import HTTPTypes
import Hummingbird
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
                        $0.member("name", key.name.rawValue)
                        write(key.scopes, into: &$0)
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
        if let name, name.utf8.count > 100 {
            fields.fault("name", "\(name.utf8.count) bytes; at most 100 are allowed. Choose a short one.")
        }
        let known = StoredKey.Scope.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
        let remedy = "Send an array with some of \(known)."
        let items = fields.requiredArray("scopes", remedy, atMost: StoredKey.Scope.allCases.count)
        var scopes: Set<StoredKey.Scope> = []
        for (index, item) in items.enumerated() {
            if let scope = item.string.flatMap({ StoredKey.Scope(rawValue: $0) }) {
                scopes.insert(scope)
            } else {
                fields.fault("scopes/\(index)", "\(item.text) is no scope. \(remedy)")
            }
        }
        if items.isEmpty, fields.faults.isEmpty { fields.fault("scopes", "empty. \(remedy)") }
        try fields.check()
        let source = SourceID(name!)
        guard let secret = try keys.makeKey(named: source, scopes: scopes, at: engine.clock.now, random: random) else {
            let detail = "name: “\(source)” is taken. Choose another, or remove that key first."
            throw Problem(.conflict, "name_taken", detail, faults: [Problem.Fault(detail, at: "#/name")])
        }
        return .json(.created) { writer in
            writer.member("name", source.rawValue)
            write(scopes, into: &writer)
            writer.member("key", secret)
        }
    }

    func removeKey(_ call: Call) async throws -> Response {
        var fields = FieldReader(try call.json())
        let name = fields.requiredText("name", "Name the key as GET /v1/keys lists it.")
        try fields.check()
        guard try keys.remove(SourceID(name!)) else {
            let detail = "name: there is no key “\(name!)”. GET /v1/keys lists them."
            throw Problem(.notFound, "unknown_key", detail, faults: [Problem.Fault(detail, at: "#/name")])
        }
        return .json { $0.member("removed", name!) }
    }

    private func write(_ scopes: Set<StoredKey.Scope>, into writer: inout JSONWriter) {
        writer.name("scopes")
        writer.array { writer in
            for scope in StoredKey.Scope.allCases where scopes.contains(scope) { writer.string(scope.rawValue) }
        }
    }
}
