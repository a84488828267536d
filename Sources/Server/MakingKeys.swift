import WeirDomain
import WeirEngine
package import WeirStorage

/// Makes a key for a store that no server has open, and returns its secret, which is kept nowhere.
///
/// - Parameter new: Its hash and moment are still to be made.
/// - Throws: `StoreError`, or `KeyExists`.
package func makeKey(_ new: StoredKey, in store: any Store) throws -> String {
    let ring = try KeyRing(store: store)
    var new = new
    new.createdTime = SystemClock().now
    guard let secret = try ring.makeKey(new, random: { UInt64.random(in: .min ... .max) }) else {
        throw KeyExists(name: new.name.rawValue)
    }
    try logOffline("key-made", new.name.rawValue, new.summary, in: store)
    return secret
}

/// Refuses to take away from a store the last key or person that may manage its server.
///
/// - Throws: `LastAdministrator`.
package func checkAdministratorRemains(
    in store: any Store, without key: StoredKey? = nil, withoutUser user: StoredUser? = nil
) throws {
    let now = SystemClock().now
    guard key?.isAdministrator(at: now) ?? false || user?.isAdministrator ?? false else { return }
    let keys = try store.keys().filter { $0.name != key?.name && $0.isAdministrator(at: now) }
    let users = try store.users().filter { $0.name != user?.name && $0.isAdministrator }
    if keys.isEmpty, users.isEmpty { throw LastAdministrator(name: key?.name.rawValue ?? user?.name ?? "") }
}

/// Without it nobody could manage the server any more.
package struct LastAdministrator: Error, CustomStringConvertible {
    package let name: String

    package var description: String {
        "“\(name)” is the last who may manage this server; without it nobody could let anyone in. Make another "
            + "administrator first: weir keys add NAME --role administrator"
    }
}

/// A key of that name is there already.
package struct KeyExists: Error, CustomStringConvertible {
    package let name: String

    package var description: String {
        "There is a key named “\(name)” already. Choose another name, or remove it first: weir keys remove \(name)"
    }
}

extension StoredKey {
    /// What it may do and what it is limited to, in a few words.
    package var summary: String {
        var parts = [Scope.allCases.filter { scopes.contains($0) }.map(\.rawValue).joined(separator: " ")]
        if !origins.isEmpty { parts.append("from \(origins.joined(separator: " "))") }
        if !sources.isEmpty { parts.append("as \(sources.map(\.rawValue).joined(separator: " "))") }
        if !placements.isEmpty { parts.append("at \(placements.map(\.rawValue).joined(separator: " "))") }
        if let expiresTime { parts.append("until \(expiresTime.iso8601)") }
        return parts.joined(separator: ", ")
    }
}
