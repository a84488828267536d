import WeirDifferenceInDifferences
import Foundation
import Testing
import WeirReporting
import WeirStatistics
import WeirTables

/// 24 units over 10 times; the peers drew the same numbers.
private func referencePanel(isStaggered: Bool, hasGaps: Bool) -> TreatmentPanel {
    var random = SplitMix64(seed: 5)
    var outcomes: [[Double]] = []
    var adoption: [Int] = []
    for unit in 0..<24 {
        let base = 10 * random.unit()
        let first = isStaggered ? [4, 6, 10][unit % 3] : unit % 2 == 0 ? 5 : 10
        adoption.append(first)
        outcomes.append(
            (0..<10).map { time in
                let effect = time >= first ? 2 + 0.3 * Double(time - first) : 0
                let value = base + 0.5 * Double(time) + effect + 3 * random.unit()
                return hasGaps && (unit * 7 + time * 3) % 11 == 0 ? .nan : value
            })
    }
    return TreatmentPanel(
        units: (0..<24).map { "u\($0)" }, times: (0..<10).map(String.init), outcomes: outcomes, adoption: adoption)
}

@Suite("Difference in differences")
struct DifferenceInDifferencesTests {
    @Test(
        "Effect, clustered error and range equal statsmodels' to 1e-9, with gaps and without",
        arguments: [
            (false, false, 2.6843804055526723, 0.21682803419981556, [2.2358374424530267, 3.132923368652327]),
            (false, true, 2.7673620738205402, 0.2364055699764603, [2.278319892343258, 3.2564042552977734]),
            (true, false, 2.4339822678832146, 0.20843835479537753, [2.002794678932519, 2.8651698568338855]),
        ])
    func twoWay(_ isStaggered: Bool, _ hasGaps: Bool, _ effect: Double, _ error: Double, _ range: [Double]) throws {
        let result = try DifferenceInDifferences(
            referencePanel(isStaggered: isStaggered, hasGaps: hasGaps), .init(draws: 99))
        let twoWay = try #require(result.twoWay)
        #expect(abs(twoWay.effect - effect) < 1e-9)
        #expect(abs(twoWay.standardError - error) < 1e-9)
        let interval = twoWay.interval(confidence: 0.95)
        #expect(abs(interval.lower - range[0]) < 1e-9 && abs(interval.upper - range[1]) < 1e-9)
        #expect(twoWay.probability < 1e-9)
    }

    @Test("The event study equals the regression with a dummy per time, to 1e-9")
    func eventStudy() throws {
        let result = try DifferenceInDifferences(referencePanel(isStaggered: false, hasGaps: false), .init(draws: 99))
        let expected = [
            0.2828256791858051, -0.20832706817385382, -0.3066409416488079, 0.7207152555647403, 0, 3.1191009852191502,
            2.4557208812155342, 2.1108919137656734, 3.1446065102298864, 3.0801546622610205,
        ]
        #expect(result.eventStudy.points.map(\.age) == Array(-5...4))
        for (point, value) in zip(result.eventStudy.points, expected) {
            #expect(abs(point.effect.estimate - value) < 1e-9)
        }
    }

    @Test(
        "Staggered adoption: average effect and error equal csdid's to 1e-9, and effects by age too",
        arguments: [
            (GroupTimeEffects.Controls.neverTreated, 2.8419683143536045, 0.31332669067383717, 2.2165542195956487),
            (.notYetTreated, 2.7877929992143136, 0.30318161002721383, 2.0543366407533714),
        ])
    func staggered(
        _ controls: GroupTimeEffects.Controls, _ effect: Double, _ error: Double, _ first: Double
    ) throws {
        let result = try DifferenceInDifferences(
            referencePanel(isStaggered: true, hasGaps: false), .init(controls: controls))
        #expect(result.method == .groupTime && result.isStaggered)
        #expect(abs(result.effect.estimate - effect) < 1e-9)
        // The peer leaves out G/(G−1) and takes the normal distribution.
        let reach = StudentT.quantile(0.975, degreesOfFreedom: 23) * error * (24.0 / 23).squareRoot()
        #expect(abs(result.effect.upper - effect - reach) < 1e-9)
        let start = try #require(result.eventStudy.points.first { $0.age == 0 })
        #expect(abs(start.effect.estimate - first) < 1e-9)
        #expect(result.warnings.contains { $0.contains("2 different times") })
    }

