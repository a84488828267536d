import WeirLimits

/// What a person allowed: one answer per purpose and channel.
///
/// An answer for (purpose, any channel) stands under channel nil. The narrower answer wins; among answers of the same
/// width the later one. No answer at all is no consent, unless the catalog says otherwise.
///
/// A person has `Limits.Person.consents` answers at most: of more those whose purpose and channel come first in the alphabet
/// stay, whatever the order in which they came. Somebody who has so many has refused what none of them names, for one that
/// was dropped may have been a refusal.
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
        let answer =
            answers.first { $0.purpose == purpose && $0.channel == channel }
            ?? answers.first { $0.purpose == purpose && $0.channel == nil }
        return answer?.isGranted ?? (isFull ? false : nil)
    }

    /// Whether there are as many answers as a person may have.
    package var isFull: Bool { answers.count >= Limits.Person.standard.consents }

    /// Takes in an answer; one that is older than the answer at hand changes nothing, so that late events do no harm.
    public mutating func recordAnswer(_ answer: Answer) {
        let index = place(of: answer)
        if index < answers.count, answers[index].purpose == answer.purpose, answers[index].channel == answer.channel {
            // At equal times a refusal wins: the order of arrival must not matter.
            if answer.time > answers[index].time || (answer.time == answers[index].time && !answer.isGranted) {
                answers[index] = answer
            }
            return
        }
        answers.insert(answer, at: index)
        if answers.count > Limits.Person.standard.consents { answers.removeLast() }
    }

    /// Of the first answer whose purpose and channel are not below those of `answer`.
    private func place(of answer: Answer) -> Int {
        let wanted = (answer.purpose.rawValue, answer.channel?.rawValue ?? "")
        var (low, high) = (0, answers.count)
        while low < high {
            let middle = (low + high) / 2
            let found = (answers[middle].purpose.rawValue, answers[middle].channel?.rawValue ?? "")
            if found < wanted { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
