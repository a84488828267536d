import WeirConsole

/// Names and values as forms send them, and as they stand behind `?` in an address.
enum FormText {
    static func write(_ fields: [(name: String, value: String)]) -> String {
        fields.map { "\(percentEncoded($0.name))=\(percentEncoded($0.value))" }.joined(separator: "&")
    }
}
