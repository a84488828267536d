package import WeirJSON

/// Why nothing of a request body could be read.
package enum IngestionError: Error, Equatable, CustomStringConvertible {
    case malformed(JSONParsingError)
    case notAnObject(found: String)
    case batchMissing
    case batchNotAnArray(found: String)
    case tooLarge(bytes: Int, limit: Int)

    /// For programs; stable.
    package var code: String {
        switch self {
        case .malformed: "malformed_json"
        case .notAnObject: "not_an_object"
        case .batchMissing: "batch_missing"
        case .batchNotAnArray: "batch_not_an_array"
        case .tooLarge: "too_large"
        }
    }

    package var description: String {
        switch self {
        case .malformed(let error):
            "The body is not valid JSON. \(error)"
        case .notAnObject(let found):
            "The body is \(found); send an object."
        case .batchMissing:
            "“batch” is missing; send {\"batch\": […]} with the messages in it."
        case .batchNotAnArray(let found):
            "“batch” is \(found); send an array of messages."
        case .tooLarge(let bytes, let limit):
            "The body has \(bytes) bytes; \(limit) are allowed. Send fewer messages at a time, or shorter ones."
        }
    }
}
