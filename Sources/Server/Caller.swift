package import WeirAccess
import WeirDomain
package import WeirStorage

/// Who asks, as far as a request shows.
package struct Caller: Sendable {
    package enum Proof: Sendable {
        /// Nobody knows; let in only where no key is needed, or where one may stand in the body.
        case nothing
        /// The server needs no key; whoever reaches it may do everything.
        case openServer
        /// A key in the headers.
        ///
        /// - Parameter isAmbient: Whether a browser may have added it by itself, as it does with what its user typed in.
        case key(StoredKey, isAmbient: Bool)
        /// A cookie of somebody who has signed in.
        case session(Sessions.Session, secretHash: [UInt8])
    }

    package var proof: Proof
    package var scopes: Set<StoredKey.Scope>

    package static let nobody = Caller(proof: .nothing, scopes: [])
    package static let openServer = Caller(proof: .openServer, scopes: [.administrator])

    /// As logs name the caller.
    package var name: String {
        switch proof {
        case .nothing: "nobody"
        case .openServer: "open server"
        case .key(let key, _): key.name.rawValue
        case .session(let session, _): session.subject.name
        }
    }

    package var key: StoredKey? {
        if case .key(let key, _) = proof { key } else { nil }
    }

    package var session: Sessions.Session? {
        if case .session(let session, _) = proof { session } else { nil }
    }

    /// Whether the request shows on purpose who sends it: no page of another site can make a browser do that.
    var isExplicit: Bool {
        if case .key(_, isAmbient: false) = proof { true } else { false }
    }

    /// Whether the key stands in pages, where anybody can read it.
    var isPage: Bool { key.map { !$0.origins.isEmpty } ?? false }

    package func may(_ permission: Permission) -> Bool { permission.isGranted(by: scopes) }
}
