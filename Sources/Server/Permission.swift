import WeirStorage

/// What a caller must be allowed to do at a route.
package enum Permission: String, Sendable, CaseIterable {
    /// Everyone may, with a key or without.
    case everyone
    /// Send events. Where the headers bring no key, one may stand in the body, so the route itself refuses those without.
    case collect
    /// Ask for decisions and report what became of them.
    case decide
    /// See and change everything.
    case manage
    /// See and change everything in a browser: like `manage`, but who has no key is made to ask for one, and the answer
    /// comes with the headers that keep pages safe.
    case console

    /// The least scope that grants it; nil where nobody needs one.
    var scope: StoredKey.Scope? {
        switch self {
        case .everyone: nil
        case .collect: .collect
        case .decide: .decide
        case .manage, .console: .manage
        }
    }

    /// Whether a key with these scopes has the permission; managing includes everything else.
    func isGranted(by scopes: Set<StoredKey.Scope>) -> Bool {
        guard let scope else { return true }
        return scopes.contains(scope) || scopes.contains(.manage)
    }
}
