import ArgumentParser
import Foundation
import WeirAccess
import WeirDomain
import WeirEngine
import WeirJSON
import WeirReporting
import WeirServer
import WeirStorage

struct UsersCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "users", abstract: "The people who may sign in to the console.",
        discussion: """
            Example:
              weir users add ann --role administrator --store weir.db
            """,
        subcommands: [Add.self, List.self, Remove.self])

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Adds a person, or gives one another password or other roles.",
            discussion: """
                The password is asked for, or read from the first line of the standard input or of a file that only its owner
                can read. Roles: viewer, marketer, analyst, finance, operator, privacy-officer, administrator; docs/security.md
                says what each may do. Who is changed is signed out everywhere.

                Examples:
                  weir users add ann --role administrator --store weir.db
                  weir users add bob --role analyst --role finance --password-file bob.txt --url http://127.0.0.1:8080
                """)

        @Argument(help: "What they sign in with.")
        var name: String

        @Option(name: .customLong("role"), help: "What they may do; may be repeated.")
        var roles: [StoredKey.Scope]

        @Option(help: "A file with the password, of mode 0600.")
        var passwordFile: String?

        @OptionGroup var result: ResultOptions
        @OptionGroup var server: ServerOptions
        @OptionGroup var store: StoreOptions

        func validate() throws {
            for role in roles where !StoredKey.Scope.roles.contains(role) {
                throw ValidationError("--role: “\(role.rawValue)” is for machines. Make a key for it: weir keys add")
            }
        }

        func run() async throws {
            let password = try PasswordInput(file: passwordFile).password(of: name)
            if let client = server.client {
                _ = try await client.send(
                    "POST", "/v1/users",
                    [
                        "name": .string(name), "password": .string(password),
                        "roles": .array(roles.map { .string($0.rawValue) }),
                    ])
            } else {
                let hash: String
                do throws(PasswordFault) {
                    hash = try PasswordHash.make(password, salt: Secret.randomBytes(16))
                } catch {
                    throw CommandFault(.badInput, error.description)
                }
                let store = try store.open()
                let known = try store.users().first { $0.name == name }
                if !roles.contains(where: \.isAdministrator) {
                    try checkAdministratorRemains(in: store, withoutUser: known)
                }
                let now = SystemClock().now
                try store.save(
                    StoredUser(
                        name: name, passwordHash: hash, roles: Set(roles), createdTime: known?.createdTime ?? now,
                        sessionsFrom: now))
                try logOffline(
                    known == nil ? "user-added" : "user-changed", name, roles.map(\.rawValue).joined(separator: " "),
                    in: store)
                try store.close()
            }
            let names = roles.map(\.rawValue)
            try result.give(
                Answer(
                    ["“\(name)” may sign in, as \(names.joined(separator: ", "))."],
                    json: ["name": .string(name), "roles": .array(names.map { .string($0) })]))
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Shows who may sign in, and as what.",
            discussion: """
                Example:
                  weir users list --store weir.db
                """)

        @OptionGroup var result: ResultOptions
        @OptionGroup var server: ServerOptions
        @OptionGroup var store: StoreOptions

        func run() async throws {
            let rows: [[String]]
            if let client = server.client {
                rows = (try await client.send("GET", "/v1/users")["users"]?.array ?? []).map { user in
                    let roles = (user["roles"]?.array ?? []).compactMap(\.string)
                    return [user["name"]?.string ?? "", roles.joined(separator: ","), user["created"]?.string ?? ""]
                }
            } else {
                rows = try store.openForReading().users().map { user in
                    let roles = StoredKey.Scope.allCases.filter { user.roles.contains($0) }.map(\.rawValue)
                    return [user.name, roles.joined(separator: ","), user.createdTime.iso8601]
                }
            }
            let table = ReportTable(
                name: "users", columns: ["name", "roles", "created"].map { .init($0, $0) },
                rows: rows.map { $0.map { .text($0) } })
            try result.give(
                Answer(
                    table,
                    empty: "Nobody can sign in with a name. Add somebody: weir users add ann --role administrator",
                    lines: rows.map { $0.joined(separator: "  ") }))
        }
    }

    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Takes a person away, who is out at once.",
            discussion: """
                Example:
                  weir users remove bob --store weir.db
                """)

        @Argument(help: "Their name.")
        var name: String

        @OptionGroup var server: ServerOptions
        @OptionGroup var store: StoreOptions

        func run() async throws {
            if let client = server.client {
                _ = try await client.send("DELETE", "/v1/users", ["name": .string(name)])
                return
            }
            let store = try store.open()
            guard let user = try store.users().first(where: { $0.name == name }) else {
                throw CommandFault(.refused, "There is nobody named “\(name)”. See them: weir users list")
            }
            try checkAdministratorRemains(in: store, withoutUser: user)
            try store.removeUser(named: name)
            try logOffline("user-removed", name, in: store)
            try store.close()
        }
    }
}

/// Where a password comes from: never from the command line, which other users of the machine can read.
struct PasswordInput {
    let file: String?

    func password(of name: String) throws -> String {
        if let file { return try SecretFile(file, option: "--password-file").firstLine() }
        if isatty(STDIN_FILENO) == 1 {
            guard let typed = getpass("Password for \(name): ") else { throw Self.none }
            let first = String(cString: typed)
            guard let again = getpass("Once more: "), String(cString: again) == first else {
                throw CommandFault(.badInput, "The two passwords are not the same. Try again.")
            }
            return first
        }
        guard let line = readLine() else { throw Self.none }
        return line
    }

    private static let none = CommandFault(
        .badInput, "No password. Type it when asked, send it on the standard input, or name a --password-file.")
}
