import WeirDomain
import ArgumentParser
import WeirCatalog
import WeirLearning
import WeirStatistics
import WeirTables
import WeirTraining

/// Rows of a trial with what names them.
struct UpliftRows {
    var examples: UpliftExamples
    var ids: [String]
}

/// The table, or tables, of a trial, read as the command's options say.
struct UpliftSource {
    private let table: Table
    private let test: Table?
    private let names: [String]
    private let levels: [[String]?]
    /// Rows of neither group, and lines that could not be read.
    private(set) var leftOut = 0

    init(_ command: UpliftCommand) throws {
        let mustBeNumbers = [command.outcome]
        let codes = [command.treatment] + (command.id.map { [$0] } ?? [])
        table = try Table(
            path: command.input, mustBeNumbers: mustBeNumbers, mustBeCategories: codes, verbatim: [command.treatment])
        let chosen = command.features.names
        let ignored = command.ignore.names
        for name in chosen + ignored where !table.names.contains(name) { _ = try table.categories(name) }
        let reserved = [command.treatment, command.outcome, command.id, command.propensity].compactMap { $0 }
        if let name = chosen.first(where: reserved.contains) {
            throw ValidationError("“\(name)” cannot be a feature: it is named as treatment, outcome, id or propensity.")
        }
        var names = chosen.isEmpty ? table.names.filter { !reserved.contains($0) && !ignored.contains($0) } : chosen
        if chosen.isEmpty {
            // A name that nearly every row has for itself says nothing about another row; the rest can be learned from.
            for name in names {
                guard let known = Self.tooMany(name, table) else { continue }
                sayAside([
                    "Column “\(name)” has \(known) different texts in \(table.rows) rows and is left out: too many to learn from."
                ])
                names.removeAll { $0 == name }
            }
        }
        self.names = names
        guard !names.isEmpty else { throw ValidationError("No column is left to learn from. Leave fewer out.") }
        var levels: [[String]?] = []
        for name in names {
            guard case .categories(_, let known) = table.columns[table.names.firstIndex(of: name)!] else {
                levels.append(nil)
                continue
            }
            if let many = Self.tooMany(name, table) {
                throw CommandFault(
                    .badInput,
                    "Column “\(name)” has \(many) different texts in \(table.rows) rows: too many to learn from. "
                        + "Leave it out of --features.")
            }
            levels.append(known)
        }
        self.levels = levels
        // Where the test file holds a text among numbers, that is a fault of its line rather than a new kind of column.
        let numeric = zip(names, levels).filter { $0.1 == nil }.map(\.0)
        let texts = codes + zip(names, levels).filter { $0.1 != nil }.map(\.0)
        let test = try command.test.map {
            try Table(
                path: $0, mustBeNumbers: mustBeNumbers + numeric, mustBeCategories: texts,
                verbatim: [command.treatment])
        }
        self.test = test
        for table in [table] + (test.map { [$0] } ?? []) {
            try table.requireReadable()
            sayAside(table.faultMessages)
            leftOut += table.rows + table.faultCount - (try Self.groups(command, table).rows.count)
        }
    }

    /// How many texts a column has, where they are too many to learn from.
    private static func tooMany(_ name: String, _ table: Table) -> Int? {
        guard case .categories(_, let known) = table.columns[table.names.firstIndex(of: name)!] else { return nil }
        return known.count > max(50, table.rows / 20) ? known.count : nil
    }

    /// Which column was read as what, in one line.
    func understood(_ command: UpliftCommand) -> String {
        "treatment \(command.treatment); outcome \(command.outcome) as a number"
            + "\(command.id.map { "; id \($0)" } ?? ""); \(table.kinds(of: names)); \(table.rowsRead)."
    }

    /// The rows to learn from, and those to judge on; each in the order of ids.
    func halves(_ command: UpliftCommand) throws -> (train: UpliftRows, test: UpliftRows) {
        let own = try Self.groups(command, table)
        let rows = try sorted(own.rows, table, command)
        let other = try test.map { (table: $0, groups: try Self.groups(command, $0)) }
        let all = rows.count + (other?.groups.rows.count ?? 0)
        let treated =
            own.rows.count { own.isTreated[$0] }
            + (other.map { o in o.groups.rows.count { o.groups.isTreated[$0] } } ?? 0)
        let share = Double(treated) / Double(all)
        if let other {
            return (
                try read(rows, table, own.isTreated, share, command),
                try read(
                    try sorted(other.groups.rows, other.table, command), other.table, other.groups.isTreated, share,
                    command)
            )
        }
        let isKeptBack = try keptBack(rows, own.isTreated, command)
        let train = rows.filter { !isKeptBack[$0] }
        let judged = rows.filter { isKeptBack[$0] }
        guard !train.isEmpty, !judged.isEmpty else {
            throw CommandFault(
                .badInput,
                "The split leaves no rows to \(train.isEmpty ? "learn from" : "judge on"). Choose another.")
        }
        return (
            try read(train, table, own.isTreated, share, command),
            try read(judged, table, own.isTreated, share, command)
        )
    }

    /// Of the judged rows, for the policy value.
    func propensities(
        of judged: UpliftExamples, learnedFrom train: UpliftExamples, seed: UInt64
    ) throws -> [Double] {
        switch judged.propensities {
        case .constant(let constant): [Double](repeating: constant, count: judged.isTreated.count)
        case .known(let known): known
        case .estimated(let method):
            try fit(
                method, Examples(features: train.features, targets: train.isTreated.map { $0 ? 1 : 0 }),
                output: .probability, seed: seed
            ).predictions(judged.features).map {
                min(max($0, Propensities.bounds.lowerBound), Propensities.bounds.upperBound)
            }
        }
    }

