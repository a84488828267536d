/// A line picture as SVG that is as wide as its place: widths are shares, heights are pixels, so letters never shrink.
///
/// The y axis is an SVG of its own at the left; curves are drawn in a stretched inner SVG with strokes that do not
/// scale. Each stop gives its exact value on hover and on keyboard focus; one of them is in the tab order, and the
/// script lets the arrow keys move between them.
struct Plot {
    struct Point {
        var x: Double
        var y: Double
    }

    struct Curve {
        /// A class of the stylesheet: `line`, `plan`, `cone`, `faint`.
        var style: String
        var points: [Point]
        var isClosed = false
    }

    struct Label {
        var at: Point
        var text: String
        var style = ""
        var anchor = "start"
        var dx = 0
        var dy = 0
    }

    /// An upright line from `low` to `high`.
    struct Whisker {
        var x: Double
        var low: Double
        var high: Double
    }

    /// A dashed upright line over the whole height with its name above.
    struct Mark {
        var x: Double
        var text: String
        /// Which line of names it stands in, from the top, so that neighbours do not cover each other.
        var row = 0
    }

    struct Stop {
        var at: Point
        var text: String
        /// A second line of the same.
        var detail = ""
    }

    /// Unique on the page.
    let id: String
    let title: String
    /// What the picture says, for those who do not see it.
    let summary: String
    let xRange: ClosedRange<Double>
    let yRange: ClosedRange<Double>
    /// Of the part that holds curves, in pixels.
    let height: Double
    var top = 22.0
    var xTicks: [(Double, String)] = []
    var yTicks: [(Double, String)] = []
    /// Of the part at the left that holds the y axis, in pixels.
    var axisWidth = 44
    /// A thin line across.
    var levels: [Double] = []
    var curves: [Curve] = []
    var whiskers: [Whisker] = []
    var marks: [Mark] = []
    var dots: [Point] = []
    var labels: [Label] = []
    var stops: [Stop] = []
    /// The stop in the tab order.
    var currentStop = 0

    var html: HTML {
        let whole = Int(top + height + (xTicks.isEmpty ? 4 : 26))
        let axis: HTML? =
            yTicks.isEmpty
            ? nil
            : """
            <svg class="axis" width="\(axisWidth)" height="\(whole)" aria-hidden="true">\(yTicks.map(axisLabel))</svg>
            """
        return """
            <div class="plot\(yTicks.isEmpty ? " bare" : "")">\(axis)<svg class="field" width="100%" height="\(whole)">
            <g role="img" aria-labelledby="\(id)-t \(id)-d"><title id="\(id)-t">\(title)</title>\
            <desc id="\(id)-d">\(summary)</desc>\
            \(yTicks.map(gridLine))\(levels.map(levelLine))\(marks.map(mark))\(xTicks.map(timeLabel))
            <svg y="\(coordinate(top))" width="100%" height="\(coordinate(height))" \
            viewBox="0 0 1000 \(coordinate(height))" preserveAspectRatio="none" class="curves">\(curves.map(path))</svg>
            \(whiskers.map(whisker))\(dots.map(dot))\(labels.map(label))</g>
            <g class="stops">\(stops.indices.map(stop))</g></svg></div>
            """
    }

    // MARK: Places

    private func share(_ x: Double) -> Double {
        let width = xRange.upperBound - xRange.lowerBound
        return width > 0 ? min(1, max(0, (x - xRange.lowerBound) / width)) : 1
    }

    private func percent(_ x: Double) -> String { coordinate(share(x) * 100) + "%" }

    /// Pixels from the top of the curves' part.
    private func drop(_ y: Double) -> Double {
        height * (1 - (y - yRange.lowerBound) / (yRange.upperBound - yRange.lowerBound))
    }

    private func pixel(_ y: Double) -> String { coordinate(top + drop(y)) }

    // MARK: Parts

    private func axisLabel(_ tick: (Double, String)) -> HTML {
        "<text x=\"\(axisWidth - 8)\" y=\"\(coordinate(top + drop(tick.0) + 4))\" text-anchor=\"end\">\(tick.1)</text>"
    }

    private func gridLine(_ tick: (Double, String)) -> HTML {
        "<line class=\"grid\" x2=\"100%\" y1=\"\(pixel(tick.0))\" y2=\"\(pixel(tick.0))\"/>"
    }

