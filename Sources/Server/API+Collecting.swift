import HTTPTypes
import Hummingbird
import NIOCore
import WeirAccess
import WeirDomain
import WeirEngine
import WeirFiles
import WeirIngestion
import WeirJSON
import WeirLimits
import WeirStorage

/// Collection as Segment's client libraries know it.
extension API {
    func collect(_ call: Call, at endpoint: Endpoint) async throws -> Response {
        let (body, broken, bytes) = try body(of: call, at: endpoint)
        let key = try source(of: call, body)
        if call.key == nil, !settings.isOpen { try rates.admit(.key(key)) }
        let now = engine.arrival
        var generator = Generator(random: random)
        var decoded: DecodedMessages
        do throws(IngestionError) {
            decoded = try MessageDecoder(source: key, rules: rules)
                .decode(body, broken: broken, at: endpoint, received: now) { Event.newMessageID(using: &generator) }
        } catch {
            throw Problem(error)
        }
        let count = decoded.events.count + decoded.rejected.count
        if !settings.isOpen { rates.charge(.key(call.key?.name ?? key), max(count, bytes / 1_024) - 1) }
        let mergesUsers = mayMergeUsers(call.key ?? body.writeKey.flatMap { keys.key(for: $0) })
        decoded.events = decoded.events.map { $0.mergingUsers(mergesUsers) }
        try refuseAliases(in: &decoded, at: endpoint)
        countLimits(met: decoded)
        let shared = ["context", "integrations"].reduce(0) { $0 + (body.present($1)?.bytes.count ?? 0) }
        let isShort = shared * decoded.rejected.count <= rules.limits.sharedBytesPerBatch
        let quarantined = decoded.rejected.map { rejected in
            QuarantinedMessage(
                source: key, receivedTime: now, pointer: rejected.pointer,
                reason: Redaction.withoutKeys(rejected.reason),
                raw: Redaction.withoutKeys(
                    isShort ? standingAlone(rejected, of: body, at: endpoint) : rejected.message))
        }
        let kept = quarantine.admit(quarantined.map(\.raw.count), of: key)
        decoded.notKept += quarantined.count - kept
        let collected = try await engine.collect(
            decoded.events, quarantined: Array(quarantined.prefix(kept)), bytes: bytes)
        return .json(reserving: 96 + 160 * quarantined.count) { writer in
            // Where nothing landed it is no success, though the status that Segment's libraries know is 200.
            writer.member("success", collected.accepted + collected.duplicates > 0 || decoded.rejected.isEmpty)
            writer.member("accepted", collected.accepted)
            writer.member("duplicates", collected.duplicates)
            writer.name("rejected")
            writer.array { writer in
                for rejected in decoded.rejected {
                    writer.object {
                        $0.member("pointer", rejected.pointer)
                        $0.member("code", rejected.code.rawValue)
                        $0.member("detail", rejected.reason)
                    }
                }
            }
            if decoded.notKept > 0 {
                writer.member("notKept", decoded.notKept)
                writer.member(
                    "detail",
                    "\(decoded.notKept) refused messages are not in the quarantine, which keeps \(kept) of this body. Mend "
                        + "the sender and send them again.")
            }
        }
    }

    /// Whether an alias may make one person of two known users: not with a key that stands in every page of a shop.
    func mayMergeUsers(_ key: StoredKey?) -> Bool {
        key.map { $0.scopes.contains(.administrator) } ?? settings.isOpen
    }

    /// Takes out what would make one person of two known users.
    private func refuseAliases(in decoded: inout DecodedMessages, at endpoint: Endpoint) throws {
        guard decoded.events.contains(where: { $0.kind == .alias }) else { return }
        var kept: [Event] = []
        for event in decoded.events {
            if let reason = try engine.refusal(of: event) {
                decoded.reject(
                    RejectedMessage(
                        code: .invalid, pointer: endpoint == .alias ? "#/previousId" : "#/batch", reason: reason,
                        message: event.segmentMessage.bytes),
                    keeping: rules.limits.refusedPerBody)
            } else {
                kept.append(event)
            }
        }
        decoded.events = kept
    }

