package import WeirBudgeting
import WeirTables

/// An allocation to be made, read from a table with a row for each customer and offer.
package struct AllocationFile {
    package let problem: AllocationProblem
    package let budgets: [String]
    /// In order of arrival.
    package let customers: [String]
    /// By offer of the problem: an index into `offerNames`.
    package let offers: ContiguousArray<Int32>
    package let offerNames: [String]
    /// What is wrong with rows that were left out: the first hundred.
    package let faults: [String]
    package let faultCount: Int
    /// Which column was read as what, in one line.
    package let understood: String

    /// - Parameters:
    ///   - path: CSV or CSV.gz, or `-` for the standard input.
    ///   - limits: By budget; they come before those of the line `# limits …`.
    ///   - floors: By budget.
    /// - Throws: `AllocationFault`, or `TableError`.
    package init(path: String, limits: [(budget: String, amount: Double)], floors: [(budget: String, amount: Double)])
        throws
    {
        var table = try Table(
            path: path, mustBeNumbers: ["value", "cost"], mustBeCategories: ["customer", "offer", "budget"])
        try table.requireReadable()
        understood = "\(table.kinds(of: ["customer", "offer", "budget", "value", "cost"])); \(table.rowsRead)."
        let (names, amounts) = try Self.limits(in: table, path: path, given: limits)
        var floorOf = amounts.map { _ in 0.0 }
        for (budget, amount) in floors {
            guard let index = names.firstIndex(of: budget) else {
                throw AllocationFault("--floor: there is no budget “\(budget)”. Known: \(Self.list(names)).")
            }
            guard floors.count(where: { $0.budget == budget }) == 1 else {
                throw AllocationFault("--floor: budget “\(budget)” is named more than once. Give it one floor.")
            }
            floorOf[index] = amount
        }

        let (customer, customerNames) = try table.categories("customer")
        var (offer, offerNames) = try table.categories("offer")
        let (drawn, draws) = try table.categories("budget")
        var value = try table.numbers("value")
        var cost = try table.numbers("cost")
        table.columns = []  // Otherwise the columns would be copied below.

        let sources = try Self.sources(draws, names, drawn, table, path)
        var source = ContiguousArray<UInt16>(repeating: 0, count: table.rows)
        var starts: ContiguousArray<Int> = []
        var order: [String] = []
        var hasCome = [Bool](repeating: false, count: customerNames.count)
        var faults = table.faults
        var faultCount = table.faultCount
        var last: Int32 = -1
        var kept = 0
        for row in 0..<table.rows {
            if let fault = Self.fault(customer[row], offer[row], drawn[row], value[row], cost[row]) {
                faultCount += 1
                if faults.count < 100 { faults.append("Line \(table.line(ofRow: row)), \(fault)") }
                continue
            }
            if customer[row] != last {
                last = customer[row]
                let name = customerNames[Int(last)]
                guard !hasCome[Int(last)] else {
                    throw AllocationFault(
                        "“\(path)”, line \(table.line(ofRow: row)), column “customer”: “\(name)” comes again after other "
                            + "customers. Put all rows of a customer one after another, in the order in which customers come."
                    )
                }
                hasCome[Int(last)] = true
                order.append(name)
                starts.append(kept)
            }
            source[kept] = UInt16(drawn[row])
            offer[kept] = offer[row]
            value[kept] = value[row]
            cost[kept] = cost[row]
            kept += 1
        }
        starts.append(kept)
        source.removeLast(table.rows - kept)
        offer.removeLast(table.rows - kept)
        value.removeLast(table.rows - kept)
        cost.removeLast(table.rows - kept)
        guard kept > 0 else {
            let first = faults.first.map { " \($0)" } ?? ""
            throw AllocationFault("“\(path)” has no row that can be used.\(first)")
        }
        problem = AllocationProblem(
            limits: amounts, floors: floorOf, sources: sources, starts: starts, source: source, value: value, cost: cost
        )
        budgets = names
        customers = order
        offers = offer
        self.offerNames = offerNames
        self.faults = faults
        self.faultCount = faultCount
    }

    private static func fault(
        _ customer: Int32, _ offer: Int32, _ budget: Int32, _ value: Double, _ cost: Double
    ) -> String? {
        if value.isFinite, cost.isFinite, cost >= 0, customer >= 0, offer >= 0, budget >= 0 { return nil }
        if customer < 0 { return "column “customer”: the cell is empty. Say who the row is about." }
        if offer < 0 { return "column “offer”: the cell is empty. Name the offer." }
        if budget < 0 { return "column “budget”: the cell is empty. Name the budget that the offer draws on." }
        if value.isNaN { return "column “value”: no number. State the expected gain against no offer." }
        if cost.isNaN { return "column “cost”: no number. State the expected cost." }
        if !value.isFinite { return "column “value”: “\(value)” is not finite. State the expected gain." }
        if !cost.isFinite { return "column “cost”: “\(cost)” is not finite. State the expected cost." }
        return "column “cost”: “\(cost)” is negative. State what the offer costs, 0 or more; count income as value."
    }

    /// The budgets' names and limits.
    private static func limits(
        in table: Table, path: String, given: [(budget: String, amount: Double)]
    ) throws -> (names: [String], amounts: [Double]) {
        var names: [String] = []
        var amounts: [Double] = []
        for comment in table.comments {
            let words = comment.split(separator: " ")
            guard words.first == "limits" else { continue }
            for (index, word) in words.dropFirst().enumerated() {
                guard let amount = Double(word), amount >= 0, amount.isFinite else {
                    throw AllocationFault(
                        "“\(path)”, “# limits”: “\(word)” is no limit for budget “\(index)”. State an amount of 0 or more."
                    )
                }
                names.append("\(index)")
                amounts.append(amount)
            }
        }
        for (budget, amount) in given {
            if let index = names.firstIndex(of: budget) {
                guard given.count(where: { $0.budget == budget }) == 1 else {
                    throw AllocationFault("--limit: budget “\(budget)” is named more than once. Give it one limit.")
                }
                amounts[index] = amount
            } else {
                names.append(budget)
                amounts.append(amount)
            }
        }
        guard !names.isEmpty else {
            throw AllocationFault(
                "“\(path)” states no limits. Begin it with a line such as “# limits 1000 500”, or give --limit 0=1000 --limit 1=500."
            )
        }
        return (names, amounts)
    }

    /// The sets of budgets that the cells of the column name, as `0` or `spring+email`.
    private static func sources(
        _ draws: [String], _ names: [String], _ codes: ContiguousArray<Int32>, _ table: Table, _ path: String
    ) throws -> [[Int]] {
        guard draws.count <= Int(UInt16.max) else {
            throw AllocationFault(
                "“\(path)”, column “budget”: \(draws.count) different cells; at most 65535 are possible.")
        }
        return try draws.enumerated().map { code, draw in
            var set: [Int] = []
            for part in draw.split(separator: "+", omittingEmptySubsequences: false) {
                guard let index = names.firstIndex(of: String(part)) else {
                    let line = table.line(ofRow: codes.firstIndex(of: Int32(code)) ?? 0)
                    throw AllocationFault(
                        "“\(path)”, line \(line), column “budget”: “\(part)” has no limit. Give one with --limit \(part)=AMOUNT; "
                            + "known: \(list(names)).")
                }
                if !set.contains(index) { set.append(index) }
            }
            return set
        }
    }

    private static func list(_ names: [String]) -> String { names.map { "“\($0)”" }.joined(separator: ", ") }
}

/// Why nothing can be allocated, with the remedy.
package struct AllocationFault: Error, Equatable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) { self.description = description }
}
