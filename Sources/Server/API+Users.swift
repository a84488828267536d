import HTTPTypes
import Hummingbird
import WeirAccess
import WeirDomain
import WeirJSON
import WeirStorage

/// The people who may sign in.
extension API {
    func listUsers(_ call: Call) async throws -> Response {
        .json { writer in
            writer.name("users")
            writer.array { writer in
                for user in doors.people.all {
                    writer.object {
                        $0.member("name", user.name)
                        $0.scopes(user.roles, named: "roles")
                        $0.member("created", user.createdTime.iso8601)
                    }
                }
            }
        }
    }

    /// Adds a person, or gives one another password or other roles.
    func saveUser(_ call: Call) async throws -> Response {
        var fields = FieldReader(try call.json())
        let name = fields.requiredText("name", "Say what they sign in with, such as \"ann\".")
        if let name { fields.checkName(name, "name") }
        let known = name.flatMap { doors.people.user($0) }
        let password = fields.has("password") ? fields.text("password") : nil
        if password == nil, known == nil, fields.faults.isEmpty {
            fields.fault("password", "missing. Send one of at least \(PasswordHash.allowedBytes.lowerBound) bytes.")
        }
        let roles = known == nil || fields.has("roles") ? fields.scopes("roles", of: StoredKey.Scope.roles) : nil
        try fields.check()
        if let roles, let known, known.isAdministrator, !roles.contains(where: \.isAdministrator) {
            try doors.checkAdministratorRemains(withoutUser: name)
        }
        do {
            try doors.people.save(name!, password: password, roles: roles)
        } catch let error as PasswordFault {
            throw Problem(faults: [Problem.Fault(error.description, at: "#/password")])
        }
        let saved = doors.people.user(name!)?.roles ?? []
        let names = StoredKey.Scope.allCases.filter { saved.contains($0) }.map(\.rawValue).joined(separator: " ")
        let what = password == nil || known == nil ? names : "\(names), another password"
        try doors.log.record(call, known == nil ? "user-added" : "user-changed", name!, what)
        return .json(known == nil ? .created : .ok) { writer in
            writer.member("name", name!)
            writer.scopes(saved, named: "roles")
        }
    }

    func removeUser(_ call: Call) async throws -> Response {
        var fields = FieldReader(try call.json())
        let name = fields.requiredText("name", "Name them as GET /v1/users lists them.")
        try fields.check()
        guard let user = doors.people.user(name!) else {
            let detail = "name: there is nobody named “\(name!)”. GET /v1/users lists them."
            throw Problem(.notFound, "unknown_user", detail, faults: [Problem.Fault(detail, at: "#/name")])
        }
        if user.isAdministrator, !settings.isOpen { try doors.checkAdministratorRemains(withoutUser: name) }
        try doors.people.remove(name!)
        try doors.log.record(call, "user-removed", name!)
        return .json { $0.member("removed", name!) }
    }
}
