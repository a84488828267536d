/// What is wrong with one message.
struct MessageFault: Error {
    var code: RejectedMessage.Code
    /// The member at fault; empty for the message itself.
    var field: String
    var reason: String
    /// Whether the member stands beside the batch, not in the message.
    var isOfBatch = false

    init(_ code: RejectedMessage.Code, _ field: String, _ reason: String) {
        self.code = code
        self.field = field
        self.reason = reason
    }

    var ofBatch: MessageFault {
        var copy = self
        copy.isOfBatch = true
        return copy
    }
}
