import WeirJSON

/// How senders write that somebody allows something, or refuses it.
enum ConsentWords {
    /// What a text says; nil where it is no answer.
    static func isGranted(_ text: String) -> Bool? {
        switch text.trimmingWhitespace.lowercased() {
        case "true", "1", "yes", "y", "on", "ja", "oui", "si", "sí", "x", "subscribed", "opted in", "opted-in",
            "opted_in",
            "optin", "opt-in", "opt_in", "opt in", "granted", "grant", "allowed", "allow", "accepted", "accept",
            "given",
            "enabled":
            true
        case "false", "0", "no", "n", "off", "nein", "non", "unsubscribed", "opted out", "opted-out", "opted_out",
            "optout", "opt-out", "opt_out", "opt out", "denied", "deny", "rejected", "reject", "refused", "refuse",
            "withdrawn", "revoked", "disabled", "cleaned", "nonsubscribed", "non-subscribed", "not subscribed",
            "pending":
            false
        default: nil
        }
    }

    /// What a value in a message says; nil where it is no answer.
    static func isGranted(_ value: JSON) -> Bool? {
        switch value {
        case .bool(let isGranted): isGranted
        case .integer(1), .number(1): true
        case .integer(0), .number(0): false
        case .string(let text): isGranted(text)
        default: nil
        }
    }
}
