import Logging
import WeirAccess

/// Writes each entry on one line of its own, and no key into it: what is logged may be what somebody sent.
struct SafeLogHandler: LogHandler {
    private var next: any LogHandler

    init(_ next: any LogHandler) { self.next = next }

    var logLevel: Logger.Level {
        get { next.logLevel }
        set { next.logLevel = newValue }
    }

    var metadata: Logger.Metadata {
        get { next.metadata }
        set { next.metadata = newValue.mapValues(Self.safe) }
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { next[metadataKey: key] }
        set { next[metadataKey: key] = newValue.map(Self.safe) }
    }

    func log(event: LogEvent) {
        var event = event
        if let error = event.error {
            event.metadata = (event.metadata ?? [:]).merging(["error": "\(error)"]) { known, _ in known }
            event.error = nil
        }
        event.message = "\(Self.safe("\(event.message)"))"
        event.metadata = event.metadata?.mapValues(Self.safe)
        next.log(event: event)
    }

    private static func safe(_ text: String) -> String { Redaction.onOneLine(Redaction.withoutKeys(text)) }

    private static func safe(_ value: Logger.Metadata.Value) -> Logger.Metadata.Value {
        switch value {
        case .string(let text): .string(safe(text))
        case .stringConvertible(let value): .string(safe(value.description))
        case .array(let values): .array(values.map(safe))
        case .dictionary(let values): .dictionary(values.mapValues(safe))
        }
    }
}
