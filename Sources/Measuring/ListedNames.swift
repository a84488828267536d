/// Names in one option, separated by commas; one that holds a comma or begins with a quotation mark stands in quotation
/// marks, as in a CSV file: `recency,"Spend, EUR"`.
package enum ListedNames {
    /// - Returns: Nil where a name is empty or a quotation mark has no end.
    package static func names(in text: String) -> [String]? {
        var names: [String] = []
        var rest = text[...]
        while true {
            rest = rest.drop { $0 == " " }
            guard let name = rest.first == "\"" ? quoted(&rest) : plain(&rest), !name.isEmpty else { return nil }
            names.append(name)
            rest = rest.drop { $0 == " " }
            guard let mark = rest.popFirst() else { return names }
            guard mark == "," else { return nil }
        }
    }

    private static func plain(_ rest: inout Substring) -> String? {
        var name = rest.prefix { $0 != "," }
        rest = rest.dropFirst(name.count)
        while name.last == " " { name.removeLast() }
        return String(name)
    }

    private static func quoted(_ rest: inout Substring) -> String? {
        rest.removeFirst()
        var name = ""
        while let letter = rest.popFirst() {
            guard letter == "\"" else {
                name.append(letter)
                continue
            }
            guard rest.first == "\"" else { return name }
            name.append("\"")
            rest.removeFirst()
        }
        return nil
    }
}
