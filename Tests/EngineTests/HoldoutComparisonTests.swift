import Foundation
import Testing
import WeirDomain
import WeirEngine
import WeirStatistics

@Suite("Treated against held out")
struct HoldoutComparisonTests {
    @Test("People count once, with what they were worth since their first decision")
    func sums() {
        var comparison = HoldoutComparison()
        comparison.add(100, of: "ada", isHeldOut: false)  // Before her first decision.
        comparison.enter("ada", isHeldOut: false)
        comparison.enter("ada", isHeldOut: false)
        comparison.add(2, of: "ada", isHeldOut: false)
        comparison.add(3, of: "ada", isHeldOut: false)
        comparison.add(.nan, of: "ada", isHeldOut: false)
        comparison.enter("bob", isHeldOut: true)
        #expect(
            comparison.treated.customers == 1 && comparison.treated.sum == 5 && comparison.treated.sumOfSquares == 25)
        #expect(comparison.heldOut.customers == 1 && comparison.heldOut.mean == 0)
        #expect(comparison.difference == nil)
    }

    /// Sleep of Student (1908), groups 1 and 2: `t.test(extra ~ group)` in R gives −3.3654832 … 0.2054832.
    @Test("The interval is Welch's")
    func welch() throws {
        var comparison = HoldoutComparison()
        let first = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]
        let second = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]
        for (arm, values) in [(false, first), (true, second)] {
            for (index, value) in values.enumerated() {
                let customer = CustomerID("\(arm)\(index)")
                comparison.enter(customer, isHeldOut: arm)
                comparison.add(value - 1, of: customer, isHeldOut: arm)
                comparison.add(1, of: customer, isHeldOut: arm)
            }
        }
        let difference = try #require(comparison.difference)
        #expect(abs(difference.estimate - -1.58) < 1e-9)
        #expect(abs(difference.lower - -3.3654832) < 1e-6)
        #expect(abs(difference.upper - 0.2054832) < 1e-6)
    }

    @Test("Two who turn out to be one count once, in the arm of whom they became")
    func merge() {
        var comparison = HoldoutComparison()
        comparison.enter("anonymous:a", isHeldOut: true)
        comparison.add(4, of: "anonymous:a", isHeldOut: true)
        comparison.enter("ada", isHeldOut: false)
        comparison.add(3, of: "ada", isHeldOut: false)
        comparison.merge("anonymous:a", isHeldOut: true, into: "ada", isHeldOut: false)
        #expect(comparison.heldOut == HoldoutComparison().heldOut)
        #expect(
            comparison.treated.customers == 1 && comparison.treated.sum == 7 && comparison.treated.sumOfSquares == 49)
        comparison.merge("stranger", isHeldOut: true, into: "ada", isHeldOut: false)
        #expect(comparison.treated.customers == 1)
    }
}
