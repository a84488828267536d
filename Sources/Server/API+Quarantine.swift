import Hummingbird
import WeirDomain
import WeirEngine
import WeirIngestion
import WeirJSON
import WeirStorage

/// Messages that could not be accepted.
extension API {
    private typealias Waiting = (number: Int64, message: QuarantinedMessage)

    /// The most that one answer says of messages as they were sent, in bytes.
    private static let maximalListedBytes = 4 << 20

    func listQuarantined(_ call: Call) async throws -> Response {
        let limit = try call.limit(default: 100, atMost: 1_000)
        let store = engine.store
        let numbers = try store.quarantineNumbers(QuarantineFilter(), through: try store.lastSequence(), limit: limit)
        var waiting: [Waiting] = []
        var bytes = 0
        // One by one, since each may be as long as a body.
        for number in numbers where bytes < Self.maximalListedBytes {
            waiting += try store.quarantined([number])
            bytes += waiting.last?.message.raw.count ?? 0
        }
        return .json(reserving: 512 * waiting.count) { writer in
            writer.name("messages")
            writer.array { writer in
                for (number, message) in waiting {
                    writer.object { writer in
                        writer.member("number", number)
                        writer.member("source", message.source.rawValue)
                        writer.member("received", message.receivedTime.iso8601)
                        writer.member("pointer", message.pointer)
                        writer.member("detail", message.reason)
                        let json = try? JSON(parsing: message.raw)
                        writer.member("message", json ?? .string(String(decoding: message.raw, as: UTF8.self)))
                    }
                }
            }
            if waiting.count < numbers.count { writer.member("isCut", true) }
        }
    }

    /// Gives up the messages that a body numbers, or all of a source, of before a moment, or all there are.
    func discardQuarantined(_ call: Call) async throws -> Response {
        let body = try call.json()
        var fields = FieldReader(body)
        let removed: Int
        if fields.has("numbers") {
            removed = try pages(call).reduce(0) { count, page in
                let found = try engine.store.quarantined(page).map(\.number)
                try engine.store.removeFromQuarantine(found)
                return count + found.count
            }
        } else {
            let source = fields.shortText("source", settings.limits)
            let before = fields.moment("before")
            if source == nil, before == nil, body["all"] != true, fields.faults.isEmpty {
                fields.fault(
                    "numbers",
                    "missing. Send an array of numbers as GET /v1/quarantine lists them, or “source”, “before” or "
                        + "“all”: true to give up many.")
            }
            try fields.check()
            removed = try engine.store.purgeQuarantine(
                QuarantineFilter(source: source.map { SourceID($0) }, before: before))
        }
        try quarantine.recount()
        return .json { $0.member("removed", removed) }
    }

    /// Decodes messages anew, for what was wrong may have been here: those that are good now leave the quarantine.
    func resubmitQuarantined(_ call: Call) async throws -> Response {
        var collected = Engine.Collected()
        var rejected: [(number: Int64, reason: String)] = []
        let pages = try pages(call)
        for page in pages {
            var accepted: [Int64] = []
            var events: [Event] = []
            var bytes = 0
            let waiting = try engine.store.quarantined(page)
            for (number, message) in try pages.count == 1 ? mended(waiting, call) : waiting {
                switch decode(message, number) {
                case .success(let event):
                    accepted.append(number)
                    events.append(event.mergingUsers(true))
                    bytes += message.raw.count
                case .failure(let problem): rejected.append((number, problem.detail))
                }
            }
            let landed = try await engine.collect(events, bytes: bytes)
            collected.accepted += landed.accepted
            collected.duplicates += landed.duplicates
            try engine.store.removeFromQuarantine(accepted)
        }
        try quarantine.recount()
        let (landed, refused) = (collected, rejected)
        return .json { writer in
            writer.member("accepted", landed.accepted)
            writer.member("duplicates", landed.duplicates)
            writer.name("rejected")
            writer.array { writer in
                for (number, reason) in refused {
                    writer.object {
                        $0.member("number", number)
                        $0.member("detail", reason)
                    }
                }
            }
        }
    }

    /// With `message` in the body the one message named is taken in as it stands there.
    private func mended(_ waiting: [Waiting], _ call: Call) throws -> [Waiting] {
        guard let message = try call.json().present("message") else { return waiting }
        guard message.members != nil, waiting.count == 1 else {
            throw Problem(
                .badRequest, "invalid_request",
                "message: mends a single message. Send an object, and one number that is in the quarantine.")
        }
        var mended = waiting[0]
        mended.message.raw = message.bytes
        return [mended]
    }

    private func decode(_ message: QuarantinedMessage, _ number: Int64) -> Result<Event, Problem> {
        do {
            let body = JSON.object([JSON.Member("batch", .array([try JSON(parsing: message.raw)]))])
            // A name of its own, so that a message counts once although the program dies before it leaves.
            let decoded = try MessageDecoder(source: message.source, rules: rules)
                .decode(body, at: .batch, received: message.receivedTime) { "quarantine-\(number)" }
            if let event = decoded.events.first { return .success(event) }
            return .failure(Problem(.badRequest, "invalid_request", decoded.rejected.first?.reason ?? ""))
        } catch {
            return .failure(Problem(.badRequest, "malformed_json", "The message is not valid JSON. \(error)"))
        }
    }

    /// The numbers that a body names, a few at a time, since each message may be as long as a body; unknown numbers count
    /// for nothing, since another may have dealt with them.
    private func pages(_ call: Call) throws -> [[Int64]] {
        let remedy = "Send an array of numbers as GET /v1/quarantine lists them."
        var fields = FieldReader(try call.json())
        let items = fields.requiredArray("numbers", remedy, atMost: 10_000)
        for (index, item) in items.enumerated() where item.integer == nil {
            fields.fault("numbers/\(index)", "\(item.text) is no whole number. \(remedy)")
        }
        try fields.check()
        let numbers = Set(items.compactMap(\.integer)).sorted()
        return stride(from: 0, to: numbers.count, by: 100).map { Array(numbers[$0..<min($0 + 100, numbers.count)]) }
    }
}
