import Testing
import WeirAccess
import WeirDomain
import WeirStorage

@Suite("Sessions")
struct SessionsTests {
    private func second(_ second: Int64) -> Timestamp { Timestamp(microseconds: second * 1_000_000) }

    private func session(_ name: String, at time: Int64) -> Sessions.Session {
        Sessions.Session(
            subject: .user(name), token: "t", begun: second(time), address: "192.0.2.1")
    }

    private func limits(_ change: (inout Sessions.Limits) -> Void = { _ in }) -> Sessions.Limits {
        var limits = Sessions.Limits()
        limits.idleSeconds = 100
        limits.totalSeconds = 250
        change(&limits)
        return limits
    }

    @Test("A session ends when it is not used, and at its end in any case")
    func ends() {
        var sessions = Sessions(limits: limits())
        sessions.begin(session("ann", at: 0), secretHash: [1])
        sessions.begin(session("ann", at: 0), secretHash: [2])
        func use(_ hash: UInt8, _ time: Int64) -> Bool {
            sessions.use(secretHash: [hash], at: second(time)) { _ in second(0) } != nil
        }
        #expect(use(1, 99))
        #expect(!use(2, 100))
        #expect(use(1, 198))
        #expect(use(1, 249))
        #expect(!sessions.isGoing(secretHash: [1], at: second(250)))
        #expect(!use(1, 250))
        #expect(!use(1, 10))
        #expect(!use(3, 10))
    }

    @Test("Looking whether it goes on does not prolong it")
    func looking() {
        var sessions = Sessions(limits: limits())
        sessions.begin(session("ann", at: 0), secretHash: [1])
        #expect(sessions.isGoing(secretHash: [1], at: second(99)))
        #expect(!sessions.isGoing(secretHash: [1], at: second(100)))
    }

    @Test("Who is removed, or signs out everywhere, is out in all browsers; others are not")
    func everywhere() {
        var sessions = Sessions(limits: limits())
        for hash in UInt8(1)...2 { sessions.begin(session("ann", at: 0), secretHash: [hash]) }
        sessions.begin(session("bob", at: 0), secretHash: [3])
        sessions.begin(session("eve", at: 0), secretHash: [4])
        #expect(sessions.endAll(of: .user("ann")) == 2)
        func use(_ hash: UInt8) -> Bool {
            sessions.use(secretHash: [hash], at: second(1)) { subject in
                switch subject.name {
                case "eve": nil  // Removed.
                case "bob": second(0)
                default: second(0)
                }
            } != nil
        }
        #expect([1, 2, 3, 4].map(use) == [false, false, true, false])
        #expect(sessions.use(secretHash: [3], at: second(2)) { _ in second(1) } == nil)
    }

    @Test("One person has a bounded number of sessions: the longest unused ends")
    func bounded() {
        var sessions = Sessions(limits: limits { $0.perSubject = 2 })
        for hash in UInt8(1)...2 { sessions.begin(session("ann", at: Int64(hash)), secretHash: [hash]) }
        _ = sessions.use(secretHash: [1], at: second(5)) { _ in second(0) }
        sessions.begin(session("ann", at: 6), secretHash: [3])
        #expect((UInt8(1)...3).map { sessions.isGoing(secretHash: [$0], at: second(6)) } == [true, false, true])
        #expect(sessions.all(of: .user("ann"), at: second(6)).map(\.begun) == [second(6), second(1)])
    }

    @Test("What a provider takes away is gone in all sessions of the person, under whatever name")
    func federated() {
        var sessions = Sessions()
        func begin(_ hash: UInt8, _ name: String, _ roles: Set<StoredKey.Scope>, subject: String = "u-1") {
            let person = Sessions.Subject.federated(.init(subject: subject, name: name))
            sessions.end(of: person, unlessGranting: roles)
            sessions.begin(
                .init(subject: person, token: "t", begun: second(0), address: "", roles: roles), secretHash: [hash])
        }
        func isIn(_ hash: UInt8) -> Bool { sessions.isGoing(secretHash: [hash], at: second(1)) }
        begin(1, "ann", [.finance])
        begin(2, "ann", [.finance], subject: "u-2")
        begin(3, "anna", [.finance])
        #expect([isIn(1), isIn(2), isIn(3)] == [true, true, true])
        begin(4, "anna", [.viewer])
        #expect([isIn(1), isIn(2), isIn(3), isIn(4)] == [false, true, false, true])
        let names = [
            Sessions.Subject.federated(.init(subject: "x", name: "ann")).name, Sessions.Subject.user("ann").name,
        ]
        #expect(names == ["oidc:ann", "ann"])
    }
}
