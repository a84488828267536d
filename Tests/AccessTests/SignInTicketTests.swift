import Testing
import WeirAccess
import WeirDomain

@Suite("What a browser keeps while its person is at the provider")
struct SignInTicketTests {
    private let key = Secret.randomBytes(32)
    private let begun = Timestamp(iso8601: "2026-03-01T12:00:00Z")!

    private func after(_ seconds: Int64) -> Timestamp {
        Timestamp(microseconds: begun.microseconds + seconds * 1_000_000)
    }

    @Test("It comes back as it was, for ten minutes")
    func comesBack() throws {
        let ticket = SignInTicket(begun: begun, next: "/models/a?b=c")
        let sealed = try #require(ticket.sealed(with: key))
        #expect(!sealed.contains(ticket.verifier))
        #expect(SignInTicket(opening: sealed, with: key, at: begun) == ticket)
        #expect(SignInTicket(opening: sealed, with: key, at: after(599)) == ticket)
        #expect(SignInTicket(opening: sealed, with: key, at: after(600)) == nil)
        #expect(SignInTicket(opening: sealed, with: key, at: after(-1)) == nil)
        #expect(SignInTicket(opening: sealed, with: Secret.randomBytes(32), at: begun) == nil)
    }

    @Test("No two are alike, and none can be changed")
    func unforgeable() throws {
        let ticket = SignInTicket(begun: begun, next: "/")
        #expect(Set([ticket.state, ticket.nonce, ticket.verifier]).count == 3)
        #expect(SignInTicket(begun: begun, next: "/").state != ticket.state)
        let sealed = try #require(ticket.sealed(with: key))
        for place in stride(from: 0, to: sealed.utf8.count, by: 7) {
            var bytes = Array(sealed.utf8)
            bytes[place] = bytes[place] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
            #expect(SignInTicket(opening: String(decoding: bytes, as: UTF8.self), with: key, at: begun) == nil)
        }
        for text in ["", "a", "!", "AAAA"] { #expect(SignInTicket(opening: text, with: key, at: begun) == nil) }
    }

    @Test("The provider is told a hash of the verifier, as RFC 7636 has it in its appendix B")
    func challenge() {
        let ticket = SignInTicket(begun: begun, next: "/") { "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk" }
        #expect(ticket.challenge == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM")
    }

    @Test("Each is used once, also after many others")
    func once() {
        var used = UsedTickets()
        let first = SignInTicket(begun: begun, next: "/")
        func use(_ ticket: SignInTicket) -> Bool { used.use(ticket) }
        #expect(use(first))
        #expect(!use(first))
        var last = first
        for number in 0..<UsedTickets.bound {
            last = SignInTicket(begun: begun, next: "/") { "\(number)" }
            _ = use(last)
        }
        #expect(!use(last))
    }

    @Test("Bytes come back from their letters, and nothing else is letters", arguments: 0..<70)
    func letters(count: Int) {
        let bytes = Secret.randomBytes(count)
        let text = Base64URL.encode(bytes)
        #expect(Base64URL.decode(text) == bytes)
        #expect(Base64URL.decode(text + "=") == nil)
        #expect(Base64URL.decode("+" + text) == nil)
    }
}
