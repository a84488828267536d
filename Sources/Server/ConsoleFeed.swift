import Foundation
import Synchronization
package import WeirConsole
import WeirDecisioning
package import WeirDomain
package import WeirEngine
import WeirStatistics
import WeirStorage

/// What the console shows, gathered from the engine: sampled once a second, put together when a page is asked for.
package final class ConsoleFeed: Sendable {
    let engine: Engine
    /// Experiments and lift, as the page Measure shows them.
    package let measurements: LiveMeasurements
    private let state: Mutex<State>
    private let codeVersion: String
    /// As last worked out.
    let policies = Mutex<PoliciesSnapshot?>(nil)

    private struct State {
        var mode = NowSnapshot.Mode.live
        var targeting: TargetingComparison?
        var commands: FirstCommands
        var decisions: RateSeries
        var outcomes: RateSeries
        var sources: [SourceID: SourceTrace] = [:]
        var rendered: (second: Int, snapshot: NowSnapshot)?
    }

    /// - Parameters:
    ///   - baseURL: As people reach the server, for the commands on an empty page.
    ///   - codeVersion: Of this program.
    package init(engine: Engine, baseURL: String, codeVersion: String) throws {
        self.engine = engine
        measurements = LiveMeasurements(engine)
        self.codeVersion = codeVersion
        let counts = try engine.store.counts()
        state = Mutex(
            State(
                commands: FirstCommands(baseURL: baseURL),
                decisions: RateSeries(before: counts.decisions), outcomes: RateSeries(before: counts.outcomes)))
    }

    /// Says that history is being replayed, and how far it has come; nil for the present.
    package func show(_ replay: Replay?) {
        state.withLock { $0.mode = replay.map { .replaying($0) } ?? .live }
    }

    package func show(_ targeting: TargetingComparison) { state.withLock { $0.targeting = targeting } }

    /// Called once a second.
    package func sample() {
        let figures = engine.figures
        let now = Self.wallClock
        state.withLock { state in
            state.decisions.sample(figures.totals.decisions)
            state.outcomes.sample(figures.totals.outcomes)
            for (id, source) in figures.sources {
                state.sources[id, default: SourceTrace()].sample(source.accepted, at: now)
            }
        }
    }

    private static var wallClock: Timestamp { SystemClock().now }

    /// Everything that the page Now shows; at most one second old.
    package func snapshot() -> NowSnapshot {
        let second = Int(Self.wallClock.microseconds / 1_000_000)
        if let rendered = state.withLock(\.rendered), rendered.second == second { return rendered.snapshot }
        let snapshot = makeSnapshot()
        state.withLock { $0.rendered = (second, snapshot) }
        return snapshot
    }

    private func makeSnapshot() -> NowSnapshot {
        let live = state.withLock { $0 }
        let figures = engine.figures
        let plan = engine.plan
        let now = Self.wallClock
        let latest = (try? engine.latestDecisions(limit: 100)) ?? []
        var snapshot = NowSnapshot(
            mode: live.mode, generatedTime: now, catalogVersion: plan.map { "\($0.version)" } ?? "",
            modelVersion: "\(engine.modelVersion)", currency: plan?.catalog.currency ?? .usd)
        snapshot.decisions = live.decisions.flow(since: figures.totals.decisions)
        snapshot.outcomes = live.outcomes.flow(since: figures.totals.outcomes)
        if figures.decideLatency.count > 0 {
            snapshot.decideLatency = Latency(
                p50Milliseconds: Double(figures.decideLatency.quantile(0.5)) / 1e6,
                p99Milliseconds: Double(figures.decideLatency.quantile(0.99)) / 1e6)
        }
        if figures.outcomeLatency.count > 0 {
            snapshot.outcomeToModelP99Seconds = Double(figures.outcomeLatency.quantile(0.99)) / 1e9
        }
        snapshot.budgets = engine.budgetReports().map { BudgetStatus($0, at: engine.clock.now) }
        snapshot.universalHoldout = plan?.catalog.universalHoldout ?? 0
        snapshot.effects = effects(plan)
        snapshot.open = engine.openOutcomes.sorted { $0.key < $1.key }.compactMap { OpenDecisions($1, of: $0) }
        snapshot.latest = latest.prefix(12).map { RecentDecision($0) }
        snapshot.mix = DecisionMix(latest)
        let told = latest.first { $0.offer != nil && $0.record.decision.assignment == .treated } ?? latest.first
        snapshot.explained = told.map { explained($0).gatheringGates() }
        snapshot.targeting = live.targeting
        snapshot.sources = live.sources.sorted { $0.key < $1.key }.map { id, trace in
            trace.status(id, at: now, isReplay: live.mode != .live, figures)
        }
        snapshot.commands = live.commands
        if !engine.isReady, plan != nil {
            snapshot.notices.append(
                Notice(
                    level: .stopped, text: "The store does not take records. Look at the server's log, then restart it."
                ))
        }
        return snapshot
    }

    private func effects(_ plan: CatalogPlan?) -> [MeasuredEffect] {
        guard let plan, let metric = plan.catalog.metric else { return [] }
        let comparison = engine.comparison
        let difference = comparison.difference.map {
            Estimate(value: $0.estimate, low: $0.lower, high: $0.upper)
        }
        return [
            MeasuredEffect(
                label: metric.name, treatedCount: comparison.treated.customers,
                holdoutCount: comparison.heldOut.customers, treatedMean: comparison.treated.mean,
                holdoutMean: comparison.heldOut.mean, difference: difference,
                unit: metric.value == nil ? .number("per customer") : .money(plan.catalog.currency),
                note: state.withLock(\.mode) == .live
                    ? "since each customer's first decision"
                    : "a check: history cannot react to Weir, so the truth here is no difference")
        ]
    }

    /// One decision with its reasons.
    package func explained(_ reply: DecisionReply) -> ExplainedDecision {
        let outcomes = (try? engine.store.outcomes(of: reply.record.situation.id)) ?? []
        var explained = ExplainedDecision(reply, codeVersion: codeVersion)
        explained.coupon = engine.couponStanding(of: reply.record.situation.id)?.sentence
        if let last = outcomes.last {
            explained.outcome = "The last outcome is “\(last.kind.name)”, of \(last.eventTime.iso8601)."
        } else if let chosen = reply.record.decision.chosen {
            let goal = reply.plan.goals[reply.plan.offers[reply.record.decision.candidates[chosen].offer].goal]
            let closes = reply.record.situation.time + goal.window
            if closes > engine.clock.now {
                explained.outcome = "Its outcome is open: it may come until \(closes.iso8601)."
            }
        }
        return explained
    }

    package func explained(_ id: DecisionID) throws -> ExplainedDecision? {
        try engine.decision(id).map { explained($0) }
    }
}

