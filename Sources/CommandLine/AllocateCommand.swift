import ArgumentParser
import Foundation
import WeirAllocation
import WeirBudgeting

struct AllocateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "allocate", abstract: "Chooses at most one offer for each customer of a file, within the budgets.",
        discussion: """
            The file is a CSV, packed with gzip or not, with the columns customer, offer, budget, value and cost: one row
            for each customer and offer, all rows of a customer one after another. Value is the expected gain against no
            offer before the cost, cost the expected cost. An offer that draws on several budgets names them as spring+email.
            The first line may state the limits of budgets 0, 1, … as “# limits 1000 500”.

            Without --online all customers are seen at once; the upper bound says how much better any choice could be at most.
            With --online they are taken in order, and of the later ones only the number is known.

            Examples:
              weir allocate --input offers.csv.gz --output chosen.csv
              weir allocate --input offers.csv --limit spring=1000 --limit email=500 --floor spring=1.2 --json
              weir allocate --input offers.csv.gz --online --forecast 1,1.5,0.8
            """)

    @Option(help: "The CSV file; - is the standard input.")
    var input: String

    @Flag(help: "Take the customers in order, without looking ahead.")
    var online = false

    @Option(name: .customLong("limit"), help: "What a budget may spend, as NAME=AMOUNT; comes before the file's.")
    var limits: [String] = []

    @Option(name: .customLong("floor"), help: "The least value that a unit of cost must bring, as NAME=VALUE.")
    var floors: [String] = []

    @Option(
        help: "With --online: demand expected in equal parts of the customers, compared with each other, as 1,1.5,0.8.")
    var forecast: String?

    @Option(help: "Write the chosen offer of every customer to this CSV file.")
    var output: String?

    @OptionGroup var result: ResultOptions

    func validate() throws {
        if forecast != nil, !online {
            throw ValidationError("--forecast needs --online: without it nothing is foreseen.")
        }
    }

    func run() throws {
        let limits = try self.limits.map { try Self.amount($0, option: "--limit") }
        let floors = try self.floors.map { try Self.amount($0, option: "--floor") }
        let demand = try Self.demand(forecast)
        let clock = ContinuousClock()

        let begun = clock.now
        let file = try AllocationFile(path: input, limits: limits, floors: floors)
        let read = clock.now
        var allocation: Allocation
        var solved: ContinuousClock.Instant
        if online {
            let chosen = file.problem.solvedOnline(forecast: demand)
            solved = clock.now
            // The bound is hindsight's, and no part of the choosing.
            allocation = file.problem.solved()
            allocation = Allocation(
                choices: chosen.choices, value: chosen.value,
                upperBound: file.problem.upperBound(at: allocation.prices, spend: chosen.spend), spend: chosen.spend,
                prices: chosen.prices)
        } else {
            allocation = file.problem.solved()
            solved = clock.now
        }
        if let output { try write(allocation, of: file, to: output) }
        tellFaults(of: file)
        try result.give(
            AllocationReport(
                allocation, of: file, seconds: (solved - read).seconds, readSeconds: (read - begun).seconds))
    }

    private static func amount(_ text: String, option: String) throws -> (budget: String, amount: Double) {
        let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
        guard parts.count == 2, let amount = Double(parts[1]), (0...1e15).contains(amount) else {
            throw ValidationError(
                "\(option) “\(text)” is not NAME=AMOUNT with an amount from 0 to 1e15, such as 0=1000.")
        }
        return (parts[0], amount)
    }

    private static func demand(_ text: String?) throws -> [Double] {
        guard let text else { return [] }
        return try text.split(separator: ",", omittingEmptySubsequences: false).map { part in
            guard let weight = Double(part), (1e-9...1e12).contains(weight) else {
                throw ValidationError("--forecast: “\(part)” is no number from 1e-9 to 1e12. Give such as 1,1.5,0.8.")
            }
            return weight
        }
    }

    private func tellFaults(of file: AllocationFile) {
        guard file.faultCount > 0 else { return }
        let shown = file.faults.prefix(20).map { "  \($0)\n" }.joined()
        let more = file.faultCount > 20 ? "  … and \(file.faultCount - 20) more\n" : ""
        let text = "\(file.faultCount) rows were left out; the others count:\n\(shown)\(more)"
        FileHandle.standardError.write(Data(text.utf8))
    }

    private func write(_ allocation: Allocation, of file: AllocationFile, to path: String) throws {
        var bytes = Array("customer,offer,budget,value,cost\n".utf8)
        bytes.reserveCapacity(32 * file.customers.count)
        let draws = file.problem.sources.map { $0.map { file.budgets[$0] }.joined(separator: "+") }
        for (customer, name) in file.customers.enumerated() {
            bytes.append(contentsOf: Self.cell(name).utf8)
            let choice = allocation.choices[customer]
            if choice < 0 {
                bytes.append(contentsOf: ",,,,\n".utf8)
                continue
            }
            let offer = Self.cell(file.offerNames[Int(file.offers[choice])])
            let budget = Self.cell(draws[Int(file.problem.source[choice])])
            bytes.append(
                contentsOf: ",\(offer),\(budget),\(file.problem.value[choice]),\(file.problem.cost[choice])\n".utf8)
        }
        try ResultFile.write(bytes, to: path)
    }

    /// In quotes where it needs them.
    private static func cell(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 == 0x22 || $0 == 0x2c || $0 == 0x0a || $0 == 0x0d }) else { return text }
        return "\"\(text.replacing("\"", with: "\"\""))\""
    }
}

extension Duration {
    fileprivate var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
