package import WeirDomain
package import WeirJSON

/// What an opening shop talks to.
package protocol OpeningServer: Sendable {
    /// Tells what has happened, in order.
    func send(_ messages: [OpeningMessage]) async throws
    /// Asks what to give to a customer on the home page.
    func decide(_ customer: String, at time: Timestamp) async throws -> OpeningAnswer
    /// Sets the clock and returns when all that is due by then is done.
    func advance(to time: Timestamp) async throws
}

/// What a shop tells: a `track` call.
package struct OpeningMessage: Sendable {
    package var event: String
    package var customer: String
    package var id: String
    package var time: Timestamp
    package var properties: JSON
}

/// What the server answered to one visit.
package struct OpeningAnswer: Sendable {
    /// Nil where none was given.
    package var offer: String?
    /// That the visit ends in an order with this offer, as the server believes; nil without one.
    package var probability: Double?
    package var isHeldOut: Bool

    package init(offer: String?, probability: Double?, isHeldOut: Bool) {
        self.offer = offer
        self.probability = probability
        self.isHeldOut = isHeldOut
    }
}
