import Foundation
import WeirDomain

/// The shadow price of a budget over time; on a logarithmic axis where it spans more than a factor of twenty.
func pricePlot(_ budget: BudgetStatus, index: Int, stops: Int) -> Plot {
    let prices = budget.shadowPrices
    let last = prices[prices.count - 1]
    let scale = PriceScale(prices.map(\.value) + (budget.returnFloor > 0 ? [budget.returnFloor] : []))
    let start = Double(budget.start.microseconds)
    let end = max(Double(budget.end.microseconds), Double(last.time.microseconds), start + 1)
    let unit = Figure.oneUnit(budget.limit.currency)
    func place(_ price: BudgetStatus.Price) -> Plot.Point { point(at: price.time, scale.height(price.value)) }

    var plot = Plot(
        id: "price-\(index)", title: "Shadow price of \(budget.name)",
        summary: "Now \(Figure.decimal(budget.shadowPrice, digits: 2)) per \(unit); never below "
            + "\(Figure.decimal(budget.returnFloor, digits: 2)).\(scale.isLogarithmic ? " Logarithmic axis." : "")",
        xRange: start...end, yRange: scale.range, height: scale.isLogarithmic ? 120 : 84, top: 18)
    plot.yTicks = scale.ticks.map { (scale.height($0), Figure.decimal($0, digits: scale.digits(of: $0))) }
    plot.levels = budget.returnFloor > 0 ? [scale.height(budget.returnFloor)] : []
    plot.curves = [Plot.Curve(style: "line", points: thinned(prices.map(place), to: 160))]
    plot.dots = [place(last)]
    let isEarly = (Double(last.time.microseconds) - start) / (end - start) < 0.5
    plot.labels = [
        Plot.Label(
            at: place(last), text: "\(Figure.decimal(budget.shadowPrice, digits: 2)) per \(unit)", style: "strong",
            anchor: isEarly ? "start" : "end", dx: isEarly ? -4 : 4, dy: -12)
    ]
    plot.stops = thinned(prices, to: stops).map {
        Plot.Stop(
            at: place($0), text: "\(moment($0.time, in: budget)): \(Figure.decimal($0.value, digits: 2)) per \(unit)")
    }
    plot.currentStop = plot.stops.count - 1
    return plot
}

/// Where prices stand on their axis.
struct PriceScale {
    let isLogarithmic: Bool
    /// Of heights, not of prices.
    let range: ClosedRange<Double>
    /// Prices.
    let ticks: [Double]
    private let linearDigits: Int

    init(_ prices: [Double]) {
        let positive = prices.filter { $0 > 0 && $0.isFinite }
        let (low, high) = (positive.min() ?? 1, positive.max() ?? 1)
        isLogarithmic = high > low * 20
        if isLogarithmic {
            let decades = Int(log10(low).rounded(.down))...Int(log10(high).rounded(.up))
            range = Double(decades.lowerBound)...Double(decades.upperBound)
            let step = decades.count <= 6 ? 1 : 2
            ticks = stride(from: decades.lowerBound, through: decades.upperBound, by: step).map { pow(10, Double($0)) }
            linearDigits = 0
        } else {
            let axis = Axis(from: 0, to: high, about: 2)
            (range, ticks, linearDigits) = (axis.range, axis.ticks, max(1, axis.digits))
        }
    }

    func height(_ price: Double) -> Double {
        isLogarithmic ? log10(max(price, pow(10, range.lowerBound))) : price
    }

    func digits(of tick: Double) -> Int {
        isLogarithmic ? max(0, Int((-log10(tick)).rounded())) : linearDigits
    }
}
