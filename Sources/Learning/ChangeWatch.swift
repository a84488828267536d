/// Notices that outcomes have begun to differ from what is believed, in either direction, and knows since when.
///
/// Two cumulative sums of standardised residuals, each with an allowance for the small bias that choosing the best brings.
/// A fall of the probability from 0.4 to 0.25 is noticed after some 150 outcomes; without a change, and with a bias of a
/// twentieth of a standard deviation, an alarm comes about once in 7,000. The last outcome at which a sum stood at zero is
/// the likeliest beginning of the change that it sees.
///
/// Source: Page, "Continuous Inspection Schemes" (Biometrika 41, 1954); for the beginning Hinkley, "Inference about the
/// Change-Point from Cumulative Sum Tests" (Biometrika 58, 1971).
struct ChangeWatch: Sendable, Equatable {
    /// A sum and how many outcomes ago it left zero.
    struct Sum: Sendable, Equatable {
        var height = 0.0
        var length = 0

        mutating func accumulate(_ residual: Double) {
            height = max(0, height + residual - ChangeWatch.allowance)
            length = height == 0 ? 0 : length + 1
        }
    }

    private(set) var above = Sum()
    private(set) var below = Sum()
    /// Outcomes to let pass, while what was forgotten is learned anew.
    private(set) var pause = 0
    /// The newest last, as far back as a sum or `reach` goes.
    private(set) var recent: [OnlineLogistic.Lesson] = []

    /// In standard deviations of one outcome.
    static let allowance = 0.15
    static let threshold = 25.0
    static let pause = 1_000
    /// The most outcomes that are learned again.
    static let reach = 500

    init(above: Sum = Sum(), below: Sum = Sum(), pause: Int = 0, recent: [OnlineLogistic.Lesson] = []) {
        self.above = above
        self.below = below
        self.pause = pause
        self.recent = recent
    }

    /// - Parameter residual: Label less probability, in standard deviations.
    /// - Returns: Where a change is noticed what has come since it began; the sums then begin anew.
    mutating func watch(_ residual: Double, of lesson: OnlineLogistic.Lesson) -> [OnlineLogistic.Lesson]? {
        guard pause == 0 else {
            pause -= 1
            return nil
        }
        // One surprise of a very rare outcome is no change.
        let residual = min(max(residual, -4), 4)
        above.accumulate(residual)
        below.accumulate(-residual)
        recent.append(lesson)
        let kept = min(max(above.length, below.length), Self.reach)
        if recent.count > kept { recent.removeFirst(recent.count - kept) }
        guard let sum = [above, below].first(where: { $0.height > Self.threshold }) else { return nil }
        defer { self = ChangeWatch(pause: Self.pause) }
        return recent.suffix(sum.length)
    }
}
