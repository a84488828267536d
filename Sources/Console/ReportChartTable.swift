import WeirReporting

extension Chart {
    /// The figures of the picture in rows.
    var table: ReportTable {
        switch kind {
        case .lines(let lines): lines.table(name)
        case .intervals(let rows, _, _):
            ReportTable(
                name: name, columns: [.init("name", ""), .init("value", "Value")],
                rows: rows.map { [.text($0.name), .quantity($0.quantity)] })
        case .bars(let bars, let series, let unit):
            ReportTable(
                name: name,
                columns: [.init("name", "")]
                    + series.map { .init(identifier($0), series.count == 1 && $0.isEmpty ? "Value" : $0) },
                rows: bars.map { bar in
                    [.text(bar.name)]
                        + series.indices.map { .number($0 < bar.values.count ? bar.values[$0] : nil, unit) }
                })
        }
    }
}

extension Chart.Lines {
    /// A row for each place; lines of the background only where there are few.
    fileprivate func table(_ name: String) -> ReportTable {
        let shown = series.count <= 12 ? series : series.filter { $0.style != .background }
        let places = Set(shown.flatMap(\.x) + (band?.x ?? [])).filter(\.isFinite).sorted()
        let values = shown.map { Dictionary(zip($0.x, $0.y), uniquingKeysWith: { $1 }) }
        let low = band.map { Dictionary(zip($0.x, $0.lower), uniquingKeysWith: { $1 }) }
        let high = band.map { Dictionary(zip($0.x, $0.upper), uniquingKeysWith: { $1 }) }
        let ends: [ReportTable.Column] = band == nil ? [] : [.init("low", "Range from"), .init("high", "to")]
        return ReportTable(
            name: name, columns: [place] + shown.map { .init(identifier($0.name), $0.name) } + ends,
            rows: places.map { x in
                [cell(x)] + values.map { .number($0[x], unit) }
                    + [low, high].compactMap { $0 }.map { .number($0[x], unit) }
            })
    }

    private var place: ReportTable.Column {
        switch horizontal {
        case .time: .init("time", "Time")
        case .number(let label): .init("x", label)
        }
    }

    private func cell(_ x: Double) -> ReportTable.Cell {
        if case .time = horizontal { .text(horizontal.text(x)) } else { .number(x) }
    }
}

/// A name as CSV has it: lower case, with underscores.
private func identifier(_ text: String) -> String {
    text.lowercased().split { !($0.isLetter || $0.isNumber) }.joined(separator: "_")
}
