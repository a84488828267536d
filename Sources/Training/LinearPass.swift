import Foundation

/// One pass over rows: a few at a time stand standardised in the first cache, and sums over them are made there.
///
/// Sums over a block are of 32 bits, over blocks of 64.
final class LinearPass {
    static let blockRows = 64
    private(set) var curvature: SymmetricMatrix?

    private let design: LinearDesign
    private let centers: UnsafeMutablePointer<SIMD8<Float>>
    private let inverses: UnsafeMutablePointer<SIMD8<Float>>
    private let missingSwitches: UnsafeMutablePointer<Int32>
    private let hasMissingNumbers: Bool
    private let switchWeights: [Double]
    private let vectors: Int
    private let capacity: Int
    /// Row-major, `vectors` per row; 0 where a value is missing or a category's.
    private let values: UnsafeMutablePointer<SIMD8<Float>>
    /// The same, times the second derivative of the row's loss by its margin.
    private let bent: UnsafeMutablePointer<SIMD8<Float>>
    private let weights: UnsafeMutablePointer<SIMD8<Float>>
    private let blockGradient: UnsafeMutablePointer<SIMD8<Float>>
    /// The switches that are on, `capacity` per row, and how many.
    private let switches: UnsafeMutablePointer<Int32>
    private let switchCounts: UnsafeMutablePointer<Int>
    private let bends: UnsafeMutablePointer<Double>
    private let sums: UnsafeMutablePointer<Double>

    /// Σ over all rows of slope × input, one per weight.
    var gradient: [Double] { Array(UnsafeBufferPointer(start: sums, count: design.count)) }

    init(_ design: LinearDesign, weights start: [Double], withCurvature: Bool) {
        func zeros<Element>(_ count: Int, _ zero: Element) -> UnsafeMutablePointer<Element> {
            let pointer = UnsafeMutablePointer<Element>.allocate(capacity: max(1, count))
            pointer.initialize(repeating: zero, count: max(1, count))
            return pointer
        }
        self.design = design
        switchWeights = start
        curvature = withCurvature ? SymmetricMatrix(count: design.count) : nil
        vectors = design.stride / 8
        capacity = design.pickers.count
        centers = zeros(vectors, .zero)
        centers.update(from: design.centers, count: vectors)
        inverses = zeros(vectors, .zero)
        inverses.update(from: design.inverses, count: vectors)
        missingSwitches = zeros(design.stride, 0)
        missingSwitches.update(from: design.missingSwitches, count: design.stride)
        hasMissingNumbers = design.hasMissingNumbers
        values = zeros(Self.blockRows * vectors, .zero)
        bent = zeros(withCurvature ? Self.blockRows * vectors : 0, .zero)
        weights = zeros(vectors, .zero)
        blockGradient = zeros(vectors, .zero)
        switches = zeros(Self.blockRows * capacity, 0)
        switchCounts = zeros(Self.blockRows, 0)
        bends = zeros(Self.blockRows, 0)
        sums = zeros(design.count, 0)
        for column in 0..<design.width { weights[column / 8][column % 8] = Float(start[column]) }
    }

    deinit {
        centers.deallocate()
        inverses.deallocate()
        missingSwitches.deallocate()
        values.deallocate()
        bent.deallocate()
        weights.deallocate()
        blockGradient.deallocate()
        switches.deallocate()
        switchCounts.deallocate()
        bends.deallocate()
        sums.deallocate()
    }

    /// Puts a row into the block.
    ///
    /// - Returns: Its margin.
    func load(_ row: Int, from source: UnsafePointer<Float>) -> Double {
        let start = values + row * vectors
        // A row may end within a vector, whose other lanes stay 0.
        let whole = design.width / 8
        let rest = design.width - 8 * whole
        if rest > 0 {
            UnsafeMutableRawPointer(start + whole).copyMemory(from: source + 8 * whole, byteCount: 4 * rest)
        }
        var count = 0
        var sum = SIMD8<Float>.zero
        for picker in design.categories {
            let value = source[picker.column]
            guard let index = value.isNaN ? picker.missing : picker.levels.map({ $0 + Int(value) }) else { continue }
            switches[row * capacity + count] = Int32(index)
            count += 1
        }
        for vector in 0..<vectors {
            let value =
                vector < whole
                ? UnsafeRawPointer(source + 8 * vector).loadUnaligned(as: SIMD8<Float>.self) : start[vector]
            let isMissing = value .!= value
            let standardised = ((value - centers[vector]) * inverses[vector]).replacing(with: 0, where: isMissing)
            start[vector] = standardised
            sum += standardised * weights[vector]
            guard hasMissingNumbers, Self.any(isMissing) else { continue }
            for column in vector * 8..<min(vector * 8 + 8, design.width) where source[column].isNaN {
                let index = missingSwitches[column]
                guard index >= 0 else { continue }
                switches[row * capacity + count] = index
                count += 1
            }
        }
        switchCounts[row] = count
        var margin = switchWeights[design.count - 1] + Double(sum.sum())
        for index in 0..<count { margin += switchWeights[Int(switches[row * capacity + index])] }
        return margin
    }

