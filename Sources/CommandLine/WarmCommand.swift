import ArgumentParser
import Foundation
import Logging
import WeirDecisioning
import WeirDomain
import WeirEngine
import WeirJSON
import WeirReporting
import WeirStorage

struct WarmCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "warm", abstract: "Teaches a new store what the shop's history tells, before its first decision.",
        discussion: """
            Reads the files as `weir ingest` does, in the order in which it happened, and looks at visits of the past as \
            decisions to offer nothing: whether they led to the goal teaches what people do without offers, and after \
            how long. No offer's effect can be learned so, and none is. The store needs a catalog and must be empty.

            Examples:
              weir apply shop --store weir.db
              weir warm last-year.ndjson.gz --moment "Product Viewed" --store weir.db
            """)

    @OptionGroup var input: EventFileOptions

    @Option(help: "The event by which a visit is known; unless given, any that fulfils no goal.")
    var moment: String?

    @Option(help: "The placement that a visit would have asked for; unless given, the catalog's first.")
    var placement: String?

    @Option(help: "At most one visit of each customer counts in so many days; unless given, in the goal's window.")
    var every: Double?

    @OptionGroup var result: ResultOptions
    @OptionGroup var store: StoreOptions

    func validate() throws {
        if let every, !(every > 0 && every <= 3_650) {
            throw ValidationError("--every is \(every); write a number of days above 0, up to 3650.")
        }
    }

    func run() async throws {
        let history = try ShopHistory(input)
        try check(history)
        let store = try store.open()
        let counts = try store.counts()
        guard counts.events == 0, counts.decisions == 0 else {
            try store.close()
            throw CommandFault(
                .refused,
                "--store: \(self.store.store) holds \(counts.events) events and \(counts.decisions) decisions: what they "
                    + "tell would be known before it happened. Warm a new store: weir apply FOLDER --store NEW.db, then "
                    + "this.")
        }
        let told = try await Engine.run(
            on: store, clock: ReplayClock(), logger: .init(label: "weir", level: .warning), ticks: nil
        ) { engine in
            let visits = try visits(in: engine.plan)
            return try await tell(history, to: engine, visits)
        }
        try give(told)
    }

    /// - Throws: `CommandFault` where nothing could be learned, before anything is written.
    private func check(_ history: ShopHistory) throws {
        guard !history.events.isEmpty else {
            let reason = history.quarantined.first.map { " The first that cannot be taken: \($0.reason)" } ?? ""
            throw CommandFault(
                .badInput, "\(input.files.joined(separator: ", ")): no event that can be taken.\(reason)")
        }
        guard let moment, !history.events.contains(where: { Self.isMoment($0, moment) }) else { return }
        let names = history.names.prefix(8).map { "“\($0.name)” (\($0.count))" }.joined(separator: ", ")
        throw CommandFault(.badInput, "--moment: no event is called “\(moment)”. The files have \(names).")
    }

    private static func isMoment(_ event: Event, _ moment: String) -> Bool {
        event.name == moment || event.kind.rawValue == moment
    }

    // MARK: Visits

    /// Which events are visits, and where they would have asked.
    private struct Visits: Sendable {
        var placement: PlacementID
        var goal: Goal
        var goals: [Goal]
        var moment: String?
        var gap: TimeSpan

        func isVisit(_ event: Event) -> Bool {
            if let moment { return WarmCommand.isMoment(event, moment) }
            guard event.kind == .track || event.kind == .page || event.kind == .screen else { return false }
            return !goals.contains { $0.pattern?.name == event.name || $0.reversal?.name == event.name }
        }
    }

    /// - Throws: `CommandFault` where nothing can be learned for the catalog.
    private func visits(in plan: CatalogPlan?) throws -> Visits {
        guard let plan else {
            throw CommandFault(
                .refused, "--store: \(store.store) has no catalog. Put one in force: weir apply FOLDER --store FILE")
        }
        let name = placement.map { PlacementID($0) } ?? plan.catalog.placements.first?.id
        guard let name, let place = plan.placement(name) else {
            throw CommandFault(
                .refused,
                "--placement: the catalog has no “\(placement ?? "")”. Known: "
                    + plan.placementNames.joined(separator: ", ") + ".")
        }
        let goals = place.candidates.map { plan.goals[plan.offers[$0].goal] }
        guard let goal = goals.first(where: { $0.baseline == .learned }) else {
            throw CommandFault(
                .refused,
                "--placement: no goal of “\(name)” has a learned baseline, so nothing is asked of the past. Declare "
                    + "`baseline: learned` (docs/catalog.md), or use weir ingest.")
        }
        return Visits(
            placement: name, goal: goal, goals: plan.goals, moment: moment, gap: every.map { .days($0) } ?? goal.window)
    }

    // MARK: Telling

    private struct Told: Sendable {
        var collected = Engine.Collected()
        var visits = 0
        var goal: GoalID
        var conversions = 0
        /// So near the end that the history does not tell what came of them.
        var undecided = 0
    }

    private func tell(_ history: ShopHistory, to engine: Engine, _ visits: Visits) async throws -> Told {
        let bar = ProgressLine("Warming")
        var told = Told(goal: visits.goal.id)
        var lastVisit: [String: Timestamp] = [:]
        let end = history.events.last?.eventTime ?? engine.clock.now
        var waiting: [Event] = []
        func flush() async throws {
            guard !waiting.isEmpty else { return }
            let collected = try await engine.collect(waiting)
            told.collected.accepted += collected.accepted
            told.collected.duplicates += collected.duplicates
            waiting.removeAll(keepingCapacity: true)
        }
        for (index, event) in history.events.enumerated() {
            // The clock follows what it is told: what is told together must have happened together.
            if let first = waiting.first, event.eventTime > first.eventTime + .second { try await flush() }
            if visits.isVisit(event), let person = event.userID ?? event.anonymousID {
                let isCounted = lastVisit[person].map { event.eventTime >= $0 + visits.gap } ?? true
                if isCounted, end < event.eventTime + visits.goal.window {
                    told.undecided += 1
                    lastVisit[person] = event.eventTime
                } else if isCounted {
                    waiting.append(event)
                    try await flush()
                    lastVisit[person] = event.eventTime
                    _ = try await engine.decide(
                        DecisionRequest(
                            userID: event.userID, anonymousID: event.anonymousID, placement: visits.placement,
                            given: .nothing, time: event.eventTime))
                    told.visits += 1
                    continue
                }
            }
            waiting.append(event)
            if waiting.count >= 1_000 { try await flush() }
            if index % 1_000 == 0 { bar.show(index, of: history.events.count, "events") }
        }
        try await flush()
        _ = try await engine.collect([], quarantined: history.quarantined)
        told.collected.quarantined = history.quarantined.count
        try await engine.catchUp()
        told.conversions = engine.figures.totals.conversions
        bar.finish()
        return told
    }

    private func give(_ told: Told) throws {
        let collected = told.collected
        let events =
            "\(collected.accepted) events, \(collected.duplicates) known already, \(collected.quarantined) in quarantine."
        let visits =
            told.visits == 0
            ? "No visit among them: features have learned, what people do without an offer has not. Name an event by which "
                + "visits are known with --moment."
            : "\(told.visits) visits; \(told.conversions) led to “\(told.goal)”."
                + (told.undecided == 0
                    ? ""
                    : " \(told.undecided) more are too near the end of the history for what came of them to be known.")
        let members: [JSON.Member] = [
            .init("accepted", .integer(Int64(collected.accepted))),
            .init("known_already", .integer(Int64(collected.duplicates))),
            .init("quarantined", .integer(Int64(collected.quarantined))),
            .init("visits", .integer(Int64(told.visits))),
            .init("conversions", .integer(Int64(told.conversions))),
            .init("undecided", .integer(Int64(told.undecided))),
            .init("goal", .string(told.goal.rawValue)),
        ]
        try result.give(Answer([events, visits], json: .object(members)))
    }
}
