import Foundation
import Testing
import WeirAllocation
import WeirBudgeting
import WeirJSON
import WeirReporting

/// Writes a file, reads it and removes it.
private func file(
    _ text: String, limits: [(budget: String, amount: Double)] = [], floors: [(budget: String, amount: Double)] = []
) throws -> AllocationFile {
    let path = NSTemporaryDirectory() + "allocation-\(ProcessInfo.processInfo.globallyUniqueString).csv"
    defer { try? FileManager.default.removeItem(atPath: path) }
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    return try AllocationFile(path: path, limits: limits, floors: floors)
}

@Suite("AllocationFile")
struct AllocationFileTests {
    private static let header = "customer,offer,budget,value,cost\n"

    @Test("Rows become a problem; ids keep their spelling, budgets come from the first line or the options")
    func rows() throws {
        let read = try file("# limits 10 5\n" + Self.header + "007,a,0,3,1\n007,b,1,2,1\n7,a,0+1,1,1\n")
        #expect(read.customers == ["007", "7"])
        #expect(read.budgets == ["0", "1"] && read.problem.limits == [10, 5])
        #expect(read.offers.map { read.offerNames[Int($0)] } == ["a", "b", "a"])
        #expect(read.problem.sources == [[0], [1], [0, 1]])
        #expect(read.faultCount == 0)
        let named = try file(Self.header + "x,a,spring,3,1\n", limits: [("spring", 4)], floors: [("spring", 1.5)])
        #expect(named.budgets == ["spring"] && named.problem.limits == [4])
    }

    @Test("A row that cannot be used is left out and named; the others count")
    func faults() throws {
        let read = try file(
            "# limits 10\n" + Self.header + "a,x,0,3,1\nb,x,0,much,1\nc,x,0,1,-1\n,x,0,1,1\nd,x,0,2\ne,x,0,2,1\n")
        #expect(read.customers == ["a", "e"] && read.faultCount == 4)
        let told = read.faults.sorted()
        #expect(told[0].hasPrefix("Line 4, column “value”: “much” is no number."))
        #expect(told[1].hasPrefix("Line 5, column “cost”: “-1.0” is negative."))
        #expect(told[2].hasPrefix("Line 6, column “customer”: the cell is empty."))
        #expect(told[3].hasPrefix("Line 7: 4 cells, but the header names 5."))
    }

    @Test(
        "What would make another problem of it is refused, with the place and the remedy",
        arguments: [
            ("# limits 10\ncustomer,offer,budget,value,cost\na,x,0,1,1\nb,x,0,1,1\na,x,0,1,1\n", "comes again"),
            ("# limits 10\ncustomer,offer,budget,value,cost\na,x,1,1,1\n", "has no limit"),
            ("customer,offer,budget,value,cost\na,x,0,1,1\n", "states no limits"),
            ("# limits ten\ncustomer,offer,budget,value,cost\na,x,0,1,1\n", "is no limit"),
            ("# limits 10\ncustomer,offer,budget,value,cost\na,x,0,,1\n", "no row that can be used"),
        ])
    func refusals(text: String, said: String) {
        #expect { try file(text) } throws: { "\($0)".contains(said) }
    }

    @Test("The report has the same figures as text, JSON and CSV")
    func report() throws {
        let read = try file("# limits 10\n" + Self.header + "a,x,0,3,1\nb,x,0,2,1\n")
        let report = AllocationReport(read.problem.solved(), of: read, seconds: 0.25, readSeconds: 0.5)
        #expect(report.text.hasPrefix("Understood: numbers value, cost; categories customer (2 values)"))
        #expect(report.text.contains("\n2 customers, 2 get an offer.\nValue 5.00 of at most 5.00"))
        #expect(report.text.hasSuffix("Read in 0.50 s, chosen in 0.25 s.\n"))
        #expect(report.json["value"]?.double == 5 && report.json["treated"]?.double == 2)
        #expect(report.tables[0].csv.hasPrefix("budget,limit,spent,left,price\r\n0,10,2,8,"))
    }
}