    /// - Parameters:
    ///   - slope: First derivative of the row's loss by its margin.
    ///   - bend: Second derivative.
    func accumulate(_ row: Int, slope: Double, bend: Double) {
        bends[row] = bend
        let start = values + row * vectors
        let scale = Float(slope)
        for vector in 0..<vectors { blockGradient[vector] += start[vector] * scale }
        sums[design.count - 1] += slope
        for index in 0..<switchCounts[row] { sums[Int(switches[row * capacity + index])] += slope }
    }

    func finishBlock(rows: Int) {
        let scalars = UnsafeMutableRawPointer(blockGradient).assumingMemoryBound(to: Float.self)
        for column in 0..<design.width { sums[column] += Double(scalars[column]) }
        for vector in 0..<vectors { blockGradient[vector] = .zero }
        guard curvature != nil else { return }
        curvature!.values.withUnsafeMutableBufferPointer { sums in
            sumNumbers(rows: rows, to: sums.baseAddress!)
            sumSwitches(rows: rows, to: sums.baseAddress!)
        }
    }

    /// Products of numbers with numbers, in tiles of 4 × 8 whose sums stay in registers.
    private func sumNumbers(rows: Int, to sums: UnsafeMutablePointer<Double>) {
        for row in 0..<rows {
            let bend = Float(bends[row])
            for vector in row * vectors..<(row + 1) * vectors { bent[vector] = values[vector] * bend }
        }
        let scalars = UnsafeMutableRawPointer(bent).assumingMemoryBound(to: Float.self)
        for first in stride(from: 0, to: design.width, by: 4) {
            for vector in 0...first / 8 {
                var (one, two, three, four) = (
                    SIMD8<Float>.zero, SIMD8<Float>.zero, SIMD8<Float>.zero, SIMD8<Float>.zero
                )
                for row in 0..<rows {
                    let value = values[row * vectors + vector]
                    let scalar = scalars + row * vectors * 8 + first
                    one += value * scalar[0]
                    two += value * scalar[1]
                    three += value * scalar[2]
                    four += value * scalar[3]
                }
                let lanes = min(8, design.width - vector * 8)
                for (offset, tile) in [one, two, three, four].enumerated() where first + offset < design.width {
                    let start = sums + (first + offset) * design.count + vector * 8
                    for lane in 0..<lanes { start[lane] += Double(tile[lane]) }
                }
            }
        }
    }

    /// What switches and the bias have in common with all weights before them.
    private func sumSwitches(rows: Int, to sums: UnsafeMutablePointer<Double>) {
        let count = design.count
        let bias = sums + (count - 1) * count
        let scalars = UnsafeMutableRawPointer(bent).assumingMemoryBound(to: Float.self)
        for row in 0..<rows {
            let numbers = scalars + row * vectors * 8
            for column in 0..<design.width { bias[column] += Double(numbers[column]) }
            bias[count - 1] += bends[row]
            let on = UnsafeBufferPointer(start: switches + row * capacity, count: switchCounts[row])
            for index in on {
                bias[Int(index)] += bends[row]
                let start = sums + Int(index) * count
                for column in 0..<design.width { start[column] += Double(numbers[column]) }
                for other in on where other <= index { start[Int(other)] += bends[row] }
            }
        }
    }

    /// Whether any lane is set; quicker than the library's.
    private static func any(_ mask: SIMDMask<SIMD8<Int32>>) -> Bool {
        let bits = unsafeBitCast(mask, to: SIMD4<UInt64>.self)
        return bits[0] | bits[1] | bits[2] | bits[3] != 0
    }
}
