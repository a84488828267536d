/// In which stages of the decisions' age a goal's outcomes show; lets stages in which hardly anything does be learned with
/// the next one, which says the same and saves their records.
///
/// Not kept beyond the process: without it there are more records, and no other figure.
struct StageShowings: Sendable, Equatable {
    private var lived: [Int]
    private var shown: [Int]

    /// So many decisions must have lived through a stage before it is called idle.
    private static let enough = 500
    /// Share of all that shows under which a stage is idle: one in so many.
    private static let least = 200

    init(_ stages: Int) {
        lived = Array(repeating: 0, count: stages)
        shown = lived
    }

    mutating func show(in stage: Int) {
        guard shown.indices.contains(stage) else { return }
        shown[stage] += 1
    }

    mutating func live(through stages: Range<Int>) {
        for stage in stages where lived.indices.contains(stage) { lived[stage] += 1 }
        guard let most = lived.max(), most >= 100 * Self.enough else { return }
        // What is long ago counts less.
        for stage in lived.indices {
            lived[stage] /= 2
            shown[stage] /= 2
        }
    }

    func isIdle(_ stage: Int) -> Bool {
        lived.indices.contains(stage) && lived[stage] >= Self.enough
            && shown[stage] * Self.least < shown.reduce(0, +)
    }
}
