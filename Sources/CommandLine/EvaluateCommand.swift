import ArgumentParser
import Foundation
import WeirDomain
import WeirEvaluation
import WeirLogInsight
import WeirStatistics
import WeirStorage
import WeirStores
import WeirTables
import WeirMeasuring

struct EvaluateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate",
        abstract: "Says what other policies would have earned, from decisions that were logged.",
        discussion: """
            Compares policies with the live one of a placement, on the decision log of a store (works beside a server), or
            evaluates a policy on a log of your own: a CSV file with the reward, the logged propensity and the policy's
            probability of the logged action, or the Open Bandit layout.

            Every figure comes with a 95 % interval and with what to distrust: read the warnings first.

            Examples:
              weir evaluate --store weir.db --placement till --candidate greedy --candidate never
              weir evaluate --store weir.db --placement till --candidate model:spring-2 --since 2026-05-01 --json
              weir evaluate --input log.csv --policy-column new_policy
              weir evaluate --open-bandit data/open-bandit --campaign all --probabilities bts.csv.gz
            """)

    @Option(help: "The store with the decision log: a file, or an address such as sqlite:///var/lib/weir.db.")
    var store: String?
    @Option(help: "With --store: the placement whose policy is live.")
    var placement: String?
    @Option(
        name: .customLong("candidate"),
        help: """
            With --store: greedy, epsilon:0.1, softmax:0.5, squarecb:20, thompson:256, never, always:OFFER or model:ID; \
            may be repeated (default: greedy and never).
            """)
    var candidates: [String] = []
    @Option(help: "With --store: leave out decisions before this moment, such as 2026-05-01.")
    var since: String?

    @Option(help: "A CSV file with one decision per line (packed with gzip or not; - is the standard input).")
    var input: String?
    @Option(help: "With --input: the column with the reward (default: reward).")
    var rewardColumn: String?
    @Option(help: "With --input: the column with the logged probability of the logged action (default: propensity).")
    var propensityColumn: String?
    @Option(help: "With --input: the column with the evaluated policy's probability of it (default: policy).")
    var policyColumn: String?
    @Option(help: "With --input: the column with the reward that a model expects of the logged action.")
    var expectedColumn: String?
    @Option(help: "With --input: the column with the reward that it expects under the policy's probabilities.")
    var expectedPolicyColumn: String?
    @Option(help: "With --input: the column that says whom a decision is about; customers are then resampled whole.")
    var customerColumn: String?

    @Option(help: "A folder in the Open Bandit layout: random/CAMPAIGN/CAMPAIGN.csv.gz.")
    var openBandit: String?
    @Option(help: "With --open-bandit: the campaign (default: all).")
    var campaign: String?
    @Option(help: "With --open-bandit: the logging policy, whose folder is read (default: random).")
    var behavior: String?
    @Option(help: "With --open-bandit: CSV of the evaluated policy: item_id, position_1, position_2, position_3.")
    var probabilities: String?
    @Option(help: "With --open-bandit: CSV with a line per logged line and a column item_N per item: expected rewards.")
    var expectedRewards: String?

    @Option(help: "Cut larger weights to this.")
    var weightLimit: Double?
    @Option(help: "SWITCH-DR leaves larger weights to the model (default: where its error bound is smallest).")
    var switchThreshold: Double?
    @Option(help: "Resamples for the bootstrap interval; 0 leaves it out.")
    var bootstrap = 1_000
    @Option(help: "Seed of the bootstrap.")
    var seed: UInt64 = 0
    @OptionGroup var result: ResultOptions

    func validate() throws {
        guard [store, input, openBandit].count(where: { $0 != nil }) == 1 else {
            throw ValidationError("Name one source: --store weir.db, --input log.csv or --open-bandit FOLDER.")
        }
        try refuseIgnored(
            ["--placement": placement != nil, "--candidate": !candidates.isEmpty, "--since": since != nil],
            "needs --store", where: store == nil)
        try refuseIgnored(
            [
                "--reward-column": rewardColumn != nil, "--propensity-column": propensityColumn != nil,
                "--policy-column": policyColumn != nil, "--expected-column": expectedColumn != nil,
                "--expected-policy-column": expectedPolicyColumn != nil, "--customer-column": customerColumn != nil,
            ], "needs --input", where: input == nil)
        try refuseIgnored(
            [
                "--campaign": campaign != nil, "--behavior": behavior != nil, "--probabilities": probabilities != nil,
                "--expected-rewards": expectedRewards != nil,
            ], "needs --open-bandit", where: openBandit == nil)
        if store != nil, placement == nil {
            throw ValidationError("Name the placement whose policies are compared: --placement till.")
        }
        if openBandit != nil, probabilities == nil {
            throw ValidationError("Name the evaluated policy's file: --probabilities bts.csv.gz.")
        }
        if (expectedColumn == nil) != (expectedPolicyColumn == nil) {
            throw ValidationError("--expected-column and --expected-policy-column need each other: name both or none.")
        }
        if let since, Timestamp(iso8601: since) == nil {
            throw ValidationError("--since “\(since)” is no moment. Write 2026-05-01 or 2026-05-01T12:00:00Z.")
        }
        try refuse([
            weightLimit.flatMap { limitFault("--weight-limit", $0, 1e-6...1e12) },
            switchThreshold.flatMap { limitFault("--switch-threshold", $0, 0...1e12) },
            limitFault("--bootstrap", bootstrap, 0...1_000_000),
        ])
        _ = try policies()
    }

    func run() throws {
        var settings = OffPolicySettings()
        settings.weightLimit = weightLimit
        settings.switchThreshold = switchThreshold
        settings.bootstrapSamples = bootstrap
        settings.seed = seed
        if let store { return try compare(store, settings) }
        let (log, understood) = try input.map(generic) ?? (openBanditLog(), nil)
        let mean = log.rewards.reduce(0, +) / Double(log.count)
        var report = EvaluationReport(log.evaluated(settings), mean: mean)
        report.understood = understood
        try result.give(report)
    }

    private func policies() throws -> [CandidatePolicy] {
        do { return try (candidates.isEmpty ? ["greedy", "never"] : candidates).map { try CandidatePolicy($0) } } catch
        {
            throw ValidationError("--candidate: \(error)")
        }
    }

    // MARK: Sources

    private func compare(_ path: String, _ settings: OffPolicySettings) throws {
        let store = try StoreLocation(path).openForReading()
        let bar = ProgressLine("Reading decisions")
        let total = try store.counts().decisions
        let comparison = try PolicyComparison(
            store: store, placement: PlacementID(placement!), candidates: try policies(),
            since: since.flatMap { Timestamp(iso8601: $0) }, settings: settings, progress: { bar.show($0, of: total) })
        bar.finish()
        try result.give(ComparisonReport(comparison))
    }

    private func generic(_ path: String) throws -> (LoggedRounds, understood: String?) {
        let (reward, propensity) = (rewardColumn ?? "reward", propensityColumn ?? "propensity")
        let policy = policyColumn ?? "policy"
        let names = [reward, propensity, policy, expectedColumn, expectedPolicyColumn].compactMap {
            $0
        }
        let table = try Table(path: path, mustBeNumbers: names, mustBeCategories: [customerColumn].compactMap { $0 })
        try refuseFaults(table, path)
        func numbers(_ name: String) throws -> [Double] {
            let values = try table.numbers(name)
            if let row = values.firstIndex(where: \.isNaN) {
                throw CommandFault(
                    .badInput,
                    "“\(path)”, line \(table.line(ofRow: row)), column “\(name)” is empty. Give a number or leave the line out."
                )
            }
            return Array(values)
        }
        let rounds = try LoggedRounds(
            rewards: try numbers(reward), propensities: try numbers(propensity), probabilities: try numbers(policy),
            expected: try expectedColumn.map {
                .init(logged: try numbers($0), evaluated: try numbers(expectedPolicyColumn!))
            },
            customers: try customerColumn.map { try customers(table, $0, path) })
        let columns = names + [customerColumn].compactMap { $0 }
        return (rounds, "\(table.kinds(of: columns)); \(table.rowsRead).")
    }

    /// Decisions about nobody would count as all of one customer.
    private func customers(_ table: Table, _ name: String, _ path: String) throws -> [Int] {
        let codes = try table.categories(name).codes
        if let row = codes.firstIndex(where: { $0 < 0 }) {
            throw CommandFault(
                .badInput,
                "“\(path)”, line \(table.line(ofRow: row)), column “\(name)” is empty. Name the customer or leave the line out."
            )
        }
        return codes.map(Int.init)
    }

    /// A figure over part of a log would pass for one over all of it.
    private func refuseFaults(_ table: Table, _ path: String) throws {
        guard table.faultCount > 0 else { return }
        throw CommandFault(
            .badInput,
            "“\(path)” has \(table.faultCount) lines that cannot be read. Mend or remove them:\n"
                + table.faults.prefix(5).joined(separator: "\n"))
    }

    private func openBanditLog() throws -> LoggedRounds {
        let folder = URL(fileURLWithPath: openBandit!).appendingPathComponent(behavior ?? "random")
            .appendingPathComponent(campaign ?? "all")
        let campaign = campaign ?? "all"
        let packed = folder.appendingPathComponent("\(campaign).csv.gz").path
        let path =
            FileManager.default.fileExists(atPath: packed)
            ? packed : folder.appendingPathComponent("\(campaign).csv").path
        let table = try Table(
            path: path, mustBeNumbers: ["item_id", "position", "click", "propensity_score"])
        try refuseFaults(table, path)
        let policy = try Table(path: probabilities!, mustBeNumbers: ["item_id"])
        try refuseFaults(policy, probabilities!)
        var rows: [Int: Int] = [:]
        let items = try policy.numbers("item_id")
        for (row, item) in items.enumerated() { rows[Int(saturating: item)] = row }
        let positions = policy.names.filter { $0.hasPrefix("position_") }
        let shares = try positions.map { try policy.numbers($0) }
        // By the positions' order, as their numbers need not begin with 1.
        let ranks = Array(Set(try table.numbers("position"))).sorted()
        guard ranks.count <= shares.count else {
            throw CommandFault(
                .badInput,
                "“\(probabilities!)” has \(shares.count) columns position_N; “\(path)” has \(ranks.count) positions.")
        }
        let expected = try expectedRewards.map { try Table(path: $0) }
        if let expected, expected.rows != table.rows {
            throw CommandFault(
                .badInput,
                "“\(expectedRewards!)” has \(expected.rows) lines for \(table.rows) decisions in “\(path)”. Give one for each."
            )
        }
        let models = try expected.map { table in try items.map { try table.numbers("item_\(Int(saturating: $0))") } }

        let (actions, places) = (try table.numbers("item_id"), try table.numbers("position"))
        var chosen: [Double] = []
        var logged: [Double] = []
        var evaluated: [Double] = []
        for row in 0..<table.rows {
            guard !actions[row].isNaN, !places[row].isNaN, let item = rows[Int(saturating: actions[row])] else {
                throw CommandFault(
                    .badInput,
                    "“\(path)”, line \(table.line(ofRow: row)): item “\(actions[row])” at position “\(places[row])” is not in "
                        + "“\(probabilities!)”. Add its probability.")
            }
            let place = ranks.firstIndex(of: places[row])!
            chosen.append(shares[place][item])
            guard let models else { continue }
            logged.append(models[item][row])
            var sum = 0.0
            for other in items.indices { sum += shares[place][other] * models[other][row] }
            evaluated.append(sum)
        }
        return try LoggedRounds(
            rewards: Array(try table.numbers("click")), propensities: Array(try table.numbers("propensity_score")),
            probabilities: chosen, expected: models == nil ? nil : .init(logged: logged, evaluated: evaluated))
    }
}
