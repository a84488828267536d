import WeirReporting
import WeirAttribution
import WeirMeasuring
import Foundation
import Testing
import WeirStatistics

@Suite("What attribution reads and refuses")
struct AttributionInputTests {
    private func read(_ text: String) throws -> JourneySet {
        try AttributionSamples.withFiles([text]) { try JourneySet(MeasuredFile(path: $0[0])) }
    }

    @Test("Aggregated paths are read, spaces around the separator and quotes do not count")
    func aggregated() throws {
        let set = try read(
            "\u{FEFF}path,total_conversions,total_conversion_value,total_null\r\n\"ads, paid > blog\",2,10.5,3\r\n\r\nblog,0,0,4\r\n\"say \"\"hi\"\"\",1,-2.5,0"
        )
        #expect(set.channels == ["ads, paid", "blog", "say \"hi\""])
        #expect((set.rows, set.touchCount, set.conversions, set.abandoned, set.value) == (3, 4, 3, 7, 8))
        #expect(set.warnings.isEmpty)
        #expect(!set.hasTimes)
    }

    @Test("Single journeys are read with their times")
    func single() throws {
        let set = try read("journey_id,path,hours_before_end,converted,value\nx,a>b,7.5>0,1,15.03\ny,b,0.25,0,0.0\n")
        #expect((set.rows, set.conversions, set.abandoned, set.value, set.hasTimes) == (2, 1, 1, 15.03, true))
    }

    @Test(
        "A row that cannot be used is left out and told with line, value and remedy",
        arguments: [
            ("1,,0,1,5", "the path is empty"), ("1,a>>b,2>1>0,0,0", "a channel is missing"),
            ("1,a>b,1>-0.5,1,0", "a touch after the journey's end"), ("1,a>b,1>2,1,0", "in order of time"),
            ("1,a>b,1,1,0", "as many times as touches"), ("1,a>b,1>2>0,1,0", "in order of time"),
            ("1,a,0,2,0", "write 1 for a journey that converted"), ("1,a,0,-1,0", "whole number of 0 or more"),
            ("1,a,0,0.5,0", "whole number"), ("1,a,0,yes,0", "write a number"), ("1,a,0,1,lots", "write a number"),
            ("1,a,0,0,5", "nothing was converted"), ("1,a,soon,1,0", "write hours before the end"),
            ("ok,a,0,1,0", "has been used before"), ("1,a,0,1", "4 cells, but the header names 5"),
            ("1,a,0x10,1,0", "write hours"), ("1,a,0,1,nan", "write a number"),
        ])
    func faults(row: String, reason: String) throws {
        let set = try read("journey_id,path,hours_before_end,converted,value\nok,b>a,3>1,1,2\n\(row)\nlast,b,0,0,0\n")
        #expect(set.rows == 2)
        #expect((set.touchCount, set.conversions, set.value) == (3, 1, 2))
        let warning = try #require(set.warnings.first)
        #expect(set.warnings.count == 1)
        #expect(warning.contains(reason), "\(warning)")
        #expect(warning.contains("line 3"), "\(warning)")
    }

    @Test("A negative count of a path is left out", arguments: ["a,-1,0,0", "a,1,0,-1", "a,1,0,2.5"])
    func negative(row: String) throws {
        let set = try read("path,total_conversions,total_conversion_value,total_null\nb,1,1,1\n\(row)\n")
        #expect(set.rows == 1)
        #expect(set.warnings.first?.contains("0 or more") == true)
    }

    @Test(
        "A file that cannot be used is refused with the reason",
        arguments: [
            ("", "is empty"), ("# only a note\n", "is empty"), ("path,clicks\na,1\n", "“clicks”"),
            ("path,converted\n,1\n", "no path that can be used"),
            ("path,converted\n\"a,1\n", "never closed"),
        ])
    func refused(text: String, reason: String) throws {
        let error = #expect(throws: MeasurementError.self) { try read(text) }
        #expect(error?.description.contains(reason) == true, "\(error?.description ?? "")")
    }

