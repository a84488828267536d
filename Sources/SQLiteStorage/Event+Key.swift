import WeirDomain

extension Event {
    /// What a retry is recognised by, as a number.
    var messageKey: UInt64 { StableHash.of(messageID, salt: StableHash.of(source.rawValue)) }
}
