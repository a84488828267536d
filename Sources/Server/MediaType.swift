/// What a body is, as its `Content-Type` says.
enum MediaType {
    /// What a browser's form sends, a text per field.
    static func isForm(_ contentType: String?) -> Bool { essence(contentType) == "application/x-www-form-urlencoded" }

    static func isJSON(_ contentType: String?) -> Bool {
        guard let essence = essence(contentType) else { return false }
        return essence == "application/json" || (essence.hasPrefix("application/") && essence.hasSuffix("+json"))
    }

    /// Without its parameters, in small letters.
    private static func essence(_ contentType: String?) -> String? {
        contentType.map { text in
            String(text.prefix { $0 != ";" }).lowercased().filter { $0 != " " && $0 != "\t" }
        }
    }
}
