import Testing
import WeirDomain
import WeirServer

@Suite("Who may come in, and how fast")
struct AdmissionTests {
    // MARK: Rates

    @Test("A bucket lets in what it holds at once, then as much as flows in; what was too much is paid first")
    func bucket() {
        let rate = Rate(perSecond: 10, burst: 3)
        let bucket = Kept(TokenBucket(full: rate, at: 0))
        for _ in 0..<3 {
            #expect(bucket.change { $0.wait(rate, at: 0) } == nil)
            bucket.change { $0.charge(1, rate, at: 0) }
        }
        #expect(bucket.change { $0.wait(rate, at: 0) } == 0.1)
        #expect(bucket.change { $0.wait(rate, at: 0.125) } == nil)
        bucket.change { $0.charge(21, rate, at: 0.125) }  // One request that held 21 records.
        #expect(bucket.change { $0.wait(rate, at: 0.125) } == 2.075)
        #expect(bucket.change { $0.wait(rate, at: 2.25) } == nil)
        #expect(!bucket.change { $0.isFull(rate, at: 2.25) })
        #expect(bucket.change { $0.isFull(rate, at: 3) })
        #expect(bucket.value.tokens == 3)
    }

    // MARK: Pace

    @Test("The first head must come in time", arguments: [(15.0, false), (15.1, true)])
    func head(seconds: Double, isTooSlow: Bool) {
        let pace = Kept(RequestPace(PaceLimits(), at: 100))
        #expect(pace.change { $0.isTooSlow(at: 100 + seconds, isWritable: true) } == isTooSlow)
    }

    @Test(
        "A body must come at a rate, but for its first seconds",
        arguments: [
            (10.0, 0, false), (10.1, 0, true), (20, 5_120, false), (20, 5_119, true), (10_000, 10 << 20, false),
        ])
    func body(seconds: Double, bytes: Int, isTooSlow: Bool) {
        let pace = Kept(RequestPace(PaceLimits(), at: 0))
        pace.change { $0.headCame(at: 50) }
        pace.change { $0.bodyCame(bytes) }
        #expect(pace.change { $0.isTooSlow(at: 50 + seconds, isWritable: true) } == isTooSlow)
        pace.change { $0.requestEnded() }
        #expect(
            !pace.change { $0.isTooSlow(at: 1e6, isWritable: true) }, "Between requests the server's idle time holds.")
    }

    @Test("An answer that is not read ends the connection")
    func unread() {
        let pace = Kept(RequestPace(PaceLimits(), at: 0))
        pace.change { $0.headCame(at: 0) }
        pace.change { $0.requestEnded() }
        #expect(!pace.change { $0.isTooSlow(at: 10, isWritable: false) })
        #expect(!pace.change { $0.isTooSlow(at: 70, isWritable: false) })
        #expect(!pace.change { $0.isTooSlow(at: 71, isWritable: true) })
        #expect(!pace.change { $0.isTooSlow(at: 72, isWritable: false) })
        #expect(pace.change { $0.isTooSlow(at: 132.1, isWritable: false) })
    }

    // MARK: Bodies

    @Test("Bodies have so much room together, half of it for one key or address; one that is alone is read in any case")
    func bodies() {
        let room = BodyRoom(bytes: 100)
        #expect(room.take(200, for: .key("long")))
        room.giveBack(200, for: .key("long"))
        #expect(room.take(40, for: .key("busy")))
        #expect(!room.take(20, for: .key("busy")))
        #expect(room.take(10, for: .key("busy")))
        #expect(room.take(50, for: .address("127.0.0.1")))
        #expect(!room.take(1, for: .key("other")))
        room.giveBack(10, for: .key("busy"))
        #expect(room.take(10, for: .key("other")))
        #expect(room.taken == 100)
    }

    // MARK: Connections

    private func connections(total: Int, perAddress: Int = .max) -> ConnectionOrder<Int> {
        var limits = ConnectionLimits()
        limits.total = total
        limits.perAddress = perAddress
        limits.reserve = 0.25
        return ConnectionOrder(limits)
    }

    @Test("The oldest that has shown nothing gives way, then the oldest that collects; nobody who decides")
    func giveWay() {
        let order = Kept(connections(total: 8))
        for id in 0..<6 { #expect(order.change { $0.open(id, from: "a\(id)") } == nil) }
        order.change { $0.rise(0, to: .collects) }
        order.change { $0.rise(1, to: .decides) }
        // One decides, five do not: there is room for one more of them.
        #expect(order.change { $0.open(6, from: "b") } == nil)
        #expect(order.change { $0.open(7, from: "b") } == 2)
        order.change { $0.rise(3, to: .collects) }
        for (id, victim) in [(8, 4), (9, 5), (10, 6), (11, 7)] {
            #expect(order.change { $0.open(id, from: "b") } == victim)
        }
        for id in 8...11 { order.change { $0.rise(id, to: .collects) } }
        #expect(order.change { $0.open(12, from: "b") } == 0)
        #expect(order.value.count == 7)
    }

    @Test("Where all decide a newcomer is turned away, until one has left")
    func allDecide() {
        let order = Kept(connections(total: 4))
        for id in 0..<4 {
            #expect(order.change { $0.open(id, from: "a") } == nil)
            order.change { $0.rise(id, to: .decides) }
        }
        #expect(order.change { $0.open(4, from: "b") } == 4)
        order.change { $0.close(2) }
        #expect(order.change { $0.open(5, from: "b") } == nil)
    }

    @Test("An address has so many connections, without those that decide; others' are not touched")
    func addresses() {
        let order = Kept(connections(total: 100, perAddress: 3))
        #expect(order.change { $0.open(0, from: "b") } == nil)
        for id in 1...3 { #expect(order.change { $0.open(id, from: "a") } == nil) }
        order.change { $0.rise(1, to: .decides) }
        #expect(order.change { $0.open(4, from: "a") } == nil)
        #expect(order.change { $0.open(5, from: "a") } == 2)
        order.change { $0.close(3) }
        #expect(order.change { $0.open(6, from: "a") } == nil)
        #expect(order.change { $0.open(7, from: "b") } == nil)
    }

    @Test("A flood of connections leaves as many as there may be")
    func flood() {
        let order = Kept(connections(total: 64, perAddress: 32))
        var open: Set<Int> = []
        for id in 0..<20_000 {
            let victim = order.change { $0.open(id, from: "a\(id % 3)") }
            open.insert(id)
            if let victim { open.remove(victim) }
            if id % 7 == 0, let closed = open.randomElement() {
                open.remove(closed)
                order.change { $0.close(closed) }
            }
        }
        #expect(order.value.count == open.count)
        #expect(open.count <= 64)
    }
}

/// A value that an expectation may change.
private final class Kept<Value> {
    var value: Value

    init(_ value: Value) { self.value = value }

    func change<Result>(_ body: (inout Value) -> Result) -> Result { body(&value) }
}
