import HTTPTypes
import Hummingbird
import WeirStorage

/// Keys that a request may have brought, the likeliest first.
///
/// Basic authentication carries the key as user name or as password, with or without the colon between them: Segment's
/// libraries differ, and a browser asks for both.
func credentials(in headers: HTTPFields) -> [String] {
    if let key = headers[.apiKey] { return [key] }
    guard let authorization = headers[.authorization] else { return [] }
    let parts = authorization.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: true)
    guard parts.count == 2 else { return [] }
    switch parts[0].lowercased() {
    case "bearer": return [String(parts[1])]
    case "basic":
        guard let text = decodedBase64(parts[1]) else { return [] }
        guard let colon = text.firstIndex(of: ":") else { return [text] }
        let halves = [String(text[..<colon]), String(text[text.index(after: colon)...])]
        return halves.filter { !$0.isEmpty }
    default: return []
    }
}

extension HTTPField.Name {
    static let apiKey = HTTPField.Name("X-API-Key")!
    static let idempotencyKey = HTTPField.Name("Idempotency-Key")!
    static let fetchSite = HTTPField.Name("Sec-Fetch-Site")!
}

/// Base64 of RFC 4648 with or without padding; nil where it is none, or no UTF-8.
private func decodedBase64(_ text: some StringProtocol) -> String? {
    var bits: UInt32 = 0
    var count = 0
    var bytes: [UInt8] = []
    for character in text.utf8 where character != UInt8(ascii: "=") {
        let value: UInt8
        switch character {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): value = character - 65
        case UInt8(ascii: "a")...UInt8(ascii: "z"): value = character - 71
        case UInt8(ascii: "0")...UInt8(ascii: "9"): value = character + 4
        case UInt8(ascii: "+"), UInt8(ascii: "-"): value = 62
        case UInt8(ascii: "/"), UInt8(ascii: "_"): value = 63
        default: return nil
        }
        bits = bits << 6 | UInt32(value)
        count += 6
        if count >= 8 {
            count -= 8
            bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
        }
    }
    return String(validating: bytes, as: UTF8.self)
}
