package import WeirReporting

/// How a metric is made of sums over rows, such as `sum(spend) / count(new_customers)`.
///
/// Numbers, `sum(column)`, `count(column)`, `+ - * /` and parentheses. Both functions add a column up; `count` says that it
/// counts cases, so that one count by another is a share with an exact kind of interval.
package struct MetricFormula: Sendable, Equatable, CustomStringConvertible {
    /// As written.
    package let description: String
    /// That it reads, each once, in order of appearance.
    package let columns: [String]
    let term: Term

    indirect enum Term: Sendable, Equatable {
        case number(Double)
        /// An index into `columns`.
        case sum(Int)
        case count(Int)
        case negative(Term)
        case operation(Operator, Term, Term)
    }

    enum Operator: Character, Sendable {
        case plus = "+"
        case minus = "-"
        case times = "*"
        case by = "/"
    }

    /// - Throws: `MeasurementError` with the character that is wrong.
    package init(_ text: String) throws(MeasurementError) {
        var parser = MetricFormulaParser(text)
        term = try parser.whole()
        columns = parser.columns
        description = text
    }

    /// Whether both mean the same, however they are spaced.
    package static func == (left: MetricFormula, right: MetricFormula) -> Bool {
        left.term == right.term && left.columns == right.columns
    }

    /// The columns of a share: count(first) / count(second).
    var share: (cases: Int, trials: Int)? {
        if case .operation(.by, .count(let cases), .count(let trials)) = term { (cases, trials) } else { nil }
    }

    /// The value, and by how much it changes with each column's sum.
    ///
    /// - Parameter sums: In the order of `columns`.
    func value(_ sums: [Double]) -> (value: Double, slopes: [Double]) { Self.value(term, sums) }

    private static func value(_ term: Term, _ sums: [Double]) -> (value: Double, slopes: [Double]) {
        switch term {
        case .number(let number): return (number, sums.map { _ in 0 })
        case .sum(let index), .count(let index):
            return (sums[index], sums.indices.map { $0 == index ? 1 : 0 })
        case .negative(let inner):
            let (value, slopes) = value(inner, sums)
            return (-value, slopes.map { -$0 })
        case .operation(let sign, let left, let right):
            let (x, dx) = value(left, sums)
            let (y, dy) = value(right, sums)
            let pairs = zip(dx, dy)
            return switch sign {
            case .plus: (x + y, pairs.map { $0 + $1 })
            case .minus: (x - y, pairs.map { $0 - $1 })
            case .times: (x * y, pairs.map { $0 * y + x * $1 })
            // Nothing by nothing cannot be said.
            case .by: y == 0 ? (.nan, dx.map { _ in .nan }) : (x / y, pairs.map { ($0 - x / y * $1) / y })
            }
        }
    }
}

/// Reads a formula by recursive descent.
private struct MetricFormulaParser {
    let text: String
    let characters: [Character]
    var position = 0
    var columns: [String] = []

    init(_ text: String) {
        self.text = text
        characters = Array(text)
    }

    mutating func whole() throws(MeasurementError) -> MetricFormula.Term {
        let term = try sum(depth: 0)
        guard next == nil else { throw fault("“\(next ?? " ")” does not belong here. Put + - * or / between values.") }
        return term
    }

    private mutating func sum(depth: Int) throws(MeasurementError) -> MetricFormula.Term {
        var term = try product(depth: depth)
        while let sign = take("+-") { term = .operation(sign, term, try product(depth: depth)) }
        return term
    }

    private mutating func product(depth: Int) throws(MeasurementError) -> MetricFormula.Term {
        var term = try factor(depth: depth)
        while let sign = take("*/") { term = .operation(sign, term, try factor(depth: depth)) }
        return term
    }

    private mutating func factor(depth: Int) throws(MeasurementError) -> MetricFormula.Term {
        guard depth < 50 else { throw fault("it nests more than 50 levels deep. Simplify it.") }
        guard let first = next else { throw fault("a value is missing. Add a number, sum(column) or count(column).") }
        if first == "-" {
            position += 1
            return .negative(try factor(depth: depth + 1))
        }
        if first == "(" {
            position += 1
            let term = try sum(depth: depth + 1)
            try expect(")")
            return term
        }
        let start = position
        let word = takeWord()
        if first.isNumber || first == "." {
            guard let number = Double(word), number.isFinite else {
                throw fault("“\(word)” is no number.", at: start)
            }
            return .number(number)
        }
        guard word == "sum" || word == "count" else {
            throw fault(
                "“\(word.isEmpty ? String(first) : word)” is not known. Use sum(column) or count(column).", at: start)
        }
        try expect("(")
        _ = next
        let column = takeWord()
        guard column.first?.isLetter == true else { throw fault("the name of a column is missing.") }
        try expect(")")
        if !columns.contains(column) { columns.append(column) }
        let index = columns.firstIndex(of: column) ?? 0
        return word == "sum" ? .sum(index) : .count(index)
    }

    /// The next character that is no space; moves to it.
    private var next: Character? {
        mutating get {
            while position < characters.count, characters[position] == " " { position += 1 }
            return position < characters.count ? characters[position] : nil
        }
    }

    private mutating func take(_ signs: String) -> MetricFormula.Operator? {
        guard let character = next, signs.contains(character) else { return nil }
        position += 1
        return MetricFormula.Operator(rawValue: character)
    }

    private mutating func takeWord() -> String {
        let start = position
        while position < characters.count {
            let character = characters[position]
            guard character.isLetter || character.isNumber || character == "_" || character == "." else { break }
            position += 1
        }
        return String(characters[start..<position])
    }

    private mutating func expect(_ character: Character) throws(MeasurementError) {
        guard next == character else { throw fault("“\(character)” is missing.") }
        position += 1
    }

    private func fault(_ message: String, at place: Int? = nil) -> MeasurementError {
        MeasurementError("Formula “\(text)”, character \((place ?? position) + 1): \(message)")
    }
}
