package import WeirMeasuring
package import WeirReporting

/// Which markets to treat, for how long and at what cost, by a file with one row per market and period without any campaign.
package struct GeoPlanRequest: MeasurementRequest {
    package static let kind = "geo-plan"

    package enum Judge: String, Codable, Sendable, CaseIterable { case average, any }

    package var input: MeasuredFile?
    /// Columns with the market, the period, and what is counted.
    package var location = "location"
    package var date = "date"
    package var outcome = "Y"
    /// Lists by commas: lengths of the test in periods, lifts to look for, numbers of markets to treat.
    package var durations = ["10,15"]
    package var effects = ["0.05,0.1,0.15,0.2"]
    package var sizes = ["2,3,4"]
    /// Markets, each by itself or several by commas: those that must be treated, those that must not, those that must not serve as comparison.
    package var include: [String] = []
    package var keepUntreated: [String] = []
    package var exclude: [String] = []
    package var coordinates: MeasuredFile?
    package var withinKm = 0.0
    /// Least and most share of the outcome without campaign.
    package var holdout = "0,1"
    package var costPerOutcome = 1.0
    package var budget: Double?
    package var currency = "USD"
    package var confidence = 0.95
    package var power = 0.8
    package var judge = Judge.average
    /// Simulates only the last so many tests.
    package var lookback: Int?
    package var method = SyntheticMethodOption.classic

    package init() {}

    package func check() throws {
        guard confidence > 0.5, confidence < 1, power > 0, power < 1 else {
            throw MeasurementError("--confidence lies above 0.5 and below 1, --power above 0 and below 1.")
        }
        try refuse([
            limitFault("--cost-per-outcome", costPerOutcome, 1e-9...1e12),
            budget.flatMap { limitFault("--budget", $0, 1e-6...1e15) },
            lookback.flatMap { limitFault("--lookback", $0, 1...100_000, "tests") },
        ])
        _ = try shares()
        for (text, option, most) in [
            (durations, "--durations", 10_000.0), (effects, "--effects", 100), (sizes, "--sizes", 1_000),
        ] {
            try refuse(
                try numbers(text, option).map { number in
                    option == "--effects"
                        ? limitFault(option, number, -1...most)
                        : number == number.rounded()
                            ? limitFault(option, number, 1...most) : "\(option): \(number) is not whole."
                })
        }
        try Spillover.check(coordinates: coordinates, kilometres: withinKm)
    }

    package func report() throws -> Report {
        let input = try required(input)
        let table = try input.table(mustBeNumbers: [outcome], mustBeCategories: [location, date])
        var plan = GeoPlan(panel: try Panel(table: table, unit: location, time: date, outcome: outcome))
        plan.durations = try numbers(durations, "--durations").map { Int($0) }
        plan.effects = try numbers(effects, "--effects")
        plan.sizes = try numbers(sizes, "--sizes").map { Int($0) }
        let units = plan.panel.units
        plan.included = try NameList(include).names(among: units)
        plan.untreated = try NameList(keepUntreated).names(among: units)
        plan.spillover = try Spillover(
            exclude: exclude, among: units, coordinates: coordinates, kilometres: withinKm)
        plan.holdout = try shares()
        plan.costPerOutcome = costPerOutcome
        plan.budget = budget
        plan.confidence = confidence
        plan.wantedPower = power
        plan.statistic = judge == .any ? .any : .average
        plan.permutations = judge == .any ? .random(count: 1_000, seed: 1) : .shifts
        plan.lookback = lookback
        plan.method = method.method
        return try plan.report(outcome: outcome, currency: currency, source: input.name)
    }

    private func shares() throws -> ClosedRange<Double> {
        let shares = try numbers([holdout], "--holdout")
        guard shares.count == 2, shares[0] <= shares[1] else {
            throw MeasurementError("--holdout: give least and most, such as 0.5,1.")
        }
        return shares[0]...shares[1]
    }

    private func numbers(_ texts: [String], _ option: String) throws -> [Double] {
        let found = try NameList(texts).names.map { part in
            guard let number = RelativeShare(text: part)?.value, abs(number) < 1e6 else {
                throw MeasurementError("\(option): “\(part)” is no number.")
            }
            return number
        }
        guard !found.isEmpty else { throw MeasurementError("\(option) lists nothing. Give at least one number.") }
        return found
    }
}
