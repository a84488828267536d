import WeirExperiments
import Dispatch
import Synchronization
import WeirConsole
import WeirDomain
package import WeirEngine
import WeirLogInsight
import WeirReporting

/// What is measured while the engine decides: the catalog's experiments, the lift of its offers, what they cost and brought,
/// and how quickly signals were answered.
///
/// Each report reads the log, so they are made beside the requests, at most every half minute: who asks in between gets the
/// last ones at once, and only the first waits.
package final class LiveMeasurements: Sendable {
    private struct State {
        var snapshot: MeasureSnapshot?
        var isReading = false
    }

    private let engine: Engine
    private let state = Mutex(State())
    private let queue = DispatchQueue(label: "weir.live-measurements", qos: .utility)

    package init(_ engine: Engine) { self.engine = engine }

    /// - Throws: What the store throws.
    func snapshot() async throws -> MeasureSnapshot {
        let now = SystemClock().now
        let (kept, isDue) = state.withLock { state in
            let age = state.snapshot.map { now.since($0.generatedTime) }
            let isDue = !state.isReading && age.map { $0 > .seconds(30) } ?? true
            if isDue { state.isReading = true }
            return (state.snapshot, isDue)
        }
        if let kept {
            if isDue { queue.async { _ = try? self.read() } }
            return kept
        }
        // The queue is serial: a second one who finds nothing waits for the first and then reads what it kept.
        return try await withCheckedThrowingContinuation { continuation in
            queue.async {
                let made = self.state.withLock { $0.snapshot }
                continuation.resume(with: Result { try made ?? self.read() })
            }
        }
    }

    private func read() throws -> MeasureSnapshot {
        defer { state.withLock { $0.isReading = false } }
        var entries = try engine.experimentStatuses.map { status in
            MeasureSnapshot.Entry(id: status.experiment.id.rawValue, report: try report(of: status.experiment))
        }
        entries += try engine.liveReports().map { MeasureSnapshot.Entry(id: $0.id, report: $0.report) }
        let snapshot = MeasureSnapshot(generatedTime: SystemClock().now, entries: entries)
        state.withLock { $0.snapshot = snapshot }
        return snapshot
    }

    private func report(of experiment: Experiment) throws -> Report {
        do {
            var report = try experimentReport(store: engine.store, id: experiment.id)
            report.title = "Experiment: \(experiment.name)"
            return report
        } catch let error as MeasurementError {
            return Report(
                kind: "experiment", title: "Experiment: \(experiment.name)", conclusion: ["Nothing can be said yet."],
                warnings: error.faults)
        }
    }
}
