/// A name that identifies one thing of one kind; wrapped so that a campaign's name cannot stand where an offer's should.
public protocol StringIdentifier:
    RawRepresentable<String>, Hashable, Sendable, Comparable, Codable, CustomStringConvertible,
    ExpressibleByStringLiteral
{
    init(rawValue: String)
}

extension StringIdentifier {
    public init(_ text: some StringProtocol) { self.init(rawValue: String(text)) }
    public init(stringLiteral value: String) { self.init(rawValue: value) }
    public var description: String { rawValue }
    public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// A person as Weir knows them, after identifiers have been resolved.
public struct CustomerID: StringIdentifier {
    /// Begins the names of people of whom only an anonymous id is known; no user id may begin so.
    public static let anonymousPrefix = "anonymous:"

    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }
}

/// A campaign of the catalog.
public struct CampaignID: StringIdentifier {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }
}

/// An offer of a campaign; unique in the whole catalog.
public struct OfferID: StringIdentifier {
    /// That nothing was given, where something else than Weir chose so; no offer may be called so.
    public static let nothing = OfferID(rawValue: "(nothing)")

    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }
}

/// A place where an offer can be shown: the till, the home page, the weekly e-mail.
public struct PlacementID: StringIdentifier {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }
}

/// A budget of the catalog.
public struct BudgetID: StringIdentifier {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }
}

/// What a campaign wants to happen; each goal has a model of its own.
public struct GoalID: StringIdentifier {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }
}

/// The way a message reaches a person: `till`, `email`, `push`, `mail`, `web`.
public struct Channel: StringIdentifier {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }
}

/// Why personal data are used: `marketing`, `personalisation`, `measurement`.
public struct Purpose: StringIdentifier {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }
}

/// Where events come from; the name that a write key belongs to.
public struct SourceID: StringIdentifier {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }
}
