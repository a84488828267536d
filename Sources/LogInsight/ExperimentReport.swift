package import WeirExperiments
package import WeirDomain
import WeirEngine
package import WeirReporting
package import WeirStorage

/// Measures an experiment of the catalog from the log; works beside a running server.
///
/// - Parameters:
///   - settings: How to read it; whether it is looked at all the time and what its guardrails are say the catalog.
///   - progress: Called with how many decisions, events and outcomes were read.
/// - Throws: `EngineError` for an experiment that was never in the catalog, `MeasurementError` where there is nothing to
///   compare yet, or what the store throws.
package func experimentReport(
    store: any Store, id: ExperimentID, settings: ExperimentSettings = ExperimentSettings(),
    progress: @escaping (Int) -> Void = { _ in }
) throws -> Report {
    let logged = try LoggedExperiment(store: store, id: id, progress: progress)
    let experiment = logged.experiment
    var settings = settings
    if experiment.isSequential { settings.reading = .alwaysValid() }
    var data = logged.data
    for guardrail in experiment.guardrails {
        var name = logged.name(of: guardrail.metric)
        // What only guards is not compared else; so a metric that does both comes twice.
        if experiment.metrics.contains(guardrail.metric), var copy = data.metrics.first(where: { $0.name == name }) {
            name += " (guardrail)"
            copy.name = name
            data.metrics.append(copy)
        }
        settings.guardrails.append(.init(metric: name, margin: max(0, -guardrail.notBelow)))
    }
    var report = experimentReport(try experimentResult(data, settings: settings), data: [logged.description])
    report.warnings.insert(contentsOf: logged.notes, at: 0)
    report.assumptions.append(
        "Customers count from the first decision on where arms differed in something that was open, whatever they then "
            + "got, with what they were worth since"
            + (experiment.switchback == nil ? "." : " within the same period."))
    return report
}

extension LoggedExperiment {
    /// What it rests on.
    var description: String {
        let times = data.exposedAt ?? []
        func moment(_ seconds: Double?) -> String {
            seconds.map { Timestamp(seconds: $0).iso8601 } ?? "never"
        }
        return "Decision log, experiment “\(experiment.id)”: \(times.count) "
            + (experiment.switchback == nil ? "customers" : "customers in periods")
            + ", first exposed from \(moment(times.min())) to \(moment(times.max()))."
    }
}
