/// A method by its name in options.
package enum SyntheticMethodOption: String, Codable, Sendable, CaseIterable {
    case classic, ridge, robust

    var method: SyntheticMethod {
        switch self {
        case .classic: .classic
        case .ridge: .ridge(penalty: nil)
        case .robust: .robust(rank: nil)
        }
    }
}