    @Test("Nothing to share out is refused, a missing total_null is told")
    func nothing() throws {
        let none = try read("path,converted\na,0\n")
        #expect(throws: MeasurementError.self) { try AttributionStudy(none) }
        #expect(try read("path,total_conversions\na,5\n").warnings.first?.contains("total_null") == true)
    }

    @Test("A journey given in memory is refused whole")
    func memory() throws {
        var set = JourneySet()
        #expect(throws: MeasurementError.self) { try set.append(path: [], conversions: 1, abandoned: 0) }
        #expect(throws: MeasurementError.self) { try set.append(path: ["a", ""], conversions: 1, abandoned: 0) }
        #expect(throws: MeasurementError.self) { try set.append(path: ["a"], conversions: -1, abandoned: 0) }
        #expect(throws: MeasurementError.self) { try set.append(path: ["a"], conversions: 1, abandoned: .nan) }
        #expect(throws: MeasurementError.self) {
            try set.append(path: ["a"], hoursBeforeEnd: [-0.1], conversions: 1, abandoned: 0)
        }
        #expect(set.rows == 0 && set.channels.isEmpty)
        try set.append(path: ["a"], hoursBeforeEnd: [0], conversions: 1, abandoned: 0)
        #expect(throws: MeasurementError.self) { try set.append(path: ["b"], conversions: 1, abandoned: 0) }
        #expect(set.rows == 1)
    }

    @Test(
        "The lookback window keeps a touch at its edge and drops one beyond",
        arguments: [(24.0, 3), (23.9, 2), (0.5, 1), (0.4, 0)])
    func lookback(hours: Double, touches: Int) throws {
        let set = try read("path,hours_before_end,converted,value\na>b>c,24>3>0.5,1,7\n")
        let within = try set.within(hours: hours)
        #expect(within.touchCount == touches)
        #expect(within.unattributed == (touches == 0 ? 1 : 0))
        #expect(within.conversions + within.unattributed == 1 && within.value + within.unattributedValue == 7)
    }

    @Test("A window over paths without times is refused")
    func windowWithoutTimes() throws {
        let set = try read("path,converted\na>b,1\n")
        #expect(throws: MeasurementError.self) { try set.within(hours: 24) }
    }

    @Test("A chain with too many states is refused")
    func tooHighOrder() throws {
        let set = try read("path,converted\na>b,1\n")
        var settings = AttributionSamples.settings([.markov])
        settings.order = 60
        #expect(throws: MeasurementError.self) { try AttributionStudy(set, settings: settings) }
        settings.order = 20
        #expect(try AttributionStudy(set, settings: settings).removalEffects.map(\.estimate) == [1, 1])
    }

    @Test("A quote or a line that spans pieces of the file is read whole")
    func longFile() throws {
        var text = "path,converted,note\n"
        for row in 0..<40_000 { text += "a>b,\(row % 2),\"\(String(repeating: "x,\n\"\"", count: row % 11))\"\n" }
        let set = try read(text)
        #expect((set.rows, set.conversions, set.warnings.count) == (40_000, 20_000, 0))
    }
}

@Suite("Touches to journeys")
struct AttributionTouchTests {
    private let touches = """
        customer,time,channel
        d1,2026-03-01T10:00:00Z,ads
        d2,2026-03-01 12:00:00,blog
        d3,2026-03-02T00:00:00+02:00,mail
        d1,1772409600,push
        d1,2026-02-28T23:00:00Z,early
        """
    private let orders = "customer,time,value\nd2,2026-03-01T12:00:00Z,30\nd4,2026-03-03T00:00:00Z,5\n"

    private func log(_ touches: String? = nil, _ orders: String? = nil, links: String? = nil) throws -> TouchLog {
        try AttributionSamples.withFiles([touches ?? self.touches, orders ?? self.orders, links ?? ""]) { files in
            var log = try TouchLog(touches: MeasuredFile(path: files[0]), conversions: MeasuredFile(path: files[1]))
            if links != nil { try log.link(from: MeasuredFile(path: files[2])) }
            return log
        }
    }

