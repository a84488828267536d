import WeirGeoLift
import ArgumentParser
import WeirReporting
import WeirTables

struct GeoPlanCommand: MeasuringCommand {
    static let configuration = CommandConfiguration(
        commandName: "geo-plan",
        abstract: "Says which markets to treat, for how long and at what cost, before a geo test.",
        discussion: """
            The file has one row per market and period, without any campaign. Examples:

              weir measure geo-plan --input history.csv --durations 10,15 --sizes 2,3,4
              weir measure geo-plan --input history.csv --include chicago --cost-per-outcome 7.5 --budget 100000
            """)

    enum Judge: String, ExpressibleByArgument, CaseIterable { case average, any }

    static var files: [String] { ["input", "coordinates"] }

    @Option(help: "CSV file with one row per market and period.") var input: String
    @Option(help: "Column with the market.") var location = "location"
    @Option(help: "Column with the date (2021-04-01, 2021-04, 2021-W13) or number of the period.") var date = "date"
    @Option(help: "Column with what is counted.") var outcome = "Y"
    @Option(help: "Lengths of the test in periods, by commas.") var durations = "10,15"
    @Option(help: "Lifts to look for, as shares, by commas.") var effects = "0.05,0.1,0.15,0.2"
    @Option(help: "How many markets to treat, by commas.") var sizes = "2,3,4"
    @Option(help: "Markets that must be treated, by commas.") var include = ""
    @Option(help: "Markets that must not be treated but may serve as comparison, by commas.") var keepUntreated = ""
    @Option(help: "Markets that must not serve as comparison, by commas.") var exclude = ""
    @Option(help: "CSV file with location, latitude and longitude in degrees.") var coordinates: String?
    @Option(help: "With --coordinates: markets nearer than this to a treated one are no comparison.") var withinKm = 0.0
    @Option(help: "Least and most share of the outcome without campaign, such as 0.5,1.") var holdout = "0,1"
    @Option(help: "What one incremental outcome costs.") var costPerOutcome = 1.0
    @Option(help: "The most the test may cost.") var budget: Double?
    @Option(help: "Of costs.") var currency = "USD"
    @Option(help: "At which the test will be judged.") var confidence = 0.95
    @Option(help: "Wanted chance to find the effect.") var power = 0.8
    @Option(help: "Judge by the average effect, or by an effect in any period (as GeoLift does).") var judge = Judge
        .average
    @Option(help: "Simulate only the last so many tests, each with the periods before it.") var lookback: Int?
    @Option(help: "classic, ridge or robust.") var method = SyntheticMethodOption.classic
    @OptionGroup var report: ReportOptions

    func measured() throws -> Report {
        guard confidence > 0.5, confidence < 1, power > 0, power < 1 else {
            throw ValidationError("--confidence lies above 0.5 and below 1, --power above 0 and below 1.")
        }
        guard costPerOutcome > 0, budget.map({ $0 > 0 }) ?? true, lookback.map({ $0 > 0 }) ?? true else {
            throw ValidationError("--cost-per-outcome, --budget and --lookback are above 0.")
        }
        let shares = try numbers(holdout, "--holdout")
        guard shares.count == 2, shares[0] <= shares[1] else {
            throw ValidationError("--holdout: give least and most, such as 0.5,1.")
        }
        let table = try Table(path: input, mustBeNumbers: [outcome], mustBeCategories: [location, date])
        var plan = GeoPlan(panel: try Panel(table: table, unit: location, time: date, outcome: outcome))
        plan.durations = try numbers(durations, "--durations").map { Int($0) }
        plan.effects = try numbers(effects, "--effects")
        plan.sizes = try numbers(sizes, "--sizes").map { Int($0) }
        plan.included = marketNames(include)
        plan.untreated = marketNames(keepUntreated)
        plan.spillover = try Spillover(exclude: exclude, coordinates: coordinates, kilometres: withinKm)
        plan.holdout = shares[0]...shares[1]
        plan.costPerOutcome = costPerOutcome
        plan.budget = budget
        plan.confidence = confidence
        plan.wantedPower = power
        plan.statistic = judge == .any ? .any : .average
        plan.permutations = judge == .any ? .random(count: 1_000, seed: 1) : .shifts
        plan.lookback = lookback
        plan.method = method.method
        return try plan.report(outcome: outcome, currency: currency, source: input)
    }

    private func numbers(_ text: String, _ option: String) throws -> [Double] {
        try marketNames(text).map { part in
            guard let number = Double(part), abs(number) < 1e6 else {
                throw ValidationError("\(option): “\(part)” is no number.")
            }
            return number
        }
    }
}
