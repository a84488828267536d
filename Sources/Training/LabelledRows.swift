import WeirDomain
package import WeirLearning
package import WeirTables

/// Examples as they come from a file: with their times, and with what was left out and why.
package struct LabelledRows: Sendable {
    package var examples: Examples
    package var output: BatchModel.Output
    /// One per row: microseconds since 1970, or the column's numbers; nil without a time column.
    package var times: [Double]?
    /// Whether times are moments rather than plain numbers.
    package var hasMoments: Bool
    /// What a reader should know, in sentences.
    package var notes: [String]
    /// Which column was read as what, in one line; empty where nothing was read.
    package var understood = ""

    package init(
        examples: Examples, output: BatchModel.Output, times: [Double]? = nil, hasMoments: Bool = false,
        notes: [String] = []
    ) {
        self.examples = examples
        self.output = output
        self.times = times
        self.hasMoments = hasMoments
        self.notes = notes
    }

    /// Which columns are what.
    package struct Roles: Sendable {
        package var target: String
        package var time: String?
        /// Nil takes all others.
        package var features: [String]?
        package var ignored: [String] = []

        package init(target: String, time: String? = nil, features: [String]? = nil, ignored: [String] = []) {
            self.target = target
            self.time = time
            self.features = features
            self.ignored = ignored
        }
    }

    /// A target that is 0 or 1 in all rows is a probability's, any other a mean's. Rows without target are left out.
    ///
    /// A category that names nearly every row, such as an id, is left out of the features unless they are listed.
    ///
    /// - Throws: `TableError` or `TrainingError`.
    package init(_ table: Table, roles: Roles) throws {
        var notes: [String] = []
        try table.requireReadable()
        if table.faultCount > 0 {
            notes.append(
                "\(table.faultCount) lines could not be read and were left out; the first: "
                    + table.faults.prefix(3).joined(separator: " "))
        }
        let targets = try table.numbers(roles.target)
        let kept = (0..<table.rows).filter { !targets[$0].isNaN }
        if kept.count < table.rows {
            notes.append("\(table.rows - kept.count) rows have no “\(roles.target)” and were left out.")
        }
        var times: [Double]?
        var hasMoments = false
        if let time = roles.time { (times, hasMoments) = try Self.times(table, time) }
        let columns = try Self.columns(table, roles, &notes)
        let features = try FeatureMatrix(table, columns: columns)
        let wanted = kept.map { targets[$0] }
        self.init(
            examples: Examples(
                features: kept.count < table.rows ? features.rows(kept) : features, targets: wanted),
            output: wanted.allSatisfy { $0 == 0 || $0 == 1 } ? .probability : .mean,
            times: times.map { times in kept.map { times[$0] } }, hasMoments: hasMoments, notes: notes)
        understood = Self.understood(table, roles, columns, self)
    }

    private static func understood(
        _ table: Table, _ roles: Roles, _ columns: [BatchModel.Column], _ rows: LabelledRows
    ) -> String {
        let isShare = rows.output == .probability
        var parts = ["target \(roles.target) as \(isShare ? "0 or 1" : "a number")"]
        if let time = roles.time {
            let period = rows.period.map { " from \($0[0]) to \($0[1])" } ?? ""
            parts.append("time \(time) as \(rows.hasMoments ? "moments" : "numbers")\(period)")
        }
        parts.append(table.kinds(of: columns.map(\.name)))
        let used = Set(columns.map(\.name) + [roles.target] + (roles.time.map { [$0] } ?? []))
        let unused = table.names.filter { !used.contains($0) }
        if !unused.isEmpty { parts.append("not learned from: \(unused.prefix(12).joined(separator: ", "))") }
        let empty = table.rows - rows.examples.targets.count
        parts.append(table.rowsRead + (empty > 0 ? ", \(empty) without a target" : ""))
        return "\(parts.joined(separator: "; "))."
    }

    /// The same from numbers only, such as a NumPy file's.
    package init(_ matrix: FeatureMatrix, roles: Roles) throws {
        let table = { (name: String) throws(TableError) -> Int in
            let names = matrix.columns.map(\.name)
            guard let index = names.firstIndex(of: name) else {
                throw .unknownColumn(file: "the array", name, known: names)
            }
            return index
        }
        let width = matrix.columns.count
        let target = try table(roles.target)
        let time = try roles.time.map(table)
        let excluded = try Set(roles.ignored.map(table) + [target] + (time.map { [$0] } ?? []))
        let taken = try roles.features?.map(table) ?? matrix.columns.indices.filter { !excluded.contains($0) }
        guard !taken.isEmpty else { throw Self.noFeatures }
        let kept = (0..<matrix.rows).filter { !matrix.values[$0 * width + target].isNaN }
        var values = ContiguousArray<Float>()
        values.reserveCapacity(kept.count * taken.count)
        matrix.values.withUnsafeBufferPointer { cells in
            for row in kept { for column in taken { values.append(cells[row * width + column]) } }
        }
        let targets = kept.map { Double(matrix.values[$0 * width + target]) }
        self.init(
            examples: Examples(
                features: FeatureMatrix(columns: taken.map { matrix.columns[$0] }, values: values), targets: targets),
            output: targets.allSatisfy { $0 == 0 || $0 == 1 } ? .probability : .mean,
            times: time.map { time in kept.map { Double(matrix.values[$0 * width + time]) } },
            notes: kept.count < matrix.rows
                ? ["\(matrix.rows - kept.count) rows have no “\(roles.target)” and were left out."] : [])
    }

    static let noFeatures = TrainingError.invalidSetting(
        name: "features", value: "none", remedy: "Leave at least one column besides the target and the time.")

    private static func columns(
        _ table: Table, _ roles: Roles, _ notes: inout [String]
    ) throws -> [BatchModel.Column] {
        for name in roles.ignored + (roles.features ?? []) { _ = try table.categories(name) }
        var excluded = Set(roles.ignored + [roles.target] + (roles.time.map { [$0] } ?? []))
        // What a log of decisions holds besides features.
        if table.names.contains("decision"), table.names.contains("propensity") {
            excluded.formUnion(["decision", "propensity"])
        }
        var columns: [BatchModel.Column] = []
        for name in roles.features ?? table.names where !excluded.contains(name) {
            guard let index = table.names.firstIndex(of: name) else { continue }
            switch table.columns[index] {
            case .numbers(let numbers):
                if roles.features == nil, isIdentifier(name, numbers) {
                    notes.append(
                        "“\(name)” numbers nearly every row and was left out; --features takes it nevertheless.")
                } else {
                    columns.append(.init(name: name))
                }
            case .categories(_, let levels):
                if roles.features == nil, 2 * levels.count > table.rows, table.rows > 20 {
                    notes.append("“\(name)” names nearly every row and was left out; --features takes it nevertheless.")
                } else {
                    columns.append(.init(name: name, levels: levels))
                }
            }
        }
        guard !columns.isEmpty else { throw noFeatures }
        return columns
    }

    /// Whether a column of numbers only tells rows apart, by its name and its values.
    private static func isIdentifier(_ name: String, _ numbers: ContiguousArray<Double>) -> Bool {
        let name = name.lowercased()
        guard name == "id" || name.hasSuffix("_id"), numbers.count > 20 else { return false }
        guard numbers.allSatisfy({ $0.isNaN || $0 == $0.rounded() }) else { return false }
        return 2 * Set(numbers.lazy.filter { !$0.isNaN }).count > numbers.count
    }

    private static func times(_ table: Table, _ name: String) throws -> ([Double], Bool) {
        if let numbers = try? table.numbers(name) {
            if let row = numbers.firstIndex(where: { !$0.isFinite }) {
                throw badTime(table, name, row, numbers[row].isNaN ? "" : "\(numbers[row])")
            }
            return (Array(numbers), false)
        }
        let (codes, levels) = try table.categories(name)
        let moments = levels.map { Timestamp(iso8601: $0).map { Double($0.microseconds) } }
        let times = try codes.indices.map { row in
            guard codes[row] >= 0, let time = moments[Int(codes[row])] else {
                throw badTime(table, name, row, codes[row] >= 0 ? levels[Int(codes[row])] : "")
            }
            return time
        }
        return (times, true)
    }

    private static func badTime(_ table: Table, _ name: String, _ row: Int, _ value: String) -> TrainingError {
        .invalidSetting(
            name: "time", value: "“\(value)” in line \(table.line(ofRow: row)), column “\(name)”",
            remedy: "Give each row a number, or a moment such as 2017-08-01 or 2017-08-01T09:30:00Z.")
    }
}

extension LabelledRows {
    /// How a time reads.
    package func text(time: Double) -> String {
        hasMoments
            ? Timestamp(microseconds: Int64(saturating: time)).iso8601
            : Int64(exactly: time).map(String.init) ?? "\(time)"
    }

    /// First and last time.
    package var period: [String]? {
        guard let times, let first = times.min(), let last = times.max() else { return nil }
        return [text(time: first), text(time: last)]
    }
}

extension Examples {
    /// The examples at these positions.
    package func rows(_ positions: [Int]) -> Examples {
        Examples(
            features: features.rows(positions), targets: positions.map { targets[$0] },
            weights: weights.map { weights in positions.map { weights[$0] } })
    }
}
