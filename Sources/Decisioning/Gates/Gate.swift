/// Something that can stop a candidate: where it stands, what it may say, and its check.
///
/// Each gate is a value in a file of its own and a place in `Gate.inOrder`; the log, the answers and the reports know it
/// by its reasons.
package struct Gate: Sendable {
    /// Where a gate stands to the draw that holds people out from a campaign.
    package enum Stage: Sendable {
        /// Whom it stops, the campaign does not reach, whatever the holdout says.
        case beforeAssignment
        /// It holds people out from a campaign by chance.
        case assignment
        /// Who comes to it has been assigned already: it stops people of the treated arm only.
        case afterAssignment
    }

    /// What a check looks at; checks of campaigns are made once for all of a campaign's offers, before those of its offers.
    package enum Subject: Sendable {
        case campaign, offer
    }

    package typealias Check = @Sendable (_ situation: Situation, _ candidate: GatedCandidate) -> ClosedGate?

    package let stage: Stage
    let subject: Subject
    /// What it may say when it closes.
    package let reasons: [GateReason]
    /// Nil where a later step closes it.
    let check: Check?

    init(_ stage: Stage, of subject: Subject, reasons: [GateReason], check: Check?) {
        self.stage = stage
        self.subject = subject
        self.reasons = reasons
        self.check = check
    }
}

/// The candidate that a gate is asked about.
///
/// A check of a campaign gets the first of its offers.
package struct GatedCandidate {
    package let plan: CatalogPlan
    package let placement: PlacementPlan
    package let campaign: CampaignPlan
    package let offer: OfferPlan
    /// Its place among the placement's candidates.
    package let position: Int
    /// Of the person's id: what holdouts are drawn by.
    package let customerHash: UInt64
}

/// What a gate says when it closes.
package struct GateReason: Sendable {
    /// Stands for it in the log; ≥ 1 and never used for anything else again.
    package let number: UInt8
    /// A stable code for machines.
    package let code: String
    /// What more it says.
    let shape: ClosedGate.Detail.Shape
    /// A few words for people.
    let words: @Sendable (ClosedGate.Detail) -> String

    init(
        _ number: UInt8, _ code: String, says shape: ClosedGate.Detail.Shape,
        words: @escaping @Sendable (ClosedGate.Detail) -> String
    ) {
        self.number = number
        self.code = code
        self.shape = shape
        self.words = words
    }

    init(_ number: UInt8, _ code: String, words: String) {
        self.init(number, code, says: .nothing) { _ in words }
    }
}
