/// Gates at a glance, a cell each; the verdict shows in height as well as in colour.
func gateCells(_ gates: [GateStatus]) -> HTML {
    let cells = gates.enumerated().map { index, gate -> HTML in
        let x = index * 12 + 1
        let title: HTML = "<title>\(gate.name): \(gate.verdict.words)</title>"
        return switch gate.verdict {
        case .passed: "<path class=\"ok\" d=\"M\(x) 1h9v16h-9z\">\(title)</path>"
        case .failed: "<path class=\"failed\" d=\"M\(x) 9h9v8h-9z\">\(title)</path>"
        case .unmeasured: "<path class=\"none\" d=\"M\(x) 15h9v2h-9z\">\(title)</path>"
        }
    }
    return """
        <svg class="gates" width="\(gates.count * 12)" height="18" role="img" aria-label="\(gateWords(gates))">\
        \(cells)</svg>
        """
}

/// "4 of 5 passed; failed: calibration".
func gateWords(_ gates: [GateStatus]) -> String {
    func names(_ verdict: GateStatus.Verdict) -> String {
        gates.filter { $0.verdict == verdict }.map(\.name).joined(separator: ", ")
    }
    var words = "\(gates.count { $0.verdict == .passed }) of \(Figure.count(gates.count, "gate")) passed"
    if !names(.failed).isEmpty { words += "; failed: \(names(.failed))" }
    if !names(.unmeasured).isEmpty { words += "; not yet measured: \(names(.unmeasured))" }
    return words
}

extension GateStatus.Verdict {
    var words: String {
        switch self {
        case .passed: "passed"
        case .failed: "failed"
        case .unmeasured: "not yet measured"
        }
    }
}
