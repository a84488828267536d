import WeirLimits

/// What is wrong with one message.
struct MessageFault: Error {
    var code: RejectedMessage.Code
    /// The member at fault; empty for the message itself.
    var field: String
    var reason: String
    /// Whether the member stands beside the batch, not in the message.
    var isOfBatch = false
    /// What it is beyond, where it is too long, too deep or too many.
    var limit: Limits.Kind?

    init(_ code: RejectedMessage.Code, _ field: String, _ reason: String, limit: Limits.Kind? = nil) {
        self.code = code
        self.field = field
        self.reason = reason
        self.limit = limit
    }

    init(_ fault: LimitFault) { self.init(.tooLarge, fault.field, fault.reason, limit: fault.kind) }

    var ofBatch: MessageFault {
        var copy = self
        copy.isOfBatch = true
        return copy
    }
}
