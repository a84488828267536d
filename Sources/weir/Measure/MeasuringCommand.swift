import ArgumentParser
import WeirReporting

/// A measurement, the same for the command line and for HTTP: options in, a report out.
protocol MeasuringCommand: ParsableCommand {
    var report: ReportOptions { get }

    /// - Throws: `MeasurementError`, `TableError` or `ValidationError`, each naming what is wrong and the remedy.
    func measured() throws -> Report
}

extension MeasuringCommand {
    func run() throws { try report.give(try measured()) }
}
