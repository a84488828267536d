package import WeirReporting

/// A measurement that somebody asks for: its options and files in, a report out.
///
/// It is one value for all who ask: the command line sets its properties, a request over HTTP is decoded into it. A property
/// is an option of the same name, `withinKm` of the command line's `--within-km`; its value in `init()` holds where it is not
/// said.
package protocol MeasurementRequest: Codable, Sendable {
    /// What it is called on the command line and in paths, such as `geo-lift`.
    static var kind: String { get }

    /// The request in which nothing was said yet.
    init()

    /// Refuses options that cannot be meant, before any file is read.
    ///
    /// - Throws: `MeasurementError` that names option, value and remedy.
    func check() throws

    /// Reads the files and measures; called after `check()`.
    ///
    /// - Throws: `MeasurementError`, `TableError` or what else says place, value and remedy in its description.
    func report() throws -> Report
}

extension MeasurementRequest {
    package func check() throws {}

    /// Decodes a request from options and files as HTTP sends them.
    ///
    /// - Throws: `MeasurementError` with all that is wrong.
    package init(_ options: RequestOptions) throws { self = try options.decoded() }
}
