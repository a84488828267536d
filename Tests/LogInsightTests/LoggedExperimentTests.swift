import Testing
import WeirDomain
import WeirEngine
import WeirJSON
import WeirLogInsight
import WeirExperiments
import WeirReporting

extension ExperimentShop {
    fileprivate func logged(_ id: ExperimentID = "e") throws -> LoggedExperiment {
        try LoggedExperiment(store: harness.store, id: id)
    }
}

@Suite("Experiments as the log tells of them")
struct LoggedExperimentTests {
    @Test("An order from before the exposure counts there once, however often it is told, before or since")
    func toldAgain() throws {
        let shop = try ExperimentShop(ExperimentShop.halves)
        let harness = shop.harness
        func order(_ revenue: Int64, ago: TimeSpan = .zero) throws {
            try harness.send(
                harness.event("ada", properties: ["order_id": "A1", "revenue": .integer(revenue)], ago: ago))
        }
        try order(4, ago: .day)
        try order(5, ago: .hour)
        try shop.decide("ada")
        try shop.decide("ben")
        try order(7)
        let data = try shop.logged().data
        #expect(data.metrics[0].values == [0, 0] && data.metrics[0].covariate == [7, 0])
    }

    @Test("Counts from the first exposure; the four weeks before are the covariate, both sides of each bound")
    func windows() throws {
        let shop = try ExperimentShop(ExperimentShop.halves)
        let harness = shop.harness
        let month = TimeSpan.day * 28
        try harness.send(
            harness.event("ada", properties: ["revenue": 1], ago: TimeSpan(microseconds: month.microseconds + 1)),
            harness.event("ada", properties: ["revenue": 2], ago: .day * 28),
            harness.event("ada", properties: ["revenue": 4], ago: TimeSpan(microseconds: 1)))
        try shop.decide("ada")
        try harness.send(harness.event("ada", properties: ["revenue": 8]))
        try shop.decide("ben")
        let data = try shop.logged().data
        #expect(data.metrics.map(\.name) == ["sales", "purchase"])
        #expect(data.metrics[0].values == [8, 0] && data.metrics[0].covariate == [6, 0])
        #expect(data.metrics[1].values == [1, 0] && data.metrics[1].covariate == [1, 0])
        try harness.send(harness.event("ada", "Order Refunded"))
        #expect(try shop.logged().data.metrics[1].values == [0, 0])
    }

    @Test("A switchback counts each person in each period; what follows in another period does not count")
    func switchback() throws {
        let shop = try ExperimentShop(
            "  - {id: e, campaigns: spring, switchback: {period: 1h, by: placement}, "
                + "arms: [{id: control, offers: none}, {id: offer, offers: all}]}")
        for _ in 0..<6 {
            for user in ["ada", "ben"] { try shop.decide(user) }
            try shop.harness.send(shop.harness.event("ada", properties: ["revenue": 3]))
            shop.pass(.hour)
            try shop.harness.send(shop.harness.event("ben", properties: ["revenue": 50]))
        }
        let data = try shop.logged().data
        #expect(data.armOfRow.count == 12)
        #expect(data.period?.levels.count == 6 && data.period?.codes == [0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5])
        #expect(data.metrics[0].values == [3, 0, 3, 0, 3, 0, 3, 0, 3, 0, 3, 0])
        #expect(data.armOfRow.count { $0 == 0 } == 6)
        for pair in 0..<3 where data.period!.levels[0].contains("00:00:00Z") {
            #expect(data.armOfRow[pair * 4] != data.armOfRow[pair * 4 + 2])
        }
    }

    @Test("A stopped arm is left out beside two others; of the last two only what came before the stop counts")
    func afterStop() async throws {
        let shop = try ExperimentShop(ExperimentShop.guarded)
        try shop.serve(0..<60) { _ in 10 }
        try await shop.stop("bad")
        try shop.serve(60..<90) { _ in 10 }
        let three = try shop.logged()
        #expect(three.data.arms.map(\.name) == ["control", "good"] && three.notes.count == 1)
        try await shop.stop("good")
        let atStop = try shop.logged().data.armOfRow.count
        try shop.serve(90..<120) { _ in 10 }
        let ended = try shop.logged()
        #expect(ended.data.arms.count == 3 && ended.data.armOfRow.count == atStop && ended.notes.count == 2)
    }

    @Test(
        "The report from the log finds the effect, names arms that were stopped, and is refused before there is anything"
    )
    func report() async throws {
        let shop = try ExperimentShop(ExperimentShop.guarded)
        #expect(throws: MeasurementError.self) { try experimentReport(store: shop.harness.store, id: "e") }
        try shop.serve(0..<900) { $0 == "good" ? 14 : 10 }
        try await shop.stop("bad")
        let report = try experimentReport(store: shop.harness.store, id: "e")
        #expect(report.kind == "experiment" && report.warnings.first?.contains("Arm “bad” was stopped") == true)
        #expect(report.data.first?.contains("experiment “e”") == true)
        let lift = try #require(report.figures.first)
        #expect(lift.quantity.lower! > 0 && lift.quantity.upper! > lift.quantity.value)
        #expect(lift.label.contains("sales") && report.conclusion.first?.contains("good") == true)
        #expect(report.tables.contains { $0.rows.contains { row in row.first == .text("sales (guardrail)") } })
    }

    @Test("An experiment that left the catalog can still be measured; one that never was is refused")
    func gone() throws {
        let shop = try ExperimentShop(ExperimentShop.halves)
        try shop.serve(0..<20) { _ in 10 }
        try shop.apply("  []")
        #expect(shop.harness.engine.experimentStatuses.isEmpty)
        #expect(try shop.logged().data.armOfRow.count == 20)
        #expect(throws: EngineError.unknownExperiment("f", known: [])) { try shop.logged("f") }
        // Declared again it goes on with what the log has.
        try shop.apply(ExperimentShop.halves)
        #expect(shop.status.arms.map(\.customers).reduce(0, +) == 20)
    }
}
