package import WeirDomain

/// Whether logged decisions saw of their people what the events of the log say.
package struct SituationAudit: Sendable {
    package enum Verdict: Sendable, Equatable {
        case identical
        /// What was logged is right for the moment before these records about the person were applied: they stand before
        /// the decision in the log, but it was made while they were still being committed.
        case before([Int64])
        /// At least one.
        case different([SituationDifference])
    }

    /// A part that was logged otherwise in some decisions.
    package struct Finding: Sendable {
        package var difference: SituationDifference
        /// The first decision with it.
        package var decision: DecisionID
        package var decisions: Int
    }

    package private(set) var checked = 0
    package private(set) var identical = 0
    /// Decisions made before records were applied that stand before them.
    package private(set) var before = 0
    /// The first of those, with the first record that was not applied.
    package private(set) var examplesBefore: [(decision: DecisionID, record: Int64)] = []
    /// The first decisions that differ.
    package private(set) var different: [(decision: DecisionID, differences: [SituationDifference])] = []
    package private(set) var differing = 0
    /// By part and name, in the order in which they were met.
    package private(set) var findings: [Finding] = []
    private var places: [Name: Int] = [:]

    private struct Name: Hashable {
        var part: SituationDifference.Part
        var name: String
    }

    /// How many decisions are named.
    static let examples = 20

    mutating func count(_ verdict: Verdict, of decision: DecisionID) {
        checked += 1
        switch verdict {
        case .identical: identical += 1
        case .before(let records):
            before += 1
            if examplesBefore.count < Self.examples { examplesBefore.append((decision, records[0])) }
        case .different(let differences):
            differing += 1
            if different.count < Self.examples { different.append((decision, differences)) }
            for difference in differences { count(difference, of: decision) }
        }
    }

    private mutating func count(_ difference: SituationDifference, of decision: DecisionID) {
        let name = Name(part: difference.part, name: difference.name)
        if let place = places[name] {
            findings[place].decisions += 1
        } else {
            places[name] = findings.count
            findings.append(Finding(difference: difference, decision: decision, decisions: 1))
        }
    }
}
