import Testing
import WeirBudgeting
import WeirDomain

func budget(
    limit: Int64 = 1_000_00, days: Double = 10, curve: [Double] = [1], returnFloor: Double = 1
) -> Budget {
    Budget(
        id: "spring", name: "Spring", limit: dollars(limit), start: moment(0), end: moment(days * 86_400), curve: curve,
        returnFloor: returnFloor)
}

@Suite("SpendCurve")
struct SpendCurveTests {
    @Test(
        "The plan follows the declared weights and ends at the limit",
        arguments: [
            (-1.0, 0), (0, 0), (1.25, 50_00), (2.5, 100_00), (3.75, 250_00), (5, 400_00), (7.5, 900_00), (8.75, 950_00),
            (10, 1_000_00), (11, 1_000_00),
        ])
    func plan(day: Double, planned: Int64) {
        let curve = SpendCurve(budget(curve: [1, 3, 5, 1]))
        #expect(curve.planned(at: moment(day * 86_400)) == dollars(planned))
    }

    @Test(
        "The share never falls and stays in 0 ... 1", arguments: [[1.0], [1, 2, 3], [0.1, 100, 0.1], [1e-9, 1, 1e9]])
    func monotone(weights: [Double]) {
        let curve = SpendCurve(budget(curve: weights))
        let shares = (-10...1010).map { curve.share(at: moment(Double($0) * 864)) }
        #expect(zip(shares, shares.dropFirst()).allSatisfy { $0 <= $1 })
        #expect(shares.first == 0)
        #expect(shares.last == 1)
    }

    @Test("A time of no length is over when it begins")
    func noLength() {
        let curve = SpendCurve(budget(days: 0))
        #expect(curve.share(at: moment(-1)) == 0)
        #expect(curve.share(at: moment(0)) == 1)
        #expect(curve.share(at: moment(1)) == 1)
    }

    @Test(
        "A broken curve is an even flow", arguments: [[], [0, 0], [.nan, 1], [-1, 2], [.infinity, 1]] as [[Double]])
    func broken(weights: [Double]) {
        #expect(SpendCurve(budget(curve: weights)).planned(at: moment(5 * 86_400)) == dollars(500_00))
    }

    @Test("The largest limit is planned exactly at the end")
    func largest() {
        let curve = SpendCurve(budget(limit: .max))
        #expect(curve.planned(at: moment(10 * 86_400)).minorUnits == .max)
        #expect(curve.planned(at: moment(10 * 86_400 - 1e-6)).minorUnits <= .max)
    }

    @Test(
        "The projection adds the rest of the plan at the recent pace, within the limit",
        arguments: [(1.0, 900_00), (0.5, 650_00), (0, 400_00), (1.2, 1_000_00), (1.3, 1_000_00), (.nan, 1_000_00)])
    func projection(pace: Double, expected: Int64) {
        let curve = SpendCurve(budget())
        #expect(
            curve.projectedEnd(spent: dollars(400_00), at: moment(5 * 86_400), pace: pace) == dollars(expected))
    }
}
