import Foundation
import Testing
import WeirStatistics

@Suite("Portable functions")
struct PortableTests {
    typealias Function = @Sendable (Double) -> Double

    /// Values computed with 60 digits and rounded once.
    static let known: [(name: String, function: Function, values: [(x: Double, y: Double)])] = [
        (
            "exp", { Portable.exp($0) },
            [
                (1, 2.718281828459045), (-1, 0.36787944117144233),
                (0.5, 1.6487212707001282), (1e-09, 1.000000001),
                (-20.25, 1.6052280551856116e-09), (88.7, 3.325986980250579e38),
                (-0.0108, 0.9892581106136482), (700, 1.0142320547350045e304),
                (-720.5, 1.2326102893e-313), (3.3e-17, 1.0),
            ]
        ),
        (
            "exp2", { Portable.exp2($0) },
            [
                (0.5, 1.4142135623730951), (-0.3, 0.8122523963562356),
                (1e-10, 1.0000000000693148), (10.25, 1217.7480857627863),
                (-1022.5, 1.5733648139913585e-308), (1023.9, 1.6773070034857416e308),
                (-1070.3, 6.4e-323), (0.015625, 1.0108892860517005),
                (-7.77, 0.004581386520437028), (33.1, 9206463940.62813),
            ]
        ),
        (
            "log", { Portable.log($0) },
            [
                (2, 0.6931471805599453), (0.5, -0.6931471805599453),
                (10, 2.302585092994046), (1.0078125001, 0.007782140541279763),
                (0.99, -0.01005033585350145), (0.6875, -0.3746934494414107),
                (1.3749, 0.318381001201051), (1e-320, -736.8272408909739),
                (3e-09, -19.624653548278303), (1.7e308, 709.7268368932282),
            ]
        ),
        (
            "log1p", { Portable.log1p($0) },
            [
                (1, 0.6931471805599453), (1e-10, 9.999999999500001e-11),
                (-0.5, -0.6931471805599453), (-0.99, -4.605170185988091),
                (0.0079, 0.00786895837869518), (100000.0, 11.51293546492023),
                (-1e-16, -1e-16), (3.0, 1.3862943611198906),
                (2.2e-16, 2.1999999999999998e-16), (-0.007, -0.00702461493696446),
            ]
        ),
    ]

    @Test("Known values: the nearest number or its neighbour", arguments: 0..<4)
    func knownValues(index: Int) {
        let (name, function, values) = Self.known[index]
        for (x, y) in values {
            #expect(abs(function(x) - y) <= y.ulp, "\(name)(\(x)) is \(function(x)), not \(y)")
        }
    }

    /// Arguments over the whole range of a function, and near the point where it is 0 or 1.
    private func arguments(of name: String, count: Int) -> [Double] {
        var random = Xoshiro256StarStar(seed: 5)
        return (0..<count).map { index in
            let u = 2 * random.unit() - 1
            switch name {
            case "exp": return u * [1, 30, 744][index % 3]
            case "exp2": return u * [1, 60, 1_074][index % 3]
            case "log": return [1 + u / 20, 1 + u, Double(bitPattern: UInt64((u + 1) * 0x1p61))][index % 3]
            default: return [u, u / Double(1 + index), Double(index) * (u + 1)][index % 3]
            }
        }
    }

    @Test("The C library's values, to two units in the last place", arguments: 0..<4)
    func library(index: Int) {
        let (name, function, _) = Self.known[index]
        let functions: [(Double) -> Double] = [exp, exp2, log, log1p]
        let library = functions[index]
        for x in arguments(of: name, count: 30_000) {
            let y = library(x)
            #expect(function(x) == y || abs(function(x) - y) <= 2 * y.ulp, "\(name)(\(x)) is \(function(x)), not \(y)")
        }
    }

    /// What these sums are, they must be on any machine: whoever changes a function on purpose changes them too, and
    /// decisions logged before will not be recomputed to the bit.
    @Test("The same bits on every machine", arguments: 0..<4)
    func bits(index: Int) {
        let expected: [UInt64] = [
            17_668_147_686_028_071_531, 6_675_081_531_791_686_319, 9_997_928_391_774_537_387, 6_948_267_162_520_086_571,
        ]
        let (name, function, _) = Self.known[index]
        var sum: UInt64 = 0
        for x in arguments(of: name, count: 30_000) { sum = (sum ^ function(x).bitPattern) &* 0x9e37_79b9_7f4a_7c15 }
        #expect(sum == expected[index], "\(name): \(sum)")
    }

    @Test("The ends of the range")
    func ends() {
        #expect(Portable.exp(.infinity) == .infinity && Portable.exp(-.infinity) == 0 && Portable.exp(.nan).isNaN)
        #expect(
            Portable.exp(710) == .infinity && Portable.exp(-746) == 0 && Portable.exp(0) == 1 && Portable.exp(-0.0) == 1
        )
        #expect(Portable.exp2(1024) == .infinity && Portable.exp2(-1e300) == 0 && Portable.exp2(.nan).isNaN)
        #expect(Portable.exp2(-1074) == .leastNonzeroMagnitude && Portable.exp2(10) == 1024)
        #expect(Portable.log(0) == -.infinity && Portable.log(-1).isNaN && Portable.log(.nan).isNaN)
        #expect(Portable.log(.infinity) == .infinity && Portable.log(1) == 0)
        #expect(Portable.log1p(-1.0) == -.infinity && Portable.log1p(-2.0).isNaN && Portable.log1p(Double.nan).isNaN)
        #expect(Portable.log1p(Double.infinity) == .infinity && Portable.log1p(1e-300) == 1e-300)
        #expect(Portable.log1p(Float(1)) == Float(log(2.0)))
    }
}
