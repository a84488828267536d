/// Why a text does not say where a store is.
package enum StoreLocationError: Error, Equatable, CustomStringConvertible {
    case empty
    /// An address of a kind of store that this program does not have. Only its scheme is kept, since the rest may hold a
    /// password.
    case unsupported(scheme: String)
    case unusable(address: String, why: String)

    package var description: String {
        switch self {
        case .empty: "The store has no name. Give a path such as weir.db, or sqlite:///var/lib/weir/weir.db."
        case .unsupported(let scheme):
            """
            Stores of the kind “\(scheme)” are not supported; SQLite is. Give a path such as weir.db, or \
            sqlite:///var/lib/weir/weir.db.
            """
        case .unusable(let address, let why):
            "“\(address)” is no store: \(why). Write sqlite:///var/lib/weir/weir.db, or sqlite:weir.db."
        }
    }
}
