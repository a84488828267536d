import ArgumentParser
import WeirDomain
import WeirEvaluation
import WeirLearning
import WeirTables

struct BanditCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bandit", abstract: "Tries exploration policies on a stream of decisions with known rewards.",
        discussion: """
            The file has one row per action of each decision, in order of time: columns decision, action, reward (0...1), \
            s… (features of the moment, equal for all its actions) and a… (features of the action). The bandit learns \
            from the reward of the action that it chose, and from no other.

            Policies: auto, greedy, thompson:DRAWS, thompson:DRAWS:WIDTH (1 draws as wide as the posterior), \
            squarecb:GAMMA, softmax:TEMPERATURE, epsilon:SHARE. auto is thompson:64:0.45.

            Examples:
              weir bandit --stream stream.csv.gz
              weir bandit --stream stream.csv --policy squarecb:3000 --seed 7 --shuffle 7 --json
            """)

    @Option(help: "CSV file, packed with gzip or not.")
    var stream: String

    @Option(help: "How beliefs become choice probabilities.")
    var policy = ExplorationOption(argument: "auto")!

    @Option(help: "Seed of the draws.")
    var seed: UInt64 = 0

    @Option(help: "Deals the actions' names out anew and reorders each decision's rows, by this seed.")
    var shuffle: UInt64?

    @OptionGroup var result: ResultOptions

    func run() throws {
        let plain = try Self.read(stream)
        let stream = shuffle.map { plain.shuffled(seed: $0) } ?? plain
        var settings = ContextualBandit.Settings()
        settings.width = policy.width
        var bandit = ContextualBandit(
            sharedFeatures: stream.sharedFeatures, actionFeatures: stream.actionFeatures, policy: policy.policy,
            settings: settings)
        let bar = ProgressLine("Replaying")
        let start = ContinuousClock.now
        func nanoseconds() -> UInt64 {
            let passed = (ContinuousClock.now - start).components
            return UInt64(passed.seconds) * 1_000_000_000 + UInt64(passed.attoseconds / 1_000_000_000)
        }
        let replay = bandit.replay(stream, seed: seed, nanoseconds: nanoseconds) { done in
            bar.show(done, of: stream.decisions)
        }
        let seconds = Double(nanoseconds()) * 1e-9
        bar.finish()
        try result.give(BanditReport(replay, stream, policy: policy.argument, seconds: seconds))
    }

    /// Reads and groups the file; messages name the line.
    private static func read(_ path: String) throws -> ContextualBanditStream {
        let table = try Table(path: path, mustBeCategories: ["decision", "action"])
        if let fault = table.faults.first {
            throw CommandFault(
                .badInput,
                "“\(path)”: \(fault) A decision that lacks an action would be another one, so nothing was replayed "
                    + "(\(table.faultCount) faulty lines).")
        }
        func columns(_ prefix: Character) throws -> [(name: String, values: ContiguousArray<Double>)] {
            try table.names.filter {
                $0.first == prefix && !$0.dropFirst().isEmpty && $0.dropFirst().allSatisfy(\.isNumber)
            }
            .map { ($0, try table.numbers($0)) }
        }
        let decisions = try table.categories("decision")
        let actions = try table.categories("action")
        do {
            return try ContextualBanditStream(
                decisions: decisions.codes, decisionNames: decisions.levels, actions: actions.codes,
                names: actions.levels, rewards: try table.numbers("reward"), shared: try columns("s"),
                own: try columns("a"))
        } catch let error as ContextualBanditStreamError {
            if error == .empty { throw CommandFault(.badInput, "“\(path)”: \(error)") }
            throw CommandFault(.badInput, "“\(path)”, line \(table.line(ofRow: error.row)), \(error)")
        }
    }
}

/// A policy as the command line names it.
struct ExplorationOption: ExpressibleByArgument {
    var argument: String
    var policy: Policy
    var width = ContextualBandit.Settings().width

    init?(argument: String) {
        self.argument = argument
        let parts = argument.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        let numbers = parts.dropFirst().compactMap(Double.init)
        guard numbers.count == parts.count - 1, numbers.allSatisfy(\.isFinite) else { return nil }
        switch (parts[0], numbers.count) {
        case ("auto", 0): policy = .thompson(draws: 64)
        case ("greedy", 0): policy = .greedy
        case ("epsilon", 1) where (0...1).contains(numbers[0]): policy = .epsilonGreedy(epsilon: numbers[0])
        case ("softmax", 1) where numbers[0] > 0: policy = .softmax(temperature: numbers[0])
        case ("squarecb", 1) where numbers[0] > 0: policy = .squareCB(gamma: numbers[0])
        case ("thompson", 1...2) where (16...4096).contains(numbers[0]) && numbers[0] == numbers[0].rounded():
            policy = .thompson(draws: Int(numbers[0]))
            width = numbers.count == 2 ? numbers[1] : 1
            if width <= 0 { return nil }
        default: return nil
        }
    }

    static var allValueStrings: [String] {
        [
            "auto", "greedy", "thompson:DRAWS (16...4096)", "thompson:DRAWS:WIDTH", "squarecb:GAMMA",
            "softmax:TEMPERATURE", "epsilon:SHARE (0...1)",
        ]
    }

    var defaultValueDescription: String { argument }
}
