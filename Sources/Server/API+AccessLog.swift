import Hummingbird
import WeirAccess
import WeirDomain
import WeirEngine
package import WeirJSON
package import WeirStorage

/// Who did what.
extension API {
    func accessLog(_ call: Call) async throws -> Response {
        let limit = try call.limit(default: 100, atMost: 1_000)
        let text = call.parameter("after") ?? "0"
        guard let after = Int64(text), after >= 0 else {
            throw Problem(
                .badRequest, "invalid_request", "after: “\(text)” is no entry's number; send a whole number from 0 on.")
        }
        try doors.log.flush()
        let entries = try engine.store.accessLog(after: after, limit: limit)
        return .json(reserving: 256 * entries.count) { writer in
            writer.name("entries")
            writer.array { writer in for entry in entries { writer.object { entry.write(into: &$0) } } }
        }
    }

    /// Where the log stands: to be kept elsewhere, and to verify against later.
    func accessCheckpoint(_ call: Call) async throws -> Response {
        try doors.log.flush()
        let checkpoint = try AccessChain.checkpoint(of: engine.store)
        return .json { $0.member("checkpoint", checkpoint.description) }
    }
}

extension SealedAccessEntry {
    package func write(into writer: inout JSONWriter) {
        writer.member("number", number)
        writer.member("time", entry.time.iso8601)
        writer.member("actor", entry.actor)
        writer.member("action", entry.action)
        writer.member("subject", entry.subject)
        writer.member("detail", entry.detail)
        writer.member("address", entry.address)
        writer.member("count", entry.count)
    }
}