    @Test("With growing effects the regression is biased under staggered adoption; the average by cohort is not")
    func bias() throws {
        // No noise: unit and time effects, and an effect of 1, 2, 3 … times since adoption.
        let adoption = (0..<20).map { $0 < 10 ? 3 : $0 < 18 ? 7 : 12 }
        let outcomes = adoption.indices.map { unit in
            (0..<12).map { time in
                Double(unit % 5) + sin(Double(time)) + 1e-3 * Double((unit * 31 + time * 17) % 13)
                    + Double(max(0, time - adoption[unit] + 1))
            }
        }
        let treated = adoption.flatMap { first in (0..<12).map { Double(max(0, $0 - first + 1)) }.filter { $0 > 0 } }
        let truth = treated.reduce(0, +) / Double(treated.count)
        let result = try DifferenceInDifferences(
            TreatmentPanel(
                units: adoption.indices.map { "u\($0)" }, times: (0..<12).map(String.init), outcomes: outcomes,
                adoption: adoption))
        #expect(abs(result.effect.estimate - truth) < 0.02)
        #expect(try #require(result.twoWay).effect < 0.85 * truth)
    }

    @Test(
        "The bootstrap's p-value equals that of drawing and estimating anew, draw by draw, Webb's weights up to 12",
        arguments: [(24, 2.4), (13, 2.6), (12, 2.6)])
    func bootstrap(units: Int, shift: Double) throws {
        let all = referencePanel(isStaggered: false, hasGaps: false)
        var weak = TreatmentPanel(
            units: Array(all.units.prefix(units)), times: all.times, outcomes: Array(all.outcomes.prefix(units)),
            adoption: Array(all.adoption.prefix(units)))
        for unit in 0..<units where weak.adoption[unit] < 10 {
            for time in 5..<10 { weak.outcomes[unit][time] -= shift }
        }
        let result = try DifferenceInDifferences(weak, .init(draws: 99, seed: 3))
        let own = try #require(result.twoWay)
        let t = abs(own.effect / own.standardError)

        // Residuals of the hypothesis of no effect: unit and time means out of a panel without gaps.
        let unitMeans = weak.outcomes.map { $0.reduce(0, +) / 10 }
        let timeMeans = (0..<10).map { time in weak.outcomes.reduce(0) { $0 + $1[time] } / Double(units) }
        let mean = unitMeans.reduce(0, +) / Double(units)
        let webb = [-1.5.squareRoot(), -1, -0.5.squareRoot(), 0.5.squareRoot(), 1, 1.5.squareRoot()]
        var random = Xoshiro256StarStar(seed: 3)
        var beyond = 1
        for _ in 0..<99 {
            let weights = (0..<units).map { _ in
                units > 12 ? random.next() >> 63 == 0 ? 1.0 : -1 : webb[Int(random.next(upperBound: UInt64(6)))]
            }
            var drawn = weak
            for unit in 0..<units {
                for time in 0..<10 {
                    drawn.outcomes[unit][time] =
                        weights[unit] * (weak.outcomes[unit][time] - unitMeans[unit] - timeMeans[time] + mean)
                }
            }
            let again = try #require(DifferenceInDifferences(drawn, .init(draws: 99)).twoWay)
            if abs(again.effect / again.standardError) >= t { beyond += 1 }
        }
        #expect(result.method == .twoWayBootstrap)
        #expect(beyond > 2 && beyond < 60)
        #expect(abs(result.probability - Double(beyond) / 100) < 1e-12)
    }

    @Test("The bootstrap's range holds what is not rejected")
    func bootstrapRange() throws {
        let result = try DifferenceInDifferences(referencePanel(isStaggered: false, hasGaps: true))
        let twoWay = try #require(result.twoWay)
        let draws = WildClusterBootstrap(twoWay)
        #expect(result.effect == draws.interval(confidence: 0.95))
        let width = result.effect.upper - result.effect.lower
        #expect(draws.probability(of: result.effect.lower + 0.01 * width) >= 0.05)
        #expect(draws.probability(of: result.effect.lower - 0.01 * width) < 0.05)
        #expect(draws.probability(of: result.effect.upper + 0.01 * width) < 0.05)
        #expect(draws.probability(of: twoWay.effect) == 1)
    }

    @Test("A trend before the treatment is flagged")
    func preTrend() throws {
        var panel = referencePanel(isStaggered: false, hasGaps: false)
        #expect(try #require(DifferenceInDifferences(panel).eventStudy.preTrend) > 0.05)
        for unit in 0..<24 where panel.adoption[unit] < 10 {
            for time in 0..<10 { panel.outcomes[unit][time] += 1.5 * Double(time) }
        }
        let result = try DifferenceInDifferences(panel)
        #expect(try #require(result.eventStudy.preTrend) < 0.01)
        #expect(try #require(result.eventStudy.preTrendSlope).contains(1.5))
        #expect(result.doubts.contains { $0.voiding != nil && $0.text.contains("already moved apart before") })
    }