    private func levelLine(_ y: Double) -> HTML {
        "<line class=\"level\" x2=\"100%\" y1=\"\(pixel(y))\" y2=\"\(pixel(y))\"/>"
    }

    private func timeLabel(_ tick: (Double, String)) -> HTML {
        let place = share(tick.0)
        let anchor = place < 0.04 ? "start" : place > 0.96 ? "end" : "middle"
        return """
            <text x="\(percent(tick.0))" y="\(coordinate(top + height + 19))" text-anchor="\(anchor)">\(tick.1)</text>
            """
    }

    private func path(_ curve: Curve) -> HTML {
        var data = ""
        for point in curve.points {
            data += "\(data.isEmpty ? "M" : "L")\(coordinate(share(point.x) * 1000)) \(coordinate(drop(point.y)))"
        }
        return "<path class=\"\(curve.style)\" d=\"\(data + (curve.isClosed ? "Z" : ""))\"/>"
    }

    private func whisker(_ whisker: Whisker) -> HTML {
        """
        <line class="whisker" x1="\(percent(whisker.x))" x2="\(percent(whisker.x))" y1="\(pixel(whisker.low))" \
        y2="\(pixel(whisker.high))"/>
        """
    }

    private func mark(_ mark: Mark) -> HTML {
        let anchor = share(mark.x) < 0.2 ? "start" : share(mark.x) > 0.8 ? "end" : "middle"
        let drop = 11 + mark.row * 16
        return """
            <g class="mark-line"><line x1="\(percent(mark.x))" x2="\(percent(mark.x))" y1="\(drop + 5)" \
            y2="\(coordinate(top + height))"/><text x="\(percent(mark.x))" y="\(drop)" \
            text-anchor="\(anchor)">\(mark.text)</text></g>
            """
    }

    private func dot(_ point: Point) -> HTML {
        "<circle class=\"dot\" cx=\"\(percent(point.x))\" cy=\"\(pixel(point.y))\" r=\"4.5\"/>"
    }

    private func label(_ label: Label) -> HTML {
        """
        <text class="\(label.style)" x="\(percent(label.at.x))" y="\(pixel(label.at.y))" dx="\(label.dx)" \
        dy="\(label.dy)" text-anchor="\(label.anchor)">\(label.text)</text>
        """
    }

    /// A band as wide as the point's neighbourhood, so that the pointer need not hit the line.
    private func stop(_ index: Int) -> HTML {
        let here = share(stops[index].at.x)
        let left = index == 0 ? 0 : (share(stops[index - 1].at.x) + here) / 2
        let right = index == stops.count - 1 ? 1 : (share(stops[index + 1].at.x) + here) / 2
        let anchor = here < 0.25 ? "start" : here > 0.75 ? "end" : "middle"
        let (text, detail) = (stops[index].text, stops[index].detail)
        let second: HTML? =
            detail.isEmpty
            ? nil
            : "<text x=\"\(coordinate(here * 100))%\" y=\"27\" text-anchor=\"\(anchor)\">\(detail)</text>"
        let whole = detail.isEmpty ? text : "\(text), \(detail)"
        return """
            <g tabindex="\(index == currentStop ? 0 : -1)" role="img" aria-label="\(whole)">\
            <rect x="\(coordinate(left * 100))%" width="\(coordinate((right - left) * 100))%" height="100%"/>\
            <circle cx="\(coordinate(here * 100))%" cy="\(pixel(stops[index].at.y))" r="4"/>\
            <text x="\(coordinate(here * 100))%" y="11" text-anchor="\(anchor)">\(text)</text>\(second)</g>
            """
    }
}

/// Two digits behind the point at most, none wasted.
func coordinate(_ value: Double) -> String {
    let text = Figure.plain(value, digits: 2)
    guard text.contains(".") else { return text }
    var trimmed = Substring(text)
    while trimmed.last == "0" { trimmed.removeLast() }
    if trimmed.last == "." { trimmed.removeLast() }
    return trimmed == "-0" ? "0" : String(trimmed)
}

/// At most `count` of the elements, evenly chosen, first and last among them.
func thinned<Element>(_ elements: [Element], to count: Int) -> [Element] {
    guard elements.count > count, count > 1 else { return elements }
    return (0..<count).map { elements[$0 * (elements.count - 1) / (count - 1)] }
}
