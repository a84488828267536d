package import WeirJSON

/// What a command found, in every form in which it can be given out.
package protocol Presentable {
    /// For people; ends with a line end.
    var text: String { get }
    /// For programs.
    var json: JSON { get }
    /// For spreadsheets and BI tools; the first is given where none is named.
    var tables: [ReportTable] { get }
}

extension Report: Presentable {}
