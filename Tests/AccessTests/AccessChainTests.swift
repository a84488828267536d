import Testing
import WeirAccess
import WeirDomain
import WeirStorage

@Suite("The access log's seals")
struct AccessChainTests {
    private func entry(_ number: Int64) -> AccessEntry {
        AccessEntry(
            time: Timestamp(microseconds: number), actor: "ann", action: "sign-in", subject: "s\(number)", detail: "d",
            address: "192.0.2.1", count: 1)
    }

    private func sealed(_ entries: [AccessEntry]) -> [SealedAccessEntry] {
        var sealed: [SealedAccessEntry] = []
        for entry in entries {
            let number = Int64(sealed.count + 1)
            let seal = AccessChain.seal(previous: sealed.last?.seal ?? [], number: number, entry: entry)
            sealed.append(SealedAccessEntry(number: number, entry: entry, seal: seal))
        }
        return sealed
    }

    private func verdict(
        _ entries: [SealedAccessEntry], against checkpoints: [AccessChain.Checkpoint]
    ) throws -> AccessChain.Verdict {
        let store = MemoryStore()
        var seals = entries.map(\.seal)[...]
        try store.appendToAccessLog(entries.map(\.entry)) { _, _, _ in seals.removeFirst() }
        return try AccessChain.verify(store, against: checkpoints)
    }

    @Test("A log as it was written is sound, also beyond its checkpoint")
    func sound() throws {
        let log = sealed((1...2_500).map { entry($0) })
        let checkpoints = [1, 1_000, 2_500].map { AccessChain.Checkpoint(number: $0, seal: log[Int($0) - 1].seal) }
        #expect(try verdict(log, against: checkpoints) == .sound(entries: 2_500))
        #expect(try verdict([], against: []) == .sound(entries: 0))
    }

    @Test("Any change of any field is found where it is", arguments: 0..<8)
    func changed(field: Int) throws {
        var log = sealed((1...20).map { entry($0) })
        switch field {
        case 0: log[9].entry.time = Timestamp(microseconds: 0)
        case 1: log[9].entry.actor += "x"
        case 2: log[9].entry.action = ""
        case 3: (log[9].entry.subject, log[9].entry.detail) = ("s10d", "")
        case 4: log[9].entry.detail = "e"
        case 5: log[9].entry.address = "192.0.2.2"
        case 6: log[9].entry.count = 2
        default: log[9].seal[31] ^= 1
        }
        #expect(try verdict(log, against: []) == .changed(number: 10))
    }

    @Test("Entries that were swapped or left out are found where they are")
    func moved() throws {
        let log = sealed((1...20).map { entry($0) })
        var swapped = log
        swapped.swapAt(4, 5)
        #expect(try verdict(swapped, against: []) == .changed(number: 5))
        #expect(try verdict(Array(log[..<6] + log[7...]), against: []) == .changed(number: 7))
    }

    @Test("A tail that is gone, and a log written anew, are found against a checkpoint")
    func checkpoints() throws {
        let log = sealed((1...20).map { entry($0) })
        let early = AccessChain.Checkpoint(number: 5, seal: log[4].seal)
        let late = AccessChain.Checkpoint(number: 15, seal: log[14].seal)
        #expect(try verdict(Array(log[..<12]), against: [late, early]) == .shortened(entries: 12, known: 15))
        #expect(try verdict(Array(log[..<12]), against: [early]) == .sound(entries: 12))
        var entries = (1...20).map { entry($0) }
        entries[9].actor = "bob"
        #expect(try verdict(sealed(entries), against: []) == .sound(entries: 20))
        #expect(try verdict(sealed(entries), against: [late, early]) == .rewritten(after: 5, upTo: 15))
    }

    @Test("A checkpoint can be written down and read again")
    func text() throws {
        let checkpoint = AccessChain.Checkpoint(number: 17, seal: sealed([entry(1)])[0].seal)
        #expect(AccessChain.Checkpoint("\(checkpoint)\n") == checkpoint)
        let store = MemoryStore()
        #expect(AccessChain.Checkpoint("\(try AccessChain.checkpoint(of: store))")?.number == 0)
        for wrong in [
            "", "17", "17 abc", "x \(String(repeating: "0", count: 64))", "17 \(String(repeating: "g", count: 64))",
        ] {
            #expect(AccessChain.Checkpoint(wrong) == nil)
        }
    }
}