    @Test("Clusters of units widen the range")
    func clusters() throws {
        let panel = referencePanel(isStaggered: false, hasGaps: false)
        let grouped = TreatmentPanel(
            units: panel.units, times: panel.times, outcomes: panel.outcomes, adoption: panel.adoption,
            clusters: (0..<24).map { $0 / 2 })
        let result = try DifferenceInDifferences(grouped)
        #expect(try #require(result.twoWay).degreesOfFreedom == 11)
        #expect(abs(result.effect.estimate - 2.6843804055526723) < 1e-9)
    }

    static func table(_ rows: [(String, Double, Double, Double)]) -> Table {
        let units = Array(Set(rows.map(\.0))).sorted()
        return Table(
            name: "t", names: ["unit", "time", "outcome", "treated"],
            columns: [
                .categories(codes: .init(rows.map { Int32(units.firstIndex(of: $0.0)!) }), levels: units),
                .numbers(.init(rows.map(\.1))), .numbers(.init(rows.map(\.2))), .numbers(.init(rows.map(\.3))),
            ])
    }

    static func rows() -> [(String, Double, Double, Double)] {
        var rows: [(String, Double, Double, Double)] = []
        for unit in 0..<8 {
            for time in 0..<6 {
                let isTreated = unit < 4 && time >= 3
                rows.append(("u\(unit)", Double(time), Double((unit * 5 + time * 3) % 7), isTreated ? 1 : 0))
            }
        }
        return rows
    }

    private func read(_ rows: [(String, Double, Double, Double)]) throws -> TreatmentPanel {
        try TreatmentPanel(
            Self.table(rows), unit: "unit", time: "time", outcome: "outcome", treatment: .flag(column: "treated"))
    }

    @Test("Flags become times of adoption, whatever the order of the rows")
    func reading() throws {
        let panel = try read(Self.rows().reversed())
        #expect(panel.times == ["0", "1", "2", "3", "4", "5"])
        #expect(panel.adoption == [3, 3, 3, 3, 6, 6, 6, 6])
        #expect(panel.outcomes[1][2] == 4)
    }

    @Test("Duplicated rows, flags that go off and other wrong cells are refused together")
    func wrongRows() throws {
        var rows = Self.rows()
        rows.append(rows[0])
        rows[4].3 = 0
        rows[10].3 = 2
        rows[20].2 = .infinity
        let error = try #require(throws: MeasurementError.self) { try read(rows) }
        #expect(error.faults.count == 4)
        #expect(error.description.contains("“u0” has a second row for 0"))
        #expect(error.description.contains("“2.0” is neither 0 nor 1"))
        #expect(error.description.contains("“u0” is treated from 3 and not at 4. A treatment must stay on"))
        #expect(error.description.contains("the value is infinite"))
    }

    @Test("An empty arm, one treated unit and one time are refused with the remedy")
    func refused() throws {
        func fault(_ change: (inout (String, Double, Double, Double)) -> Void) throws -> String {
            var rows = Self.rows()
            for index in rows.indices { change(&rows[index]) }
            let panel = try read(rows)
            return "\(try #require(throws: MeasurementError.self) { try DifferenceInDifferences(panel) })"
        }
        #expect(try fault { $0.3 = 0 }.contains("no treated unit"))
        #expect(try fault { $0.3 = $0.0 == "u0" ? $0.3 : 0 }.contains("one treated unit"))
        #expect(try fault { $0.3 = $0.1 >= 3 ? 1 : 0 }.contains("no unit without treatment"))
        #expect(try fault { $0.3 = $0.0 < "u7" && $0.1 >= 3 ? 1 : 0 }.contains("one unit without treatment"))
        #expect(try fault { $0.3 = $0.3 == 0 && $0.0 >= "u4" ? 0 : 1 }.contains("no treated unit"))
    }

    @Test("Few clusters, units always treated, gaps and negative outcomes are said")
    func said() throws {
        var rows = Self.rows()
        for index in rows.indices where rows[index].0 == "u0" { rows[index].3 = 1 }
        rows[20].2 = -3
        rows.remove(at: 30)
        let result = try DifferenceInDifferences(read(rows))
        #expect(result.panel.units.count == 7)
        for part in [
            "treated from the first time on", "1 of 42 unit-times", "1 outcomes are negative", "clusters: no method",
        ] {
            #expect((result.warnings + result.doubts.map(\.text)).contains { $0.contains(part) }, "\(part)")
        }
    }

