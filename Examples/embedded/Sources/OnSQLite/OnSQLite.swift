// The whole engine inside a program: durable, learning, with its store in one file.
import Foundation
import WeirDecisioning
import WeirDomain
import WeirEngine
import WeirJSON
import WeirSQLiteStorage

@main
struct OnSQLite {
    static func main() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "weir-embedded-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appending(path: "shop.db").path

        // Stands still until it is told to move, so that each run prints the same. A service leaves it out and has the
        // machine's clock.
        let clock = ManualClock(at: Timestamp(iso8601: "2026-04-01T10:00")!)
        try await Engine.run(on: try SQLiteStore(path: path), clock: clock) { try await spring($0, clock) }

        // All of it is there again when the file is opened anew.
        print("\nopened again")
        try await Engine.run(on: try SQLiteStore(path: path), clock: clock) { engine in
            for reply in try engine.latestDecisions(limit: 10) { show(reply) }
            show(engine.budgetReports())
        }
    }

    static func spring(_ engine: Engine, _ clock: ManualClock) async throws {
        let plan = try await engine.apply(Shop.files)
        print("catalog \(plan.version) is in force, with \(plan.offers.count) offers")

        // Each call returns when what it was given is on the disk.
        let collected = try await engine.collect([
            order("order-1", of: "ada", at: clock.now - .days(20), revenue: 42.5),
            order("order-2", of: "ada", at: clock.now - .days(3), revenue: 18),
            order("order-2", of: "ada", at: clock.now - .days(3), revenue: 18),
            order("order-3", of: "bob", at: clock.now - .days(1), revenue: 7),
        ])
        print("\(collected.accepted) events accepted, \(collected.duplicates) known already")

        let toAda = try await engine.decide(
            DecisionRequest(userID: "ada", placement: "home", idempotencyKey: "visit-1"))
        show(toAda)
        let toBob = try await engine.decide(
            DecisionRequest(userID: "bob", placement: "home", idempotencyKey: "visit-2"))
        show(toBob)
        show(engine.budgetReports())

        // Ada's coupon was used; a week later Bob's can no longer be.
        let used = OutcomeReport(
            decision: toAda.record.situation.id, kind: .converted, eventTime: nil, receivedTime: clock.now)
        print("ada: \(try await engine.report([used])[0].rawValue)")
        clock.set(clock.now + .days(7.5))
        try await engine.catchUp()
        show(engine.budgetReports())
    }

    static func order(_ id: String, of user: String, at time: Timestamp, revenue: Double) -> Event {
        Event(
            messageID: id, source: "shop", kind: .track, name: "Order Completed", userID: user, eventTime: time,
            receivedTime: time, properties: ["revenue": .number(revenue)])
    }

    static func show(_ reply: DecisionReply) {
        let situation = reply.record.situation
        print("\(situation.id) for \(situation.customer): \(reply.offer?.id.rawValue ?? "no offer") (\(reply.why))")
        if let message = reply.message { print("  “\(message)”") }
    }

    static func show(_ reports: [BudgetReport]) {
        for report in reports {
            print("  \(report.budget.id): \(report.available) left, \(report.reserved) reserved, \(report.spent) spent")
        }
    }
}
