import WeirDomain
import WeirJSON

extension Profile {
    /// Takes in a consent stamp: the categories that a person allowed, all others refused.
    ///
    /// A stamp speaks for every category: one that the profile knows and the stamp leaves out counts as refused. So that
    /// a late stamp cannot grant what a later one had refused by silence, a category that is new to the profile counts
    /// as refused since its latest stamp. Source: Segment, "Consent Management", reconciliation of preferences.
    ///
    /// - Parameters:
    ///   - preferences: Names such as `marketing` or, for one channel, `marketing:email`; anything but true refuses.
    ///   - earliest: From when on it grants; ≤ `time`. A stamp that was long on its way looks like one from a clock that is
    ///     behind: in doubt it refuses as if it were new and grants as if it were old, so that a refusal given meanwhile
    ///     elsewhere holds.
    mutating func applyStamp(_ preferences: [JSON.Member], at time: Timestamp, grantedAt earliest: Timestamp) {
        let answers = preferences.map {
            let isGranted = $0.value == true
            return ConsentState.Answer(category: $0.name, isGranted: isGranted, time: isGranted ? earliest : time)
        }
        joinConsent(answers, stampedAt: time)
    }

    /// Joins answers given elsewhere: each side's latest stamp speaks for the categories that only the other knows.
    mutating func joinConsent(_ theirs: [ConsentState.Answer], stampedAt time: Timestamp?) {
        let mine = consent.answers
        let (known, given) = (Set(mine.map(Subject.init)), Set(theirs.map(Subject.init)))
        for answer in theirs {
            consent.recordAnswer(answer)
            refuse(answer, unless: known, since: lastStamp)
        }
        for answer in mine { refuse(answer, unless: given, since: time) }
        lastStamp = [lastStamp, time].compactMap(\.self).max()
    }

    private mutating func refuse(
        _ answer: ConsentState.Answer, unless known: Set<Subject>, since time: Timestamp?
    ) {
        guard let time, !known.contains(Subject(answer)) else { return }
        consent.recordAnswer(
            ConsentState.Answer(purpose: answer.purpose, channel: answer.channel, isGranted: false, time: time))
    }
}

extension ConsentState.Answer {
    /// Reads a category of a consent stamp: a purpose, and after a colon the channel.
    fileprivate init(category: String, isGranted: Bool, time: Timestamp) {
        let parts = category.split(separator: ":", maxSplits: 1)
        self.init(
            purpose: Purpose(parts.first ?? ""), channel: parts.count > 1 ? Channel(parts[1]) : nil,
            isGranted: isGranted, time: time)
    }
}

/// What an answer is about.
private struct Subject: Hashable {
    let purpose: Purpose
    let channel: Channel?

    init(_ answer: ConsentState.Answer) { (purpose, channel) = (answer.purpose, answer.channel) }
}
