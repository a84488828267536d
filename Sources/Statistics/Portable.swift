/// Elementary functions that give the same bits on every machine.
///
/// A C library picks its code for `exp` and `log` by what the processor can do, and another system has another library:
/// their results differ in the last bit. A decision that is to be recomputed anywhere, or a simulation that is to repeat,
/// uses these instead: additions, multiplications and divisions in a fixed order, which IEEE 754 defines to the bit and
/// Swift never fuses.
///
/// Errors stay below 0.7 (exp), 1 (log) and 1.2 (log1p) units in the last place. Each function brings its argument near a tabulated point, where few terms of
/// the Taylor series are enough.
///
/// Source of the method: Tang, "Table-Driven Implementation of the Exponential Function in IEEE Floating-Point Arithmetic"
/// (ACM TOMS 15(2), 1989) and "… of the Logarithm Function …" (ACM TOMS 16(4), 1990).
public enum Portable {
    /// eˣ; 0 below −745.2, ∞ above 709.8.
    public static func exp(_ x: Double) -> Double {
        // Added and taken away again, this rounds to a whole number and leaves it in the lowest bits.
        let shifter = 0x1.8p52
        let shifted = x * (32 / ln2) + shifter
        let steps = shifted - shifter
        // steps · ln 2 ÷ 32 in two parts, the first of which is exact.
        let rest = (x - steps * 0x1.62e42fefa0000p-6) - steps * 0x1.cf79abc9e3b3ap-45
        guard abs(x) < 708 else { return extreme(x, over: 709.8, under: -745.2) { powerOfTwo(shifted, rest: rest) } }
        return assemble(shifted, rest: rest)
    }

    /// 2ˣ; 0 below −1075, ∞ from 1024.
    public static func exp2(_ x: Double) -> Double {
        let shifter = 0x1.8p47  // Rounds to a multiple of 1 ÷ 32.
        let shifted = x + shifter
        let rest = (x - (shifted - shifter)) * ln2
        guard abs(x) < 1021 else { return extreme(x, over: 1024, under: -1076) { powerOfTwo(shifted, rest: rest) } }
        return assemble(shifted, rest: rest)
    }

    /// The natural logarithm; −∞ of 0, not a number of less.
    public static func log(_ x: Double) -> Double {
        guard x >= Double.leastNormalMagnitude, x < .infinity else {
            if x == 0 { return -.infinity }
            if x > 0, x < .infinity { return log(x * 0x1p54) - 54 * ln2 }
            return x > 0 ? x : .nan
        }
        // x = 2^exponent · z, 0.6875 ≤ z < 1.375, and z lies near c = j ÷ 64.
        let offset = x.bitPattern &- (0.6875).bitPattern
        let exponent = Double(Int64(bitPattern: offset) >> 52)
        let z = Double(bitPattern: x.bitPattern &- (offset & 0xfff0_0000_0000_0000))
        let shifter = 0x1.8p46
        let shifted = z + shifter
        let c = shifted - shifter
        let r = (z - c) / c
        let square = r * r
        let late = -1 / 6 + r * (1 / 7) - square * (1 / 8)
        let series = square * (-1 / 2 + r * (1 / 3) + square * (-1 / 4 + r * (1 / 5) + square * late))
        let place = 2 * (Int(shifted.bitPattern & 0xff) - 44)
        let known = exponent * 0x1.62e42fefa3800p-1 + logarithms[place]  // Exact.
        let sum = known + r
        return sum + ((known - sum) + r + (series + (exponent * 0x1.ef35793c76730p-45 + logarithms[place + 1])))
    }

    /// log(1 + x), exact near 0 too; −∞ of −1, not a number of less.
    public static func log1p(_ x: Double) -> Double {
        let sum = 1 + x
        guard abs(x) >= 0x1p-53, sum > 0, sum < .infinity else { return abs(x) < 0x1p-53 ? x : log(sum) }
        let lost = x >= 1 ? 1 - (sum - x) : x - (sum - 1)
        return log(sum) + lost / sum
    }

    /// log(1 + x) of a 32-bit number.
    public static func log1p(_ x: Float) -> Float { Float(log1p(Double(x))) }

    // MARK: Parts

    private static let ln2 = 0x1.62e42fefa39efp-1

    /// 2^(steps ÷ 32) · e^rest, where the lowest bits of `shifted` hold the steps and |rest| ≤ ln 2 ÷ 64.
    @inline(__always)
    private static func assemble(_ shifted: Double, rest: Double) -> Double {
        let steps = Int64(Int32(truncatingIfNeeded: shifted.bitPattern))
        return scaled(steps, rest: rest, by: steps >> 5)
    }

    @inline(__always)
    private static func scaled(_ steps: Int64, rest: Double, by exponent: Int64) -> Double {
        let place = 2 * Int(steps & 31)
        let square = rest * rest
        let growth =
            rest + square * (1 / 2 + rest * (1 / 6) + square * (1 / 24 + rest * (1 / 120) + square * (1 / 720)))
        let value = powers[place] + (powers[place + 1] + powers[place] * growth)
        return value * Double(bitPattern: UInt64(bitPattern: exponent &+ 1023) << 52)
    }

    /// The same where the result may be too small for a normal number, or nearly too large: scaled in two steps.
    private static func powerOfTwo(_ shifted: Double, rest: Double) -> Double {
        let steps = Int64(Int32(truncatingIfNeeded: shifted.bitPattern))
        let half = steps >> 6
        return scaled(steps, rest: rest, by: half)
            * Double(bitPattern: UInt64(bitPattern: (steps >> 5) - half + 1023) << 52)
    }

    private static func extreme(_ x: Double, over: Double, under: Double, _ value: () -> Double) -> Double {
        if x.isNaN { return x }
        return x >= over ? .infinity : x <= under ? 0 : value()
    }
}
