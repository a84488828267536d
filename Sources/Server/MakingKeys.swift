import WeirDomain
import WeirEngine
package import WeirStorage

/// Makes a key for a store that no server has open, and returns its secret, which is kept nowhere.
///
/// - Throws: `StoreError`, or `KeyExists`.
package func makeKey(named name: String, scopes: Set<StoredKey.Scope>, in store: any Store) throws -> String {
    let ring = try KeyRing(store: store)
    let secret = try ring.makeKey(
        named: SourceID(name), scopes: scopes, at: SystemClock().now, random: { UInt64.random(in: .min ... .max) })
    guard let secret else { throw KeyExists(name: name) }
    return secret
}

/// A key of that name is there already.
package struct KeyExists: Error, CustomStringConvertible {
    package let name: String

    package var description: String {
        "There is a key named “\(name)” already. Choose another name, or remove it first: weir keys remove \(name)"
    }
}