    @Test("Devices without links stand alone; a touch at the conversion's moment counts")
    func alone() throws {
        let study = try AttributionStudy(try log(), settings: AttributionSamples.settings())
        #expect(study.credit(.last)["blog"] == 1)
        #expect(study.conversions == 1)
        #expect(study.warnings.contains { $0.contains("no touch before them") })
    }

    @Test("Linked devices make one journey in order of time, and what follows the conversion another")
    func linked() throws {
        let log = try log(links: "device,person\nd1,anna\nd2,anna\n")
        let study = try AttributionStudy(log, settings: AttributionSamples.settings())
        #expect(study.credit(.first)["early"] == 1)
        #expect(study.credit(.linear)["ads"] == 1.0 / 3)
        #expect(study.credit(.last)["blog"] == 1)
        #expect(study.credit(.linear)["push"] == 0)
        let journeys = log.journeys()
        // Anna's conversion, what she touched after it, and d3's.
        #expect((journeys.rows, journeys.conversions, journeys.abandoned, journeys.unattributed) == (3, 1, 2, 1))
    }

    @Test("The window is counted back from the conversion", arguments: [(13.0, 1.0 / 3), (12.9, 0.0)])
    func window(hours: Double, share: Double) throws {
        let log = try log(links: "device,person\nd1,anna\nd2,anna\n")
        let study = try AttributionStudy(log, lookbackHours: hours, settings: AttributionSamples.settings())
        #expect(study.credit(.linear)["early"] == share)
    }

    @Test("Conflicting and foreign links are told")
    func conflicts() throws {
        #expect(try log(links: "device,person\nd1,anna\nd1,bob\n").warnings.contains { $0.contains("second person") })
        #expect(try log(links: "device,person\nzzz,anna\n").warnings.contains { $0.contains("none of the devices") })
        #expect(throws: MeasurementError.self) { try log(links: "phone,person\nd1,anna\n") }
    }

    @Test(
        "Rows that cannot be used are told",
        arguments: [
            (",1,a", "name the customer"), ("x,soon,a", "write a time"), ("x,1,", "name the channel"),
            ("x,2026-02-30T00:00:00Z,a", "write a time"), ("x,1", "2 cells"),
        ])
    func faults(row: String, reason: String) throws {
        let log = try log("customer,time,channel\n\(row)\nd2,0,a\n")
        #expect(log.warnings.count == 1 && log.warnings[0].contains(reason), "\(log.warnings)")
        #expect(log.journeys().touchCount == 1)
    }

    @Test("Missing columns are refused by name")
    func missing() throws {
        let error = #expect(throws: MeasurementError.self) { try log("who,when,channel\na,1,b\n") }
        #expect(error?.description.contains("“customer”, “time”") == true)
    }