    /// The rows of either group; `isTreated` is by row of the table.
    private static func groups(_ command: UpliftCommand, _ table: Table) throws -> (rows: [Int], isTreated: [Bool]) {
        let (codes, known) = try table.categories(command.treatment)
        let wanted = command.treated.names
        for value in wanted + [command.control] where !known.contains(value) {
            throw CommandFault(
                .badInput,
                "No row has the treatment “\(value)” in column “\(command.treatment)”. \(value.suggestion(from: known))"
            )
        }
        guard !wanted.contains(command.control) else {
            throw ValidationError("“\(command.control)” is named as treated and as control. Name it once.")
        }
        let isTreatedLevel = known.map(wanted.contains)
        let isTreated = codes.map { $0 >= 0 && isTreatedLevel[Int($0)] }
        let control = Int32(known.firstIndex(of: command.control)!)
        return (codes.indices.filter { isTreated[$0] || codes[$0] == control }, Array(isTreated))
    }

    private func sorted(_ rows: [Int], _ table: Table, _ command: UpliftCommand) throws -> [Int] {
        guard let id = command.id else { return rows }
        let (codes, known) = try table.categories(id)
        if let row = rows.first(where: { codes[$0] < 0 }) {
            throw CommandFault(
                .badInput, "Line \(table.line(ofRow: row)) has no id in column “\(id)”. Give each row one.")
        }
        if let numbers = try? table.numbers(id) {
            return rows.sorted { numbers[$0] != numbers[$1] ? numbers[$0] < numbers[$1] : $0 < $1 }
        }
        return rows.sorted { codes[$0] != codes[$1] ? known[Int(codes[$0])] < known[Int(codes[$1])] : $0 < $1 }
    }

    private func keptBack(_ rows: [Int], _ isTreated: [Bool], _ command: UpliftCommand) throws -> [Bool] {
        var isKeptBack = [Bool](repeating: false, count: table.rows)
        if command.split == .oddEven {
            let ids = try table.numbers(command.id!)
            for row in rows {
                guard let id = Int(exactly: ids[row]) else {
                    throw CommandFault(
                        .badInput,
                        "Line \(table.line(ofRow: row)): the id \(ids[row]) is no whole number, so it is neither odd nor even. "
                            + "Use --split random.")
                }
                isKeptBack[row] = id.isMultiple(of: 2)
            }
            return isKeptBack
        }
        var random = Xoshiro256StarStar(seed: command.seed)
        for group in [true, false] {
            let drawn = rows.filter { isTreated[$0] == group }.map { (key: random.next(), row: $0) }
                .sorted { $0.key < $1.key }
            for (_, row) in drawn.prefix(Int(Double(drawn.count) * command.keptShare)) { isKeptBack[row] = true }
        }
        return isKeptBack
    }

    private func read(
        _ rows: [Int], _ table: Table, _ isTreated: [Bool], _ share: Double, _ command: UpliftCommand
    ) throws -> UpliftRows {
        func numbers(_ name: String) throws -> [Double] {
            let all = try table.numbers(name)
            if let row = rows.first(where: { !all[$0].isFinite }) {
                throw CommandFault(
                    .badInput,
                    "Line \(table.line(ofRow: row)) has no number in column “\(name)”. Give it one, or leave the line out."
                )
            }
            return rows.map { all[$0] }
        }
        let outcomes = try numbers(command.outcome)
        guard outcomes.contains(where: { $0 != outcomes[0] }) else {
            throw CommandFault(
                .badInput,
                "Column “\(command.outcome)” is \(outcomes[0]) in all \(rows.count) rows: nothing differs. "
                    + "Name another outcome, or give more rows.")
        }
        let propensities: Propensities =
            switch command.propensity {
            case nil: .constant(share)
            case "estimated": .estimated(.linear(LinearSettings()))
            case .some(let text):
                if let value = Double(text) { .constant(value) } else { .known(try numbers(text)) }
            }
        let ids = try command.id.map { try table.categories($0) }
        return UpliftRows(
            examples: UpliftExamples(
                features: try matrix(rows, table), isTreated: rows.map { isTreated[$0] }, outcomes: outcomes,
                output: isZeroOne(outcomes) ? .probability : .mean, propensities: propensities),
            ids: rows.map { row in ids.map { $0.levels[Int($0.codes[row])] } ?? String(table.line(ofRow: row)) })
    }

    private func isZeroOne(_ values: [Double]) -> Bool { values.allSatisfy { $0 == 0 || $0 == 1 } }

    private func matrix(_ rows: [Int], _ table: Table) throws -> FeatureMatrix {
        var values = ContiguousArray<Float>(repeating: .nan, count: rows.count * names.count)
        for (column, name) in names.enumerated() {
            if let levels = levels[column] {
                let (codes, own) = try table.categories(name)
                // Another file may number its levels otherwise, and have some that were never learned.
                let indices = own.map { levels.firstIndex(of: $0).map(Float.init) ?? .nan }
                for (place, row) in rows.enumerated() where codes[row] >= 0 {
                    values[place * names.count + column] = indices[Int(codes[row])]
                }
            } else {
                let numbers = try table.numbers(name)
                for (place, row) in rows.enumerated() { values[place * names.count + column] = Float(numbers[row]) }
            }
        }
        return FeatureMatrix(columns: zip(names, levels).map { .init(name: $0, levels: $1) }, values: values)
    }
}
