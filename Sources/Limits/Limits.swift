/// How much a request may say and a person may hold, so that nothing that arrives costs others more than a moment.
///
/// What is beyond a limit is refused with the field's name, or counted where refusing would harm what is good beside it;
/// both show in `LimitCounts`.
package struct Limits: Sendable, Equatable {
    // MARK: What one value may be

    /// The longest id in bytes of UTF-8: of a person, a device, a group, an order, a placement, an offer, a retry.
    package var idBytes = 256
    /// The longest name in bytes of UTF-8: of an event, a trait, a property, a purpose of consent.
    package var nameBytes = 256
    /// How many members an object may have, at any depth.
    package var members = 512
    /// How many objects and arrays may stand in each other, the outermost counted.
    package var depth = 16
    /// The longest trait of an identify message, in bytes of compact JSON.
    package var traitBytes = 2_048
    /// The longest context of a decision, in bytes of compact JSON. Each decision is kept with its own.
    package var contextBytes = 8_192
    /// How many purposes a stamp of consent may name.
    package var consentCategories = Person.standard.consents

    // MARK: What one request may leave behind

    /// How many refused messages of one body are kept for mending; the rest is counted.
    package var refusedPerBody = 500
    /// How many bytes the members that a batch shares may come to when each of its messages has its copy.
    package var sharedBytesPerBatch = 2 << 20

    /// What one person may hold. Profiles follow from the log, whoever reads it and when, so that no operator may turn these.
    package struct Person: Sendable, Equatable {
        package static let standard = Person()

        /// Traits; of more the newest stay.
        package let traits = 200
        /// Answers to questions of consent. Whoever has so many has refused all that none of them names.
        package let consents = 128
        /// Counts, sums and moments that one feature keeps, one for each key and day; of more those of the keys with the
        /// smallest hashes stay.
        package let cellsPerFeature = 4_096
        /// Anonymous and earlier ids that have become this person; further ones stay persons of their own.
        package let identifiers = 1_000
        /// Offers that a frequency cap still sees; further decisions are refused until some of them have passed.
        package let recentDecisions = 4_096
    }

    package init() {}

    /// What a limit is of, as `/metrics` names it.
    package enum Kind: String, Sendable, CaseIterable {
        case id, name, members, depth, trait, context, consent
        /// A whole message or its batch.
        case message
        /// The members that a batch shares with its messages.
        case shared
        /// Refused messages of a body that were counted only.
        case refusedPerBody = "refused_per_body"
        /// Messages that left the quarantine because it was full or they were old.
        case quarantine
        /// Traits and answers of a person who has as many as are kept.
        case person
        /// Identifiers of a person who has as many as are kept.
        case identifiers
        /// Decisions for a person whom caps remember as many of as are kept.
        case recentDecisions = "recent_decisions"
        /// Records of a key that has its share of the queue before the store.
        case queue
        /// Requests beyond the rate of a key or an address.
        case rate
        /// Connections that gave way to others.
        case connections
        /// Requests whose head or body did not come in time.
        case deadline
    }
}