    private func countLimits(met decoded: DecodedMessages) {
        for rejected in decoded.rejected {
            if let limit = rejected.limit { engine.limitCounts.countHit(of: limit) }
        }
        engine.limitCounts.countHit(of: .refusedPerBody, decoded.notKept)
    }

    /// - Returns: What was sent, and how many bytes of JSON it was.
    private func body(
        of call: Call, at endpoint: Endpoint
    ) throws(Problem) -> (body: JSON, broken: BrokenParts, bytes: Int) {
        let encoding = call.head.headerFields[.contentEncoding]?.lowercased() ?? "identity"
        do {
            switch encoding {
            case "identity", "":
                let (body, broken) = try call.body.withUnsafeReadableBytes { try rules.readableBody($0, at: endpoint) }
                return (body, broken, call.body.readableBytes)
            case "gzip", "x-gzip":
                let unpacked = try Gzip.unpacked(
                    Array(call.body.readableBytesView), limit: rules.maximalBodyBytes(at: endpoint))
                let (body, broken) = try unpacked.withUnsafeBytes { try rules.readableBody($0, at: endpoint) }
                return (body, broken, unpacked.count)
            default:
                let detail = "Content-Encoding: “\(encoding)” is not known here; send gzip, or the plain body."
                throw Problem(.unsupportedMediaType, "unknown_encoding", detail)
            }
        } catch let error as IngestionError {
            throw Problem(error)
        } catch let error as GzipError {
            throw Problem(error)
        } catch {
            throw error as! Problem  // Nothing else is thrown above; only typed throws cannot say so here.
        }
    }

    /// The source whose key came with the request, in its headers or in its body.
    private func source(of call: Call, _ body: JSON) throws(Problem) -> SourceID {
        let found = call.key ?? body.writeKey.flatMap { keys.key(for: $0) }
        guard let found else {
            if settings.isOpen { return try source(call, allowed: [], standard: "open") }
            throw KeyCheck.unauthorized
        }
        if !settings.isOpen {
            if call.key == nil { try KeyCheck.check(found, origin: call.head.headerFields[.origin], doors) }
            guard Permission.collect.isGranted(by: found.scopes) else {
                throw KeyCheck.scopeMissing(found.name.rawValue, .collect)
            }
        }
        return try source(call, allowed: found.sources, standard: found.sources.first ?? found.name)
    }

    /// Which source the events bear: the one that `?source=` names, where the key may.
    private func source(_ call: Call, allowed: [SourceID], standard: SourceID) throws(Problem) -> SourceID {
        guard !allowed.isEmpty, let asked = call.parameter("source") else { return standard }
        guard allowed.contains(SourceID(asked)) else {
            let known = allowed.map(\.rawValue).joined(separator: ", ")
            throw Problem(
                .forbidden, "source_not_allowed", "source: this key may send as \(known) only, not as “\(asked)”.")
        }
        return SourceID(asked)
    }

    /// A rejected message with what it had from its batch and its path, so that it can be sent again by itself.
    private func standingAlone(_ rejected: RejectedMessage, of body: JSON, at endpoint: Endpoint) -> [UInt8] {
        guard case .object(var members)? = try? JSON(parsing: rejected.message) else { return rejected.message }
        func fill(_ name: String, _ value: JSON?) {
            guard let value, !members.contains(where: { $0.name == name && $0.value != .null }) else { return }
            members.removeAll { $0.name == name }
            members.append(JSON.Member(name, value))
        }
        if endpoint == .batch {
            for name in ["sentAt", "context", "integrations"] { fill(name, body.present(name)) }
        } else {
            // What a program sends as its key is not for those who mend messages.
            members.removeAll { $0.name == "writeKey" }
            fill("type", .string(endpoint.rawValue))
        }
        return JSON.object(members).bytes
    }
}