    @Test("The report says answer, ranges, trend and pictures")
    func report() throws {
        let result = try DifferenceInDifferences(referencePanel(isStaggered: true, hasGaps: false))
        let report = result.report(outcome: "sales", unit: .money("EUR"))
        #expect(report.conclusion[0].hasPrefix("The treatment raised sales by 2.84 EUR (2.18 EUR to 3.50 EUR)"))
        #expect(report.figures.map(\.name).prefix(3) == ["effect", "total_effect", "lift"])
        #expect(report.sections.flatMap(\.charts).map(\.name) == ["means", "event-study"])
        #expect(report.tables.map(\.name) == ["event-study", "estimates", "group-time"])
    }

    /// 40 units over 8 years, every third never treated, the others from 2005; +5.
    private static func codedTable(never: String, times: (Int) -> String, start: String) -> Table {
        var (units, when, codes, outcomes) = ([String](), [String](), [String](), [Double]())
        for unit in 0..<40 {
            for year in 2001...2008 {
                units.append("u\(unit)")
                when.append(times(year))
                codes.append(unit % 3 == 0 ? never : start)
                let noise = Double((unit * 31 + year * 17) % 13) / 13
                outcomes.append(Double(unit) + Double(year - 2000) + noise + (unit % 3 > 0 && year >= 2005 ? 5 : 0))
            }
        }
        func column(_ texts: [String]) -> Table.Column {
            let levels = Array(Set(texts.filter { !$0.isEmpty })).sorted()
            return .categories(codes: .init(texts.map { Int32(levels.firstIndex(of: $0) ?? -1) }), levels: levels)
        }
        return Table(
            name: "panel.csv", names: ["unit", "time", "first", "outcome"],
            columns: [column(units), column(when), column(codes), .numbers(.init(outcomes))])
    }

    @Test(
        "Whatever code says never treated, and however times are written, the effect is the same",
        arguments: [
            "", "0", "0.0", "-1", "Inf", "NA", "nan", "never", "null", "9999", "-999", "0000-00-00", "9999-12-31",
        ])
    func neverCodes(code: String) throws {
        func read(_ table: Table) throws -> DifferenceInDifferences {
            try DifferenceInDifferences(
                TreatmentPanel(
                    table, unit: "unit", time: "time", outcome: "outcome", treatment: .from(column: "first")))
        }
        let blank = try read(Self.codedTable(never: "", times: { "\($0)" }, start: "2005"))
        #expect(abs(blank.effect.estimate - 5) < 0.5)
        let coded = try read(Self.codedTable(never: code, times: { "\($0)" }, start: "2005.0"))
        let dated = try read(Self.codedTable(never: code, times: { "\($0)-01-01" }, start: "2005-01-01"))
        #expect(coded.effect == blank.effect && dated.effect == blank.effect)
        #expect(coded.panel.understood.contains("14 never") && coded.panel.units.count == 40)
    }

    @Test("Where nobody is never treated, totals cover what was compared and the rest is named")
    func totals() throws {
        let adoption = (0..<30).map { [3, 5, 7][$0 % 3] }
        let outcomes = adoption.indices.map { unit in
            (0..<9).map { time in
                Double(unit * 7 % 11 + time) + Double((unit * 5 + time * 3) % 7) / 7 + (time >= adoption[unit] ? 4 : 0)
            }
        }
        let result = try DifferenceInDifferences(
            TreatmentPanel(
                units: adoption.indices.map { "u\($0)" }, times: (0..<9).map(String.init), outcomes: outcomes,
                adoption: adoption))
        // Until 6 those of 7 are untreated: 10 units over 4 times and 10 over 2.
        #expect(result.treatedCount == 60 && result.unjudgedCount == 60)
        let total = try #require(result.report(outcome: "y").figures.first { $0.name == "total_effect" })
        #expect(abs(total.quantity.value - 60 * result.effect.estimate) < 1e-9)
        #expect(result.warnings.contains { $0.contains("60 of 120 treated unit-times have no comparison (from 7 on") })
    }

    @Test("Outcomes that all move alike have no range, no p-value and no advice")
    func nothingVaries() throws {
        let adoption = (0..<20).map { $0 < 10 ? 3 : 6 }
        let outcomes = adoption.map { first in (0..<6).map { Double($0) + ($0 >= first ? 2 : 0) } }
        let result = try DifferenceInDifferences(
            TreatmentPanel(
                units: adoption.indices.map { "u\($0)" }, times: (0..<6).map(String.init), outcomes: outcomes,
                adoption: adoption))
        #expect(abs(result.effect.estimate - 2) < 1e-9)
        #expect(result.effect.lower == -.infinity && result.probability == 1)
        let report = result.report(outcome: "y")
        #expect(report.isVoid && !report.conclusion.joined().contains("It worked"))
    }
}
