import Testing
import WeirAccess
import WeirDomain

@Suite("Waiting after wrong passwords")
struct SignInGuardTests {
    private func second(_ second: Int64) -> Timestamp { Timestamp(microseconds: second * 1_000_000) }

    private func origins(_ address: String, _ name: String) -> [SignInGuard.Origin] {
        [.address(address, name: name), .anyName(address: address)]
    }

    @Test("Five mistakes cost nothing, then the wait doubles up to its bound")
    func doubling() {
        var guardian = SignInGuard()
        var waits: [Int64] = []
        for _ in 0..<20 {
            guardian.recordFailure(of: [.device("d")], at: second(0))
            waits.append(guardian.wait(of: [.device("d")], at: second(0)))
        }
        #expect(waits[..<8] == [0, 0, 0, 0, 0, 1, 2, 4])
        #expect(waits.last == SignInGuard.longestWaitSeconds)
        #expect(guardian.wait(of: [.device("d")], at: second(899)) == 1)
        #expect(guardian.wait(of: [.device("d")], at: second(900)) == 0)
    }

    @Test("Who guesses at a name holds up neither its owner's browser nor other addresses")
    func others() {
        var guardian = SignInGuard()
        for _ in 0..<1_000 { guardian.recordFailure(of: origins("192.0.2.66", "ann"), at: second(0)) }
        #expect(guardian.wait(of: origins("192.0.2.66", "ann"), at: second(1)) > 0)
        #expect(guardian.wait(of: origins("192.0.2.1", "ann"), at: second(1)) == 0)
        #expect(guardian.wait(of: [.device("of ann")], at: second(1)) == 0)
    }

    @Test("One address that tries many names waits with each of them")
    func spraying() {
        var guardian = SignInGuard()
        for number in 0..<40 { guardian.recordFailure(of: origins("192.0.2.66", "n\(number)"), at: second(0)) }
        #expect(guardian.wait(of: origins("192.0.2.66", "somebody else"), at: second(1)) > 0)
        guardian.recordSuccess(of: origins("192.0.2.66", "somebody else"))
        #expect(guardian.wait(of: origins("192.0.2.66", "another"), at: second(1)) > 0)
    }

    @Test("Success and half an hour's silence forget mistakes")
    func forgetting() {
        var guardian = SignInGuard()
        for _ in 0..<10 { guardian.recordFailure(of: [.device("d")], at: second(0)) }
        guardian.recordFailure(of: [.device("d")], at: second(1_801))
        #expect(guardian.wait(of: [.device("d")], at: second(1_801)) == 0)
        for _ in 0..<10 { guardian.recordFailure(of: [.device("d")], at: second(1_802)) }
        guardian.recordSuccess(of: [.device("d")])
        #expect(guardian.wait(of: [.device("d")], at: second(1_802)) == 0)
    }

    @Test("Any number of names and addresses is remembered within the bound")
    func bounded() {
        var guardian = SignInGuard()
        for number in 0..<SignInGuard.bound {
            guardian.recordFailure(of: origins("a\(number)", "n"), at: second(Int64(number / 1_000)))
        }
        for _ in 0..<20 { guardian.recordFailure(of: [.device("late")], at: second(30)) }
        #expect(guardian.wait(of: [.device("late")], at: second(30)) > 0)
    }
}
