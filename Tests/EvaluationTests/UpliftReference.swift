import WeirEvaluation

/// Outputs of the functions `area` and `judge` of Benchmarks/peers/uplift_models.py on the 400 rows of `trial`.
enum UpliftReference {
    static let auuc = 0.11874856880190773
    static let qini = 0.02122109627443519
    static let qiniStandardError = 0.014406081321893466
    static let end = 0.19505494505494508
    static let topUplift = 0.24603174603174605
    static let policyValue = 0.25416666666666665

    /// Scores have many ties; 40 % are treated.
    static func trial() throws -> UpliftTrial {
        var state = 7
        func draw() -> Double {
            state = (state * 1_103_515_245 + 12_345) % (1 << 31)
            return Double((state >> 16) % 1000) / 1000
        }
        var scores: [Double] = []
        var isTreated: [Bool] = []
        var outcomes: [Double] = []
        for _ in 0..<400 {
            let (score, treatment, outcome) = ((draw() * 40).rounded(.down) / 40, draw() < 0.4, draw())
            scores.append(score)
            isTreated.append(treatment)
            outcomes.append(outcome < 0.2 + 0.3 * score * (treatment ? 1 : 0) ? 1 : 0)
        }
        return try UpliftTrial(
            scores: scores, isTreated: isTreated, outcomes: outcomes, propensities: scores.map { _ in 0.4 })
    }
}
