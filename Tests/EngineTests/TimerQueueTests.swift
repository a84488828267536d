import Testing
import WeirDomain
import WeirEngine
import WeirStatistics

@Suite("Timers")
struct TimerQueueTests {
    @Test("Due timers leave by time, then by decision; the others stay", arguments: UInt64(0)..<20)
    func order(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var queue = TimerQueue()
        var expected: [TimerQueue.Timer] = []
        for number in Int64(1)...200 {
            let time = Timestamp(microseconds: Int64.random(in: 0..<50, using: &random))
            queue.insert(time, DecisionID(number: number % 70 + 1))
            expected.append(TimerQueue.Timer(time: time, decision: DecisionID(number: number % 70 + 1)))
        }
        expected.sort()
        for now in [Int64(-1), 10, 10, 31, 100] {
            let moment = Timestamp(microseconds: now)
            while let timer = queue.popDue(moment) {
                #expect(timer == expected.removeFirst())
                #expect(timer.time <= moment)
            }
            #expect(expected.allSatisfy { $0.time > moment })
        }
        #expect(expected.isEmpty)
    }
}
