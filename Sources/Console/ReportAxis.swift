import WeirDomain
import WeirReporting

/// Round values along a picture's axis, written short: `20 %`, `24k`, `1.5M`.
struct ReportAxis {
    /// As measured, ascending; the first is at or below all values, the last at or above.
    let ticks: [Double]
    private let factor: Double
    private let digits: Int
    private let suffix: String

    /// - Parameters:
    ///   - values: What it must hold; those that are not finite do not count.
    ///   - startsAtZero: Whether zero must be on it.
    init(_ values: [Double], unit: Quantity.Unit, startsAtZero: Bool, about count: Int = 4) {
        let finite = values.filter(\.isFinite) + (startsAtZero ? [0] : [])
        var (low, high) = (finite.min() ?? 0, finite.max() ?? 1)
        if low == high {
            let room = low == 0 ? 1 : abs(low) * 0.1
            (low, high) = (low - (startsAtZero ? 0 : room), high + room)
        }
        let top = max(abs(low), abs(high))
        let scale = ReportFigures.scale(unit)
        let (divisor, letter): (Double, String) =
            switch top * scale {
            case 1e9...: (1e9, "G")
            case 1e6...: (1e6, "M")
            case 1e4...: (1e3, "k")
            default: (1, "")
            }
        let factor = scale / divisor
        let axis = Axis(from: low * factor, to: high * factor, about: count)
        self.factor = factor
        ticks = axis.ticks.map { $0 / factor }
        digits = axis.digits
        suffix = letter + (unit == .percent ? " %" : unit == .ratio ? " ×" : "")
    }

    var range: ClosedRange<Double> { ticks[0]...ticks[ticks.count - 1] }

    func text(_ tick: Double) -> String {
        let shown = tick * factor
        return Figure.decimal(shown, digits: digits) + (abs(shown) < 1e-9 && !suffix.hasSuffix("%") ? "" : suffix)
    }

    /// In pixels, for the widest text.
    var width: Int { max(44, (ticks.map { text($0).count }.max() ?? 0) * 7 + 14) }

    /// Whether amounts should be seen from zero: unless they all lie so far from it that nothing could be told apart.
    static func startsAtZero(_ values: [Double], unit: Quantity.Unit) -> Bool {
        let finite = values.filter(\.isFinite)
        guard let low = finite.min(), let high = finite.max(), low >= 0 || high <= 0 else { return true }
        return min(abs(low), abs(high)) < 0.6 * max(abs(low), abs(high))
    }
}

extension Chart.Axis {
    /// Where a value stands, in words.
    func text(_ x: Double) -> String {
        switch self {
        case .time:
            let moment = Timestamp(seconds: x)
            let isWhole = moment.microseconds % TimeSpan.day.microseconds == 0
            return Figure.fullDate(moment) + (isWhole ? "" : ", \(Figure.clock(moment))")
        case .number: return ReportFigures(.number(), for: [x]).text(x)
        }
    }

    /// Ticks within the range.
    func ticks(_ range: ClosedRange<Double>) -> [(Double, String)] {
        switch self {
        case .time:
            let axis = TimeAxis(
                from: Timestamp(seconds: range.lowerBound),
                to: Timestamp(seconds: range.upperBound))
            return zip(axis.ticks, axis.labels).map { (Double($0.microseconds) / 1e6, $1) }
        case .number:
            let axis = ReportAxis([range.lowerBound, range.upperBound], unit: .number(), startsAtZero: false)
            return axis.ticks.filter { range.contains($0) }.map { ($0, axis.text($0)) }
        }
    }
}
