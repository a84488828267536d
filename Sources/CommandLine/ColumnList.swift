import ArgumentParser
import WeirMeasuring

/// Names in one option, separated by commas; one that holds a comma or begins with a quotation mark stands in quotation
/// marks, as in a CSV file: `recency,"Spend, EUR"`. An option given several times adds up.
struct ColumnList: ExpressibleByArgument {
    var names: [String]

    /// - Returns: Nil where a name is empty or a quotation mark has no end.
    init?(argument: String) {
        guard let names = ListedNames.names(in: argument) else { return nil }
        self.names = names
    }
}

extension [ColumnList] {
    /// All of them, in the order in which they were given.
    var names: [String] { flatMap(\.names) }
}

/// Refuses options that were given and that nothing would look at.
///
/// - Parameters:
///   - given: By option, as people write it: whether it was given.
///   - reason: Ends the sentence “--depth …”, such as “has no meaning for --learner logistic”.
///   - isIgnored: Whether nothing would look at any of them.
/// - Throws: `ValidationError`, naming all of them.
func refuseIgnored(_ given: KeyValuePairs<String, Bool>, _ reason: String, where isIgnored: Bool = true) throws {
    let ignored = given.filter(\.value).map(\.key)
    guard isIgnored, !ignored.isEmpty else { return }
    throw ValidationError(
        "\(ignored.joined(separator: ", ")) \(reason). Leave \(ignored.count == 1 ? "it" : "them") out.")
}
