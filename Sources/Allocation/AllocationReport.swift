import Foundation
package import WeirBudgeting
package import WeirJSON
package import WeirReporting

/// What an allocation is worth, how far it may be from the best one, and what it takes from each budget.
package struct AllocationReport: Presentable {
    private let allocation: Allocation
    private let file: AllocationFile
    private let seconds: Double
    private let readSeconds: Double

    package init(_ allocation: Allocation, of file: AllocationFile, seconds: Double, readSeconds: Double) {
        self.allocation = allocation
        self.file = file
        self.seconds = seconds
        self.readSeconds = readSeconds
    }

    package var json: JSON {
        func amounts(_ amounts: [Double]) -> JSON { .array(amounts.map { .number($0) }) }
        return [
            "understood": .string(file.understood), "value": .number(allocation.value),
            "upper_bound": .number(allocation.upperBound),
            "gap": .number(allocation.gap), "spend": amounts(allocation.spend), "limits": amounts(file.problem.limits),
            "prices": amounts(allocation.prices), "budgets": .array(file.budgets.map { .string($0) }),
            "customers": .number(Double(file.problem.customers)), "treated": .number(Double(allocation.treated)),
            "faults": .number(Double(file.faultCount)), "seconds": .number(seconds),
            "read_seconds": .number(readSeconds),
        ]
    }

    package var tables: [ReportTable] {
        [
            ReportTable(
                name: "budgets", columns: ["budget", "limit", "spent", "left", "price"].map { .init($0, $0) },
                rows: file.budgets.indices.map { index in
                    let (limit, spent) = (file.problem.limits[index], allocation.spend[index])
                    return [
                        .text(file.budgets[index]), .number(limit), .number(spent), .number(limit - spent),
                        .number(allocation.prices[index]),
                    ]
                })
        ]
    }

    package var text: String {
        let share = figure(100 * (1 - allocation.gap), 3)
        var lines = [
            "Understood: " + file.understood,
            "\(file.problem.customers) customers, \(allocation.treated) get an offer.",
            "Value \(figure(allocation.value)) of at most \(figure(allocation.upperBound)): \(share) % of the bound.",
        ]
        let width = max(6, file.budgets.map(\.count).max() ?? 0)
        func row(_ cells: [String]) -> String {
            let first = cells[0].padding(toLength: width, withPad: " ", startingAt: 0)
            return cells.dropFirst().reduce(first) {
                $0 + String(repeating: " ", count: max(1, 16 - $1.count)) + $1
            }
        }
        lines.append(row(["budget", "limit", "spent", "left", "price"]))
        for (index, name) in file.budgets.enumerated() {
            let (limit, spent) = (file.problem.limits[index], allocation.spend[index])
            lines.append(
                row([name, figure(limit), figure(spent), figure(limit - spent), figure(allocation.prices[index], 4)]))
        }
        lines.append("Read in \(figure(readSeconds)) s, chosen in \(figure(seconds)) s.")
        return lines.joined(separator: "\n") + "\n"
    }

    private func figure(_ value: Double, _ digits: Int = 2) -> String { String(format: "%.\(digits)f", value) }
}
