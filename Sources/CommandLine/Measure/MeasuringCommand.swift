import ArgumentParser
import WeirMeasuring
import WeirReporting

/// A measurement on the command line: its options are those of a request, which HTTP decodes.
protocol MeasuringCommand: ParsableCommand {
    associatedtype Request: MeasurementRequest

    var report: ReportOptions { get }
    /// What the options ask for.
    var request: Request { get }

    /// - Throws: `MeasurementError`, `TableError` or `ValidationError`, each naming what is wrong and the remedy.
    func measured() throws -> Report
}

extension MeasuringCommand {
    func validate() throws { try check() }

    func measured() throws -> Report { try request.report() }

    func run() throws { try report.give(try measured()) }

    /// Refuses options that cannot be meant, with how the command is used.
    func check() throws {
        if let twice = Self.givenTwice(CommandLine.arguments) {
            throw ValidationError("\(twice) is given twice, and takes one value. Give it once.")
        }
        do { try request.check() } catch let error as MeasurementError { throw ValidationError(error.description) }
    }

    /// An option that takes one value and was given two, of which one would be passed over.
    static func givenTwice(_ arguments: [String]) -> String? {
        let lists = Mirror(reflecting: Request()).children.filter { $0.value is [String] || $0.value is [MeasuredFile] }
            .compactMap { $0.label.map { "--" + $0.hyphenated } }
        let words = arguments.prefix { $0 != "--" }
        var seen: Set<Substring> = []
        for word in words where word.hasPrefix("--") && word.count > 2 {
            let name = word.prefix { $0 != "=" }
            if !seen.insert(name).inserted, !lists.contains(String(name)) { return String(name) }
        }
        return nil
    }

    /// The same measurement, asked for in other ways than the command line.
    ///
    /// - Throws: What says place, value and remedy in its description.
    static func report(_ options: RequestOptions) throws -> Report {
        let request = try Request(options)
        try request.check()
        return try request.report()
    }
}

extension RelativeShare: ExpressibleByArgument {
    public init?(argument: String) { self.init(text: argument) }
}
