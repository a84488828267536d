package import WeirStorage

/// What a caller must be allowed to do at a route.
package enum Permission: String, Sendable, CaseIterable {
    /// Everyone may, with a key or without.
    case everyone
    /// Send events. Where the headers bring no key, one may stand in the body, so the route itself refuses those without.
    case collect
    /// Ask for decisions and report what became of them.
    case decide
    /// See figures and settings; customers are masked.
    case view
    /// See customers.
    case viewPeople = "view-people"
    /// See, mend and discard messages in the quarantine, which are as people sent them.
    case mendMessages = "mend-messages"
    /// Put a catalog in force; what may change in it depends on the role once more.
    case changeCatalog = "change-catalog"
    /// Stop arms of experiments.
    case changeExperiments = "change-experiments"
    /// Train and register models, and bring them to another stage.
    case changeModels = "change-models"
    /// Have something measured.
    case measure
    /// See how the server does.
    case operate
    /// See who did what.
    case audit
    /// Say who may come in.
    case manage

    /// Who is granted it; administrators besides are granted everything, and everyone what needs no permission.
    var scopes: Set<StoredKey.Scope> {
        switch self {
        case .everyone, .manage: []
        case .collect: [.collect]
        case .decide: [.decide]
        case .view: [.viewer, .marketer, .analyst, .finance, .operator, .privacyOfficer]
        case .viewPeople: [.privacyOfficer]
        case .mendMessages: [.operator, .privacyOfficer]
        case .changeCatalog: [.marketer, .finance]
        case .changeExperiments: [.marketer, .analyst]
        case .changeModels: [.analyst]
        case .measure: [.marketer, .analyst, .finance]
        case .operate: [.operator]
        case .audit: [.privacyOfficer]
        }
    }

    /// Whether somebody with these scopes and roles has the permission.
    package func isGranted(by scopes: Set<StoredKey.Scope>) -> Bool {
        self == .everyone || scopes.contains(where: \.isAdministrator) || !self.scopes.isDisjoint(with: scopes)
    }

    /// Whether machines use it, which send from pages of shops and hold no session.
    var isForMachines: Bool { self == .collect || self == .decide }

    /// Who is granted it, for people.
    var holders: String {
        let names = StoredKey.Scope.allCases.filter { scopes.contains($0) && $0 != .manage }.map(\.rawValue)
        return (names + ["administrator"]).joined(separator: ", ")
    }
}

extension StoredKey.Scope {
    /// Those that a person can have.
    package static let roles: [StoredKey.Scope] = [
        .viewer, .marketer, .analyst, .finance, .operator, .privacyOfficer, .administrator,
    ]
}
