import Testing
import WeirStatistics
import WeirTraining

@Suite("Splits by time")
struct TimeSplitTests {
    @Test(
        "Rows at the cut are later ones",
        arguments: [(2.0, [0, 3], [2, 1]), (2.5, [0, 3, 2], [1]), (0, [], [0, 3, 2, 1])] as [(Double, [Int], [Int])])
    func cut(at time: Double, earlier: [Int], later: [Int]) {
        let split = TimeSplit(times: [1, 5, 2, 1], from: time)
        #expect(split.earlier == earlier)
        #expect(split.later == later)
    }

    @Test("A share never parts rows of one time", arguments: UInt64(1)...20)
    func share(seed: UInt64) {
        var random = Xoshiro256StarStar(seed: seed)
        let times = (0..<200).map { _ in Double(Int(random.unit() * 8)) }
        let split = TimeSplit(times: times, share: 0.25)
        #expect(split.earlier.count + split.later.count == 200)
        #expect(split.later.count >= 50)
        let last = split.earlier.map { times[$0] }.max() ?? -1
        #expect(split.later.allSatisfy { times[$0] > last })
    }

    @Test("Without times the last rows of the file are the later ones")
    func order() {
        let split = TimeSplit(rows: 10, share: 0.2)
        #expect(split.earlier == Array(0..<8))
        #expect(split.later == [8, 9])
    }

    @Test("Rolling origins learn from all that came before, and from nothing later", arguments: UInt64(1)...20)
    func rollingOrigin(seed: UInt64) {
        var random = Xoshiro256StarStar(seed: seed)
        let times = (0..<300).map { _ in Double(Int(random.unit() * 20)) }
        let splits = TimeSplit.rollingOrigin(times: times, folds: 4)
        #expect(splits.count == 4)
        for split in splits {
            let last = split.earlier.map { times[$0] }.max()!
            #expect(split.later.allSatisfy { times[$0] > last })
            #expect(!split.later.isEmpty)
        }
        // Each row but those of the first stretch is validated on once.
        let validated = splits.flatMap(\.later)
        #expect(Set(validated).count == validated.count)
        #expect(validated.count + splits[0].earlier.count == 300)
    }

    @Test("Times that are all alike have no rolling origin")
    func oneTime() {
        #expect(TimeSplit.rollingOrigin(times: [3, 3, 3, 3], folds: 2).isEmpty)
        #expect(TimeSplit.rollingOrigin(times: [], folds: 2).isEmpty)
    }
}
