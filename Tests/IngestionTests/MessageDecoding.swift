import WeirDomain
import WeirIngestion
import WeirJSON

/// What must hold of messages, whatever a body's bytes are: for the fuzzer, and for what it found.
enum MessageDecoding {
    private static let moment = Timestamp(microseconds: 1_772_366_400_000_000)

    /// What is wrong with how a body is read; nil where nothing is. A body or a message that is refused is no fault.
    ///
    /// - Parameter input: A byte that says at which endpoint it arrived, then the body.
    static func fault(_ input: [UInt8]) -> String? {
        guard let first = input.first else { return nil }
        let endpoints = Endpoint.allCases
        let endpoint = endpoints[Int(first) % endpoints.count]
        let body = Array(input.dropFirst())
        let rules = IngestionRules()
        let read = body.withUnsafeBytes { bytes in
            Result { () throws(IngestionError) in try rules.readableBody(bytes, at: endpoint) }
        }
        guard case .success((let value, let broken)) = read else { return nil }
        var made = 0
        let decoded: DecodedMessages
        do throws(IngestionError) {
            decoded = try MessageDecoder(source: "web", rules: rules).decode(
                value, broken: broken, at: endpoint, received: moment
            ) {
                made += 1
                return "made-\(made)"
            }
        } catch { return nil }
        for event in decoded.events {
            if (event.userID ?? event.anonymousID)?.isEmpty ?? true { return "An event of nobody" }
            if event.messageID.isEmpty { return "An event without an id" }
            if event.eventTime.since(moment) > rules.clockTolerance { return "An event of the future" }
            guard case .object = event.properties, case .object = event.context else { return "No object" }
            guard (try? JSON(parsing: event.properties.bytes)) != nil else { return "Properties cannot be read again" }
        }
        if decoded.rejected.contains(where: { $0.reason.isEmpty || !$0.pointer.hasPrefix("#") }) {
            return "A refusal without place or reason"
        }
        if endpoint == .batch, case .array(let messages)? = value.present("batch") {
            let told = decoded.events.count + decoded.rejected.count + decoded.notKept
            guard told == messages.count else { return "\(told) of \(messages.count) messages are accounted for" }
        }
        return nil
    }

    static let seeds = [
        (
            Endpoint.track,
            #"{"userId":"u1","event":"Order Completed","messageId":"m1","timestamp":"2026-02-28T10:00:00.5+02:00","sentAt":"2026-02-28T10:00:01Z","properties":{"order_id":"o1","revenue":"1.299,00 €","currency":"EUR","products":[{"sku":1,"price":"19,-","coupon":"A"}]},"context":{"consent":{"categoryPreferences":{"marketing":true}},"traits":{"plan":"a"}}}"#
        ),
        (.identify, #"{"anonymousId":17,"traits":{"email":"a@b.example","age":3},"integrations":{"All":false}}"#),
        (.page, #"{"userId":"null","anonymousId":"a","name":"Home","properties":{"url":"/"}}"#),
        (.group, #"{"userId":"u","groupId":"g","traits":{}}"#), (.alias, #"{"previousId":"a","userId":"b"}"#),
        (
            .batch,
            #"{"sentAt":"2026-03-01T12:00:00Z","context":{},"batch":[{"type":"track","event":"e","userId":"u"},{"type":"page","anonymousId":NaN},"#
                + #"{"type":"screen","userId":"\ud83d","event":1e400},7,{"type":"alias","previousId":"x","userId":"y","originalTimestamp":"2026-03-01"}]}"#
        ),
        (.batch, #"{"batch":[{"type":"track","event":"e","userId":"u"},,]}"#),
    ].map { endpoint, text in [UInt8(Endpoint.allCases.firstIndex(of: endpoint)!)] + Array(text.utf8) }
}
