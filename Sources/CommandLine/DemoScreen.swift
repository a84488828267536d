import Foundation
import Synchronization
import WeirDemo
import WeirDomain
import WeirEngine
import WeirStatistics

/// What the terminal shows of a replay: two bars while it runs, a table at its end.
final class DemoScreen: Sendable {
    static let shows = [
        "Who redeems, among the households that were really sent a campaign: each was scored before the campaign began, "
            + "from what was known by then."
    ]
    static let doesNotShow = [
        "What the campaigns caused: households were chosen for them by their behaviour, and there was no control group.",
        "What the till's offers would have changed: history cannot react. Their cost and value are assumptions, and an "
            + "offer that the log has no answer for has no outcome here.",
    ]

    private let isTerminal = isatty(STDOUT_FILENO) == 1
    private let state = Mutex(State())

    private struct State {
        var lastShown = Date.distantPast
        var linesShown = 0
        var lastMonth = ""
    }

    func show(_ progress: DemoProgress, _ engine: Engine) {
        let month = String(progress.time.isoDate.prefix(7))
        let isDue = state.withLock { state in
            guard isTerminal ? Date().timeIntervalSince(state.lastShown) >= 0.2 : month != state.lastMonth else {
                return false
            }
            state.lastShown = Date()
            state.lastMonth = month
            return true
        }
        guard isDue else { return }
        let lines = lines(progress, engine)
        if isTerminal {
            let up = state.withLock { state in
                defer { state.linesShown = lines.count }
                return state.linesShown
            }
            print((up > 0 ? "\u{1b}[\(up)A" : "") + lines.map { "\u{1b}[K\($0)" }.joined(separator: "\n"))
        } else {
            print("\(progress.time.isoDate)  " + lines.joined(separator: "  |  "))
        }
        Terminal.flush()
    }

    private func lines(_ progress: DemoProgress, _ engine: Engine) -> [String] {
        let till = progress.till
        let budget = engine.budgetReports().first
        let latency = engine.figures.decideLatency
        func share(_ metrics: RankingMetrics?) -> String { metrics.map { Self.figure($0.top5) } ?? "–" }
        return [
            "Who gets the campaign   \(Self.bar(progress.scored, progress.toScore)) \(progress.scored) scored, "
                + "top 5 % redeem: segment \(share(progress.segment)), Weir \(share(progress.individual))",
            "Moment of interaction   \(Self.bar(progress.baskets, progress.allBaskets)) \(progress.time.isoDate), "
                + "\(till.decisions) decisions, \(till.offers) offers, \(till.answered) answered, "
                + "p99 \(Self.figure(Double(latency.quantile(0.99)) / 1e6, 1)) ms, spent \(budget?.spent.decimal ?? "0") of "
                + "\(budget?.planned.decimal ?? "0") planned, price \(Self.figure(budget?.price ?? 0, 2))",
        ]
    }

    func finish(_ report: DemoReport, cutoff: Timestamp) {
        let till = report.till
        print(
            """

            1. Who gets the campaign: \(report.individual?.count ?? 0) households in campaigns from \(cutoff.isoDate) on, \
            \(Self.figure((report.individual?.rate ?? 0) * 100, 1)) % redeemed

                                     AUC   log loss   calibration error   top 5 %   top 10 %   top 20 %
              segment average     \(Self.row(report.segment))
              Weir                \(Self.row(report.individual))

            2. The moment of interaction: \(till.decisions) baskets
               \(till.heldOut) held out, \(till.offers) offers given, \(till.explored) of all choices explored
               \(till.answered) offers the log has an answer for (\(till.redeemed) redeemed); \(till.unanswered) it has none for: no outcome
               budget \(Self.figure(report.budget.limit, 2)) USD, spent \(Self.figure(report.budget.spent, 2)), reserved \
            \(Self.figure(report.budget.reserved, 2)), overspent \(Self.figure(report.budget.overspend, 2)), shadow price \
            \(Self.figure(report.budget.price, 2))
               a decision took \(Self.figure(report.decideP50Milliseconds, 1)) ms (p50), \
            \(Self.figure(report.decideP99Milliseconds, 1)) ms (p99), seen from the client
               99 % of outcomes had changed the model within \(Self.figure(report.outcomeToModelP99Milliseconds, 1)) ms

            \(report.events) events of \(report.households) households, \(report.quarantined) in quarantine; \
            \(Self.figure(report.durationSeconds, 1)) s.

            This shows: \(Self.shows.joined(separator: " "))
            It does not show: \(Self.doesNotShow.joined(separator: " "))
            """)
        Terminal.flush()
    }

    private static func row(_ metrics: RankingMetrics?) -> String {
        guard let metrics else { return "   no campaign from the cutoff on" }
        return
            " \(figure(metrics.auc ?? 0.5, 4))    \(figure(metrics.logLoss, 4))              \(figure(metrics.calibrationError, 4))"
            + "    \(figure(metrics.top5, 4))     \(figure(metrics.top10, 4))     \(figure(metrics.top20, 4))"
    }

    private static func bar(_ done: Int, _ total: Int) -> String {
        let width = 24
        let filled = total > 0 ? done * width / total : 0
        return "[" + String(repeating: "█", count: filled) + String(repeating: "·", count: width - filled) + "]"
    }

    private static func figure(_ value: Double, _ digits: Int = 3) -> String {
        String(format: "%.\(digits)f", value)
    }
}
