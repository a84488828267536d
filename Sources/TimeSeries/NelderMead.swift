/// The lowest point of a function that it finds from a start, by the simplex of Nelder and Mead.
///
/// Source: Nelder, Mead, "A Simplex Method for Function Minimization" (The Computer Journal 7(4), 1965), with the
/// standard steps 1, 2, ½ and ½. Deterministic.
///
/// - Parameters:
///   - start: At least one number.
///   - step: First distance along each axis; > 0.
///   - tolerance: Stops where the corners' values and places differ by less.
func lowestPoint(
    from start: [Double], step: Double, tolerance: Double = 1e-9, limit: Int = 2000, of function: ([Double]) -> Double
) -> [Double] {
    let count = start.count
    var corners = [(place: start, value: function(start))]
    for axis in 0..<count {
        var place = start
        place[axis] += step
        corners.append((place, function(place)))
    }
    for _ in 0..<limit {
        corners.sort { $0.value < $1.value }
        let (best, worst) = (corners[0], corners[count])
        let spread = (0..<count).map { abs(worst.place[$0] - best.place[$0]) }.max() ?? 0
        if worst.value - best.value < tolerance, spread < 1e-5 { break }
        let centre = (0..<count).map { axis in corners[..<count].reduce(0) { $0 + $1.place[axis] } / Double(count) }
        func tried(_ factor: Double) -> (place: [Double], value: Double) {
            let place = (0..<count).map { centre[$0] + factor * (worst.place[$0] - centre[$0]) }
            return (place, function(place))
        }
        let reflected = tried(-1)
        if reflected.value < best.value {
            let expanded = tried(-2)
            corners[count] = expanded.value < reflected.value ? expanded : reflected
        } else if reflected.value < corners[count - 1].value {
            corners[count] = reflected
        } else {
            let contracted = tried(reflected.value < worst.value ? -0.5 : 0.5)
            if contracted.value < min(reflected.value, worst.value) {
                corners[count] = contracted
            } else {
                for index in 1...count {
                    let place = (0..<count).map { (corners[index].place[$0] + best.place[$0]) / 2 }
                    corners[index] = (place, function(place))
                }
            }
        }
    }
    return corners.min { $0.value < $1.value }?.place ?? start
}
