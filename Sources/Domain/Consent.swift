/// What a person allowed: one answer per purpose and channel.
///
/// An answer for (purpose, any channel) stands under channel nil. The narrower answer wins; among answers of the same
/// width the later one. No answer at all is no consent, unless the catalog says otherwise.
public struct ConsentState: Sendable, Equatable {
    public struct Answer: Sendable, Equatable {
        public var purpose: Purpose
        public var channel: Channel?
        public var isGranted: Bool
        public var time: Timestamp

        public init(purpose: Purpose, channel: Channel?, isGranted: Bool, time: Timestamp) {
            self.purpose = purpose
            self.channel = channel
            self.isGranted = isGranted
            self.time = time
        }
    }

    /// Sorted by purpose, then channel, so that two equal states are stored alike.
    public private(set) var answers: [Answer] = []

    public init() {}

    /// The answer for a purpose on a channel; nil where the person has given none.
    public func isGranted(_ purpose: Purpose, on channel: Channel) -> Bool? {
        (answers.first { $0.purpose == purpose && $0.channel == channel }
            ?? answers.first { $0.purpose == purpose && $0.channel == nil })?.isGranted
    }

    /// Takes in an answer; one that is older than the answer at hand changes nothing, so that late events do no harm.
    public mutating func recordAnswer(_ answer: Answer) {
        if let index = answers.firstIndex(where: { $0.purpose == answer.purpose && $0.channel == answer.channel }) {
            // At equal times a refusal wins: the order of arrival must not matter.
            if answer.time > answers[index].time || (answer.time == answers[index].time && !answer.isGranted) {
                answers[index] = answer
            }
            return
        }
        answers.append(answer)
        answers.sort {
            ($0.purpose.rawValue, $0.channel?.rawValue ?? "") < ($1.purpose.rawValue, $1.channel?.rawValue ?? "")
        }
    }
}
