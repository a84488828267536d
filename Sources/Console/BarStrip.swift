/// A bar from zero on one axis, as one line of a picture; lines with the same axis stand below each other.
struct BarStrip {
    /// Holds zero.
    let axis: ClosedRange<Double>
    var height = 22

    /// - Parameters:
    ///   - value: Where the bar ends.
    ///   - style: A class of the stylesheet: `clear`, `unclear`.
    ///   - levels: Where thin lines cross.
    ///   - title: The figure as a sentence.
    func html(_ value: Double, style: String = "clear", levels: [Double] = [], title: String) -> HTML {
        let (zero, end) = (share(0), share(value))
        let lines = levels.map { level -> HTML in
            "<line class=\"grid\" x1=\"\(place(share(level)))\" x2=\"\(place(share(level)))\" y2=\"\(height)\"/>"
        }
        return """
            <svg class="strip" width="100%" height="\(height)" role="img" aria-label="\(title)"><title>\(title)</title>\
            \(lines)<rect class="\(style)" x="\(place(min(zero, end)))" y="\(height / 2 - 5)" \
            width="\(place(abs(end - zero)))" height="10"/>\
            <line class="zero" x1="\(place(zero))" x2="\(place(zero))" y2="\(height)"/></svg>
            """
    }

    /// An axis that holds all values and zero.
    static func axis(of values: [Double]) -> Axis {
        let (low, high) = (min(0, values.min() ?? 0), max(0, values.max() ?? 0))
        return Axis(from: low, to: high > low ? high : low + 1, about: 4)
    }

    private func share(_ value: Double) -> Double {
        min(1, max(0, (value - axis.lowerBound) / (axis.upperBound - axis.lowerBound)))
    }

    private func place(_ share: Double) -> String { coordinate(share * 100) + "%" }
}