/// How often something happened in each of the last 60 seconds.
private struct RateSeries: Sendable {
    /// Before this process.
    var before: Int
    var last = 0
    var perSecond: [Double] = []

    init(before: Int) { self.before = before }

    mutating func sample(_ total: Int) {
        perSecond.append(Double(total - last))
        if perSecond.count > 60 { perSecond.removeFirst() }
        last = total
    }

    func flow(since total: Int) -> Flow {
        let recent = perSecond.suffix(5)
        return Flow(
            total: before + total, perSecond: recent.isEmpty ? 0 : recent.reduce(0, +) / Double(recent.count),
            series: perSecond)
    }
}

/// When a source delivered, by the wall clock.
private struct SourceTrace: Sendable {
    var accepted = 0
    var lastDelivered: Timestamp?
    /// Minute of the epoch, ascending; at most an hour.
    var deliveringMinutes: [Int64] = []

    mutating func sample(_ total: Int, at now: Timestamp) {
        guard total > accepted else { return }
        accepted = total
        lastDelivered = now
        let minute = now.microseconds / TimeSpan.minute.microseconds
        if deliveringMinutes.last != minute { deliveringMinutes.append(minute) }
        deliveringMinutes.removeAll { $0 <= minute - 60 }
    }

    func status(_ id: SourceID, at now: Timestamp, isReplay: Bool, _ figures: Pulse) -> SourceStatus {
        let minute = now.microseconds / TimeSpan.minute.microseconds
        return SourceStatus(
            id: id, name: id.rawValue, freshness: lastDelivered.map { now.since($0) },
            // A replay ends; its sources are not late then.
            lateAfter: isReplay ? .days(365) : .minute * 15,
            minutes: (0..<60).map { deliveringMinutes.contains(minute - 59 + $0) ? .ok : .none },
            accepted: accepted, duplicates: figures.totals.duplicates, quarantined: figures.totals.quarantined)
    }
}
