/// A dot with its interval on one axis, as one line of a picture; lines with the same axis stand below each other.
struct IntervalStrip {
    let axis: ClosedRange<Double>
    var height = 30
    /// Whether the outermost ticks' labels may reach beyond the strip.
    var hasRoom = false

    /// Lines for the ticks, zero the strongest.
    private func grid(_ ticks: [Double]) -> [HTML] {
        ticks.map { tick in
            """
            <line class="\(abs(tick) < 1e-12 ? "zero" : "grid")" x1="\(place(tick))" x2="\(place(tick))" \
            y2="\(height)"/>
            """
        }
    }

    /// - Parameters:
    ///   - estimates: With the class of each: `clear`, `unclear`.
    ///   - ticks: Where thin lines cross.
    ///   - level: Where a dashed one does.
    ///   - title: The figures as a sentence.
    func html(
        _ estimates: [(Estimate, String)], ticks: [Double], level: Double? = nil, title: String
    ) -> HTML {
        let marks = estimates.map { estimate, style -> HTML in
            """
            <g class="\(style)"><line x1="\(place(estimate.low))" x2="\(place(estimate.high))" y1="\(height / 2)" y2="\(height / 2)"/>\
            <circle cx="\(place(estimate.value))" cy="\(height / 2)" r="5"/></g>
            """
        }
        let line: HTML? = level.map {
            "<line class=\"mean\" x1=\"\(place($0))\" x2=\"\(place($0))\" y2=\"\(height)\"/>"
        }
        return """
            <svg class="strip" width="100%" height="\(height)" role="img" aria-label="\(title)"><title>\(title)</title>\
            \(grid(ticks))\(line)\(marks)</svg>
            """
    }

    /// The ticks' labels: every second one, counted from zero, where there are more than three and no room beside the strip.
    func scale(_ ticks: [Double], _ text: (Double) -> String) -> HTML {
        let first = (ticks.firstIndex { abs($0) < 1e-12 } ?? 0) % 2
        let labelled =
            hasRoom || ticks.count <= 3 ? ticks : stride(from: first, to: ticks.count, by: 2).map { ticks[$0] }
        let labels = labelled.map { tick -> HTML in
            let share = share(tick)
            let anchor = hasRoom ? "middle" : share < 0.06 ? "start" : share > 0.94 ? "end" : "middle"
            return "<text x=\"\(place(tick))\" y=\"15\" text-anchor=\"\(anchor)\">\(text(tick))</text>"
        }
        return "<svg class=\"strip\" width=\"100%\" height=\"20\" aria-hidden=\"true\">\(labels)</svg>"
    }

    private func share(_ value: Double) -> Double {
        min(1, max(0, (value - axis.lowerBound) / (axis.upperBound - axis.lowerBound)))
    }

    private func place(_ value: Double) -> String { coordinate(share(value) * 100) + "%" }
}
