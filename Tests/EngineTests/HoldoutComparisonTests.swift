import Foundation
import Testing
import WeirDomain
import WeirEngine
import WeirStatistics

@Suite("Treated against held out")
struct HoldoutComparisonTests {
    @Test("People count once, with what they were worth since their first decision")
    func sums() {
        var tally = HoldoutTally()
        tally.credit(100, to: "ada", isHeldOut: false)  // Before her first decision.
        tally.enter("ada", isHeldOut: false)
        tally.enter("ada", isHeldOut: false)
        tally.credit(2, to: "ada", isHeldOut: false)
        tally.credit(3, to: "ada", isHeldOut: false)
        tally.credit(.nan, to: "ada", isHeldOut: false)
        tally.enter("bob", isHeldOut: true)
        #expect(
            tally.comparison.treated.customers == 1 && tally.comparison.treated.sum == 5
                && tally.comparison.treated.sumOfSquares == 25)
        #expect(tally.comparison.heldOut.customers == 1 && tally.comparison.heldOut.mean == 0)
        #expect(tally.comparison.difference == nil)
    }

    /// Sleep of Student (1908), groups 1 and 2: `t.test(extra ~ group)` in R gives −3.3654832 … 0.2054832.
    @Test("The interval is Welch's")
    func welch() throws {
        var tally = HoldoutTally()
        let first = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]
        let second = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]
        for (arm, values) in [(false, first), (true, second)] {
            for (index, value) in values.enumerated() {
                let customer = CustomerID("\(arm)\(index)")
                tally.enter(customer, isHeldOut: arm)
                tally.credit(value - 1, to: customer, isHeldOut: arm)
                tally.credit(1, to: customer, isHeldOut: arm)
            }
        }
        let difference = try #require(tally.comparison.difference)
        #expect(abs(difference.estimate - -1.58) < 1e-9)
        #expect(abs(difference.lower - -3.3654832) < 1e-6)
        #expect(abs(difference.upper - 0.2054832) < 1e-6)
    }

    @Test("Two who turn out to be one count once, in the arm of whom they became")
    func merge() {
        var tally = HoldoutTally()
        tally.enter("anonymous:a", isHeldOut: true)
        tally.credit(4, to: "anonymous:a", isHeldOut: true)
        tally.enter("ada", isHeldOut: false)
        tally.credit(3, to: "ada", isHeldOut: false)
        tally.merge("anonymous:a", isHeldOut: true, into: "ada", isHeldOut: false)
        #expect(tally.comparison.heldOut == HoldoutComparison.Arm())
        #expect(
            tally.comparison.treated.customers == 1 && tally.comparison.treated.sum == 7
                && tally.comparison.treated.sumOfSquares == 49)
        tally.merge("stranger", isHeldOut: true, into: "ada", isHeldOut: false)
        #expect(tally.comparison.treated.customers == 1)
    }
}