    @Test("Credit adjusted for broken journeys comes nearer to that of whole ones", arguments: UInt64(0)..<5)
    func broken(seed: UInt64) throws {
        // Everybody sees “phone-ad” on the phone first; 60 % then buy on the laptop after “search”, which alone is seen there.
        var random = Xoshiro256StarStar(seed: seed)
        var (touches, orders, all, some) = (
            "customer,time,channel\n", "customer,time,value\n", "device,person\n", "device,person\n"
        )
        for person in 0..<2_000 {
            let crosses = random.unit() < 0.6
            let laptop = crosses ? "l\(person)" : "p\(person)"
            touches += "p\(person),0,phone-ad\n\(laptop),3600,search\n"
            if random.unit() < 0.4 { orders += "\(laptop),7200,10\n" }
            for device in crosses ? ["p\(person)", laptop] : ["p\(person)"] {
                all += "\(device),\(person)\n"
                if person % 4 == 0 { some += "\(device),\(person)\n" }
            }
        }
        let settings = AttributionSamples.settings([.first, .linear, .markov], resamples: 100)
        let whole = try AttributionStudy(try log(touches, orders, links: all), settings: settings)
        let seen = try AttributionStudy(try log(touches, orders, links: some), settings: settings)
        #expect(whole.adjusted.isEmpty)
        for (index, credit) in seen.adjusted.enumerated() {
            for channel in seen.channels.indices {
                let truth = whole.credits[index].conversions[channel].estimate
                let plain = abs(seen.credits[index].conversions[channel].estimate - truth)
                let adjusted = abs(credit.conversions[channel].estimate - truth)
                #expect(adjusted < 0.35 * plain, "\(credit.model): \(adjusted) against \(plain)")
                let range = credit.conversions[channel]
                #expect(range.lower <= range.estimate && range.estimate <= range.upper && range.upper > range.lower)
            }
            #expect(abs(credit.conversions.reduce(0) { $0 + $1.estimate } / whole.conversions - 1) < 1e-9)
        }
        #expect(seen.adjusted.count == 3)
    }
}

@Suite("Several conversions of one customer")
struct AttributionRepeatTests {
    private let touches = "customer,time,channel\na,2026-03-01T10:00:00Z,ads\na,2026-03-02T10:00:00Z,mail\n"

    private func journeys(_ orders: String, order: String? = nil, lookbackHours: Double? = nil) throws -> JourneySet {
        try AttributionSamples.withFiles([touches, orders]) { files in
            var columns = TouchLog.Columns()
            columns.order = order
            return try TouchLog(
                touches: MeasuredFile(path: files[0]), conversions: MeasuredFile(path: files[1]), columns: columns
            ).journeys(lookbackHours: lookbackHours)
        }
    }

    @Test("A conversion without a touch since the one before is credited to the same touches, within the window")
    func second() throws {
        let orders = "customer,time,value\na,2026-03-03T10:00:00Z,30\na,2026-03-05T10:00:00Z,50\n"
        let all = try journeys(orders)
        #expect((all.conversions, all.unattributed, all.value, all.touchCount) == (2, 0, 80, 4))
        // Only the mail, 72 hours before the second order, is within its window.
        let near = try journeys(orders, lookbackHours: 72)
        #expect((near.conversions, near.unattributed, near.touchCount) == (2, 0, 3))
        let nearer = try journeys(orders, lookbackHours: 71.9)
        #expect((nearer.conversions, nearer.unattributed, nearer.unattributedValue) == (1, 1, 50))
        // What was touched in between is a journey of its own.
        let between = try journeys("customer,time,value\na,2026-03-01T12:00:00Z,30\na,2026-03-05T10:00:00Z,50\n")
        #expect((between.conversions, between.touchCount) == (2, 2))
    }

    @Test(
        "Lines of one order are one conversion: by its id where there is one, else by its moment",
        arguments: [
            "customer,time,value,order_id\na,2026-03-03T10:00:00Z,30,7\na,2026-03-03T10:05:00Z,50,7\na,2026-03-04,5,8\n",
            "customer,time,value\na,2026-03-03T10:00:00Z,30\na,2026-03-03T10:00:00Z,50\na,2026-03-04,5\n",
        ])
    func lines(orders: String) throws {
        let set = try journeys(orders)
        #expect((set.conversions, set.value) == (2, 85))
        #expect(set.sources[0].contains("1 further rows being lines of the same orders"))
    }

    @Test("Orders at one moment with ids of their own are two, and a return is none")
    func apart() throws {
        let set = try journeys(
            "customer,time,value,nr\na,2026-03-03,30,7\na,2026-03-03,50,8\na,2026-03-09,-20,7\na,2026-03-09,-1,9\n",
            order: "nr")
        #expect((set.conversions, set.value) == (2, 60))
        #expect(set.warnings.count == 1 && set.warnings[0].contains("a return is no conversion"))
    }
}
