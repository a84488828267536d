extension Outcome {
    /// What is left of what a conversion still counted for, after this has taken a part of it back; in 0 … 1.
    package var remainingPart: Double {
        guard let share else { return 0 }
        return share.lowerBound < 1 ? (1 - share.upperBound) / (1 - share.lowerBound) : 0
    }

    /// The part of a conversion that this takes back, 1 for a whole one; in 0 … 1.
    package var takenPart: Double { share.map { $0.upperBound - $0.lowerBound } ?? 1 }
}
