import Crypto
package import WeirDomain

/// What a browser keeps while its person is at the provider: nobody else can go on with that sign-in, nor change it.
///
/// It is sealed and kept by the browser alone, so that nobody can use up room here by beginning sign-ins.
package struct SignInTicket: Sendable, Equatable {
    /// How long somebody may take at the provider.
    package static let seconds: Int64 = 600

    package var begun: Timestamp
    /// Comes back with the answer.
    package var state: String
    /// Comes back in the token.
    package var nonce: String
    /// Shows that who exchanges the code has asked for it (RFC 7636).
    package var verifier: String
    /// Where it leads afterwards; a path of this server without spaces.
    package var next: String

    package init(begun: Timestamp, next: String, secret: () -> String = { Secret.make() }) {
        self.begun = begun
        state = secret()
        nonce = secret()
        verifier = secret()
        self.next = next
    }

    /// SHA-256 of the verifier, as the provider is told beforehand.
    package var challenge: String { Base64URL.encode(Secret.hash(verifier)) }

    /// - Parameter key: 32 unpredictable bytes.
    package func sealed(with key: [UInt8]) -> String? {
        let text = "\(begun.microseconds) \(state) \(nonce) \(verifier) \(next)"
        let box = try? ChaChaPoly.seal(Array(text.utf8), using: SymmetricKey(data: key))
        return box.map { Base64URL.encode(Array($0.combined)) }
    }

    /// Nil where it was not sealed with that key, was changed, or is too old.
    package init?(opening text: String, with key: [UInt8], at now: Timestamp) {
        guard let bytes = Base64URL.decode(text), let box = try? ChaChaPoly.SealedBox(combined: bytes),
            let opened = try? ChaChaPoly.open(box, using: SymmetricKey(data: key))
        else { return nil }
        let parts = String(decoding: opened, as: UTF8.self).split(separator: " ", omittingEmptySubsequences: false)
        guard parts.count == 5, let begun = Int64(parts[0]) else { return nil }
        let age = now.microseconds - begun
        guard age >= 0, age < Self.seconds * 1_000_000 else { return nil }
        self.begun = Timestamp(microseconds: begun)
        state = String(parts[1])
        nonce = String(parts[2])
        verifier = String(parts[3])
        next = String(parts[4])
    }
}

/// The tickets that were used, so that none is used twice.
package struct UsedTickets: Sendable {
    /// Beyond it the oldest are forgotten; the provider takes each code only once, too.
    package static let bound = 10_000
    private var states: Set<String> = []
    private var order: [String] = []

    package init() {}

    /// - Returns: Whether it was not used before.
    package mutating func use(_ ticket: SignInTicket) -> Bool {
        guard states.insert(ticket.state).inserted else { return false }
        if order.count >= Self.bound {
            for state in order.prefix(Self.bound / 2) { states.remove(state) }
            order.removeFirst(Self.bound / 2)
        }
        order.append(ticket.state)
        return true
    }
}
