import ArgumentParser
import WeirReporting

/// A measurement, the same for the command line and for HTTP: options in, a report out.
protocol MeasuringCommand: ParsableCommand {
    var report: ReportOptions { get }

    /// Names of the options that name files.
    static var files: [String] { get }
    /// Whether it reads a store rather than files; a server offers those in its own way.
    static var readsStore: Bool { get }

    /// - Throws: `MeasurementError`, `TableError` or `ValidationError`, each naming what is wrong and the remedy.
    func measured() throws -> Report
}

extension MeasuringCommand {
    static var files: [String] { ["input"] }
    static var readsStore: Bool { false }

    func run() throws { try report.give(try measured()) }
}
