package import WeirDomain
package import WeirJSON
import WeirLimits

/// Makes events of Segment messages: checks each, takes the sender's clock error out, and fills what may be left out.
///
/// A fault rejects its own message only. JSON's null counts as missing throughout, since client libraries send it for
/// what they do not have.
///
/// Source: Segment, "HTTP API Source", "Spec: Common Fields".
package struct MessageDecoder: Sendable {
    package var source: SourceID
    package var rules: IngestionRules

    package init(source: SourceID, rules: IngestionRules = IngestionRules()) {
        self.source = source
        self.rules = rules
    }

    /// Decodes a request body.
    ///
    /// - Parameters:
    ///   - body: As `IngestionRules.body(_:at:)` returned it.
    ///   - broken: What could not be read of the body.
    ///   - received: When it arrived, by the server's clock.
    ///   - newMessageID: Names a message that came without `messageId`.
    package func decode(
        _ body: JSON, broken: BrokenParts = BrokenParts(), at endpoint: Endpoint, received: Timestamp,
        newMessageID: () -> String
    ) throws(IngestionError) -> DecodedMessages {
        guard case .object = body else { throw .notAnObject(found: body.kind) }
        var decoded = DecodedMessages()
        guard endpoint == .batch else {
            if let part = broken.messages.first {
                decoded.rejected.append(RejectedMessage(part, at: "#"))
                return decoded
            }
            let kind = Event.Kind(rawValue: endpoint.rawValue)
            let batch = Batch(received: received, pointer: "#")
            decode(body, as: kind, of: batch, newMessageID: newMessageID, into: &decoded)
            return decoded
        }

        guard let list = body.present("batch") else { throw .batchMissing }
        guard case .array(let messages) = list else { throw .batchNotAnArray(found: list.kind) }
        var batch = Batch(received: received, pointer: "#", fields: body, shared: shared(by: body))
        decoded.events.reserveCapacity(min(messages.count, rules.maximalBatchCount))
        var brokenMessages = broken.messages[...]
        for (index, message) in messages.enumerated() {
            guard index < rules.maximalBatchCount || decoded.rejected.count < rules.limits.refusedPerBody else {
                decoded.notKept += messages.count - index
                break
            }
            batch.pointer = "#/batch/\(index)"
            if let part = brokenMessages.first, part.index == index {
                brokenMessages.removeFirst()
                decoded.reject(RejectedMessage(part, at: batch.pointer), keeping: rules.limits.refusedPerBody)
            } else if let shared = broken.shared {
                // What it says of all messages, such as a refusal, must not be lost on any.
                decoded.reject(
                    RejectedMessage(shared, at: "#", message: message.bytes), keeping: rules.limits.refusedPerBody)
            } else if index < rules.maximalBatchCount {
                batch.copies += 1
                decode(message, as: nil, of: batch, newMessageID: newMessageID, into: &decoded)
            } else {
                let reason =
                    "The batch holds \(messages.count) messages; the \(rules.maximalBatchCount) before this one count. "
                    + "Send this one again in another batch."
                decoded.reject(
                    RejectedMessage(
                        code: .tooLarge, pointer: "#/batch/\(index)", reason: reason, message: message.bytes,
                        limit: .message), keeping: rules.limits.refusedPerBody)
            }
        }
        return decoded
    }

    /// What the messages of a batch share, and what is beyond a limit in it.
    private func shared(by body: JSON) -> Batch.Shared {
        var shared = Batch.Shared()
        for name in ["context", "integrations"] {
            guard let value = body.present(name), value.members != nil else { continue }
            shared.bytes += value.bytes.count
            do throws(LimitFault) { try rules.limits.check(value, name) } catch { shared.fault = error }
        }
        return shared
    }

    /// Decodes one message; where no kind is given, its `type` tells.
    func decode(
        _ message: JSON, as kind: Event.Kind?, of batch: Batch, newMessageID: () -> String,
        into decoded: inout DecodedMessages
    ) {
        do throws(MessageFault) {
            decoded.events.append(try event(message, as: kind, of: batch, newMessageID: newMessageID))
        } catch {
            let parent = error.isOfBatch ? "#" : batch.pointer
            decoded.reject(
                RejectedMessage(
                    code: error.code, pointer: error.field.isEmpty ? parent : "\(parent)/\(error.field)",
                    reason: error.reason, message: message.bytes, limit: error.limit),
                keeping: rules.limits.refusedPerBody)
        }
    }

    // MARK: One message

    /// What the messages of a body share.
    struct Batch {
        var received: Timestamp
        /// To the message at hand.
        var pointer: String
        /// The body's own members; context, integrations and `sentAt` count for each message.
        var fields: JSON = .null
        var shared = Shared()
        /// How many messages have a copy of what is shared, with the one at hand.
        var copies = 0

        struct Shared {
            /// Of compact JSON.
            var bytes = 0
            var fault: LimitFault?
        }
    }

    private func event(
        _ message: JSON, as endpointKind: Event.Kind?, of batch: Batch, newMessageID: () -> String
    ) throws(MessageFault) -> Event {
        guard case .object(let members) = message else {
            throw MessageFault(.invalid, "", "The message is \(message.kind); send an object.")
        }
        guard !message.isLonger(than: rules.maximalMessageBytes) else {
            let limit = rules.maximalMessageBytes
            throw MessageFault(
                .tooLarge, "", "The message is longer than \(limit) bytes; leave out properties that nobody needs.",
                limit: .message)
        }
        let fields = MessageFields(members)
        let kind = try kind(fields, at: endpointKind)
        var event = Event(
            messageID: "", source: source, kind: kind, userID: try id(fields.userID, "userId"),
            anonymousID: try id(fields.anonymousID, "anonymousId"), eventTime: batch.received,
            receivedTime: batch.received)
        try complete(&event, from: fields)
        try rules.amounts.read(&event)
        event.context = try context(of: fields, in: batch, kind: kind)
        do throws(LimitFault) { try check(event) } catch { throw MessageFault(error) }
        let times = try times(of: fields, in: batch)
        event.eventTime = times.corrected
        if (fields.timestamp ?? fields.originalTimestamp)?.isDateAlone == true {
            event.context = event.context.setting(Event.timestampPrecision, to: "day")
        }
        // A delay looks like a clock that is behind: then consent counts from what was written, see `Profile`.
        if times.written < times.corrected, event.context.present("consent") != nil {
            let written = JSON.string(times.written.iso8601)
            event.context = event.context.setting(Event.unadjustedTimestamp, to: written)
        }
        event.messageID = try messageID(of: fields) ?? newMessageID()
        return event
    }

    private func kind(_ fields: MessageFields, at endpointKind: Event.Kind?) throws(MessageFault) -> Event.Kind {
        guard let type = try text(fields.type, "type") else {
            guard let endpointKind else {
                throw MessageFault(.missing, "type", "“type” is missing; send one of \(Event.Kind.list).")
            }
            return endpointKind
        }
        guard let kind = Event.Kind(rawValue: type) else {
            throw MessageFault(.invalid, "type", "“type” is “\(type.beginning)”; send one of \(Event.Kind.list).")
        }
        if let endpointKind, kind != endpointKind {
            let reason = "“type” is “\(type)” at /v1/\(endpointKind.rawValue); send it to /v1/\(type) or /v1/batch."
            throw MessageFault(.invalid, "type", reason)
        }
        return kind
    }

    /// Fills what depends on the kind: the name and the properties; checks that the person is known.
    private func complete(_ event: inout Event, from fields: MessageFields) throws(MessageFault) {
        switch event.kind {
        case .track:
            guard let name = try text(fields.event, "event") else {
                throw MessageFault(.missing, "event", "“event” is missing; send the event's name, as a string.")
            }
            event.name = EcommerceEventName.current(name)
            event.properties = try object(fields.properties, "properties")
        case .page, .screen:
            event.name = try text(fields.name, "name") ?? ""
            event.properties = try object(fields.properties, "properties")
            if let category = try text(fields.category, "category"), event.properties.present("category") == nil {
                event.properties = event.properties.setting("category", to: .string(category))
            }
        case .identify:
            event.properties = try object(fields.traits, "traits")
            // RudderStack's clients put traits there.
            let shared = fields.context?.present("traits")
            for trait in try object(shared, "context/traits").members ?? [] where event.properties[trait.name] == nil {
                event.properties = event.properties.setting(trait.name, to: trait.value)
            }
        case .group:
            event.properties = try object(fields.traits, "traits")
        case .alias:
            guard event.userID != nil else {
                throw nobody(fields.userID, "userId")
                    ?? MessageFault(.missing, "userId", "“userId” is missing; an alias needs the person's new id.")
            }
        }
        if let userID = event.userID, userID.hasPrefix(CustomerID.anonymousPrefix) {
            throw MessageFault(
                .invalid, "userId",
                "“userId” is “\(userID)”; ids that begin with “\(CustomerID.anonymousPrefix)” are kept for people without "
                    + "one. Send the id without that, or as “anonymousId”.")
        }
        guard event.userID != nil || event.anonymousID != nil else {
            if let fault = nobody(fields.userID, "userId") ?? nobody(fields.anonymousID, "anonymousId") {
                throw fault
            }
            let reason = "Neither “userId” nor “anonymousId” is given; send one of them at least, as a string."
            throw MessageFault(.missing, "userId", reason)
        }
    }

    private func context(
        of fields: MessageFields, in batch: Batch, kind: Event.Kind
    ) throws(MessageFault) -> JSON {
        var context = try merged("context", own: fields.context, of: batch)
        let integrations = try merged("integrations", own: fields.integrations, of: batch)
        if integrations != .emptyObject { context = context.setting("integrations", to: integrations) }
        if let consent = try consentStamp(in: context) {
            context = context.setting("consent", to: consent)
        } else if let answers = try readAnswers(in: context) {
            let stamp = (context["consent"] ?? [:]).setting("categoryPreferences", to: answers)
            context = context.setting("consent", to: stamp)
        }
        if kind == .alias {
            guard let id = try id(fields.previousID, "previousId") else {
                let reason = "“previousId” is missing; an alias needs the id the person had before."
                throw nobody(fields.previousID, "previousId") ?? MessageFault(.missing, "previousId", reason)
            }
            context = context.setting("previousId", to: .string(id))
        } else if kind == .group {
            guard let id = try id(fields.groupID, "groupId") else {
                throw nobody(fields.groupID, "groupId")
                    ?? MessageFault(.missing, "groupId", "“groupId” is missing; send the group's id, as a string.")
            }
            context = context.setting("groupId", to: .string(id))
        }
        return context
    }

    /// The message's own object with the batch's members beside it; the message's own win.
    ///
    /// Not deeper than one level: half of one campaign and half of another would be a campaign that never was.
    private func merged(_ field: String, own: JSON?, of batch: Batch) throws(MessageFault) -> JSON {
        let own = try object(own, field)
        guard batch.fields != .null else { return own }
        if let fault = batch.shared.fault { throw MessageFault(fault).ofBatch }
        let limit = rules.limits.sharedBytesPerBatch
        guard batch.shared.bytes <= limit / max(1, batch.copies) else {
            throw MessageFault(
                .tooLarge, field,
                "What stands beside the batch has \(batch.shared.bytes) bytes and each message gets a copy; all copies may "
                    + "come to \(limit) bytes. Send fewer messages at a time, or a shorter context.", limit: .shared
            ).ofBatch
        }
        let shared: JSON
        do throws(MessageFault) { shared = try object(batch.fields.present(field), field) } catch {
            throw error.ofBatch
        }
        var merged = own
        for member in shared.members ?? [] where own.present(member.name) == nil {
            merged = merged.setting(member.name, to: member.value)
        }
        return merged
    }

    /// When it happened by the server's clock, received − (sent − timestamp), so that the sender's clock cancels out; and
    /// as it was written.
    ///
    /// What an archive had received before keeps its time: it was corrected then. So does what was sent more than
    /// an hour before it arrived: clients that write `sentAt` when they close a file are more common than such clocks.
    private func times(
        of fields: MessageFields, in batch: Batch
    ) throws(MessageFault) -> (written: Timestamp, corrected: Timestamp) {
        let field = fields.timestamp == nil ? "originalTimestamp" : "timestamp"
        guard let given = try moment(fields.timestamp ?? fields.originalTimestamp, field) else {
            return (batch.received, batch.received)
        }
        var sent: Timestamp?
        let isDay = (fields.timestamp ?? fields.originalTimestamp)?.isDateAlone == true
        if rules.correctsClocks, fields.receivedAt == nil {
            sent = try moment(fields.sentAt, "sentAt")
            if sent == nil, let shared = batch.fields.present("sentAt") {
                do throws(MessageFault) { sent = try moment(shared, "sentAt") } catch { throw error.ofBatch }
            }
        }
        // A day alone was written by no clock.
        if let moment = sent, isDay || rules.isDelayed(sent: moment, written: given, received: batch.received) {
            sent = nil
        }
        let eventTime = sent.map { batch.received - $0.since(given) } ?? given
        let lead = eventTime.since(batch.received)
        // Where a day begins before it does in Greenwich, today may be tomorrow there.
        guard lead <= rules.clockTolerance || isDay && lead <= .seconds(14 * 3_600) else {
            let remedy =
                sent.map { "its “sentAt” is \($0.iso8601). Take both from one clock." }
                ?? "the sender's clock is ahead. Set it, or send “sentAt”, so that its error can be taken out."
            throw MessageFault(
                .clockAhead, field,
                "The timestamp \(given.iso8601) lies \(Int(lead.inSeconds)) s after its arrival; \(remedy)")
        }
        // A clock that is ahead is proved wrong; what it wrote says nothing.
        return (sent.map { $0 > batch.received } ?? true ? eventTime : given, eventTime)
    }

    private func messageID(of fields: MessageFields) throws(MessageFault) -> String? {
        guard let id = try id(fields.messageID, "messageId") else { return nil }
        let limit = rules.maximalMessageIDLength
        // Counting bytes first: counting characters is slow, and there are never more of them.
        guard id.utf8.count <= limit || id.count <= limit else {
            throw MessageFault(
                .tooLarge, "messageId", "“messageId” has \(id.count) characters; \(limit) are allowed. Send a UUID.",
                limit: .id)
        }
        do throws(LimitFault) { try rules.limits.checkID(id, "messageId") } catch { throw MessageFault(error) }
        return id
    }

    /// RudderStack's consent, as the stamp that Segment's clients would have sent; nil where there is none.
    ///
    /// Source: RudderStack, "Consent management", `context.consentManagement`.
    private func consentStamp(in context: JSON) throws(MessageFault) -> JSON? {
        guard let managed = context.present("consentManagement"), context.present("consent") == nil else { return nil }
        let count = ["deniedConsentIds", "allowedConsentIds"].reduce(0) { $0 + (managed[$1]?.array?.count ?? 0) }
        guard count <= rules.limits.consentCategories else {
            throw MessageFault(
                .tooLarge, "context/consentManagement",
                "“context.consentManagement” names \(count) categories; at most \(rules.limits.consentCategories) are "
                    + "allowed. Send those that the catalog's campaigns ask for.", limit: .consent)
        }
        var answers: [JSON.Member] = []
        // What is in both lists is refused.
        for (name, isGranted) in [("deniedConsentIds", false), ("allowedConsentIds", true)] {
            guard let list = managed.present(name) else { continue }
            guard let ids = list.array, ids.allSatisfy({ $0.string != nil || $0.integer != nil }) else {
                throw MessageFault(
                    .invalid, "context/consentManagement/\(name)",
                    "“\(name)” is \(list.kind) that is no list of ids; send an array of strings.")
            }
            for id in ids.map({ $0.string ?? $0.text }) where !answers.contains(where: { $0.name == id }) {
                answers.append(JSON.Member(id, .bool(isGranted)))
            }
        }
        // Two empty lists say nothing of anything.
        return answers.isEmpty ? nil : ["categoryPreferences": .object(answers)]
    }

    /// A stamp's answers as yes and no, where some are written otherwise; nil where nothing is to be changed.
    ///
    /// A category that was not asked about (null) has no answer.
    private func readAnswers(in context: JSON) throws(MessageFault) -> JSON? {
        guard let told = context["consent"]?.present("categoryPreferences") else { return nil }
        let place = "context/consent/categoryPreferences"
        guard let members = told.members else {
            throw MessageFault(
                .invalid, place,
                "“categoryPreferences” is \(told.kind); send an object with a category for each name and true or false."
            )
        }
        guard !members.allSatisfy({ if case .bool = $0.value { true } else { false } }) else { return nil }
        var answers: [JSON.Member] = []
        for member in members where member.value != .null {
            guard let isGranted = ConsentWords.isGranted(member.value) else {
                throw MessageFault(
                    .invalid, "\(place)/\(member.name)",
                    "“\(member.name)” is \(member.value.kind) that is no answer: \(member.value.text.beginning). Send true or "
                        + "false.")
            }
            answers.append(JSON.Member(member.name, .bool(isGranted)))
        }
        return .object(answers)
    }

    /// Looks at what is long, deep or many in an event.
    private func check(_ event: Event) throws(LimitFault) {
        let limits = rules.limits
        if event.kind == .track { try limits.checkName(event.name, "event") }
        if event.kind == .page || event.kind == .screen { try limits.checkName(event.name, "name") }
        let field = event.kind == .identify || event.kind == .group ? "traits" : "properties"
        try limits.check(event.properties, field)
        if event.kind == .identify { try limits.checkTraits(event.properties, field) }
        if let order = event.order {
            try limits.checkID(
                order, event.properties.present("order_id") == nil ? "properties/orderId" : "properties/order_id")
        }
        try limits.check(event.context, "context")
        let stamp = event.context["consent"]?["categoryPreferences"]?.members?.count ?? 0
        guard stamp <= limits.consentCategories else {
            throw LimitFault(
                .consent, "context/consent/categoryPreferences",
                "“context.consent.categoryPreferences” names \(stamp) categories; at most \(limits.consentCategories) are "
                    + "allowed. Send those that the catalog's campaigns ask for.")
        }
    }

    // MARK: One field

    /// An id as text, however it was sent; nil where none is given, or something that is none.
    private func id(_ value: JSON?, _ field: String) throws(MessageFault) -> String? {
        switch value {
        case .integer(let number): return number == 0 ? nil : String(number)
        case .number(let number):
            guard let whole = Int64(exactly: number), whole.magnitude < 1 << 53 else {
                let what = number.rounded() == number ? "which has lost digits on its way" : "and no id has a fraction"
                throw MessageFault(
                    .invalid, field, "“\(field)” is the number \(value!.text), \(what); send the id as a string.")
            }
            return whole == 0 ? nil : String(whole)
        default:
            guard let text = try text(value, field), Self.isPlainName(text) || !IdentifierText.isNobody(text) else {
                return nil
            }
            do throws(LimitFault) {
                try rules.limits.checkID(text, field)
                let id = IdentifierText.normalized(text)
                try rules.limits.checkID(id, field)
                return id
            } catch { throw MessageFault(error) }
        }
    }

    /// Whether a text is seen at once to name somebody: letters before a digit, or an address. Most ids are such.
    private static func isPlainName(_ text: String) -> Bool {
        guard let first = text.utf8.first else { return false }
        switch first {
        case UInt8(ascii: "1")...UInt8(ascii: "9"): return true
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"):
            return text.utf8.contains { (0x30...0x39).contains($0) || $0 == UInt8(ascii: "@") }
        default: return false
        }
    }

    /// What to say where an id is needed and something that is none is given; nil where nothing is given.
    private func nobody(_ value: JSON?, _ field: String) -> MessageFault? {
        guard let value, value != .null, value != "" else { return nil }
        let shown = value.string.map { String($0.prefix(60)) } ?? value.text
        return MessageFault(
            .invalid, field,
            "“\(field)” is “\(shown)”, which names nobody: programs write it where they have no id. "
                + "Send the person's id, or leave “\(field)” out and send an “anonymousId”.")
    }

    private func text(_ value: JSON?, _ field: String) throws(MessageFault) -> String? {
        switch value {
        case nil, .null: return nil
        case .string(let text): return text.isEmpty ? nil : text
        case .some(let value):
            let remedy = value.double == nil ? "send a string." : "send it as a string: \"\(value.text)\"."
            throw MessageFault(.invalid, field, "“\(field)” is \(value.described); \(remedy)")
        }
    }

    private func object(_ value: JSON?, _ field: String) throws(MessageFault) -> JSON {
        switch value {
        case nil, .null: return .emptyObject
        case .object: return value!
        case .some(let value):
            throw MessageFault(.invalid, field, "“\(field)” is \(value.described); send an object.")
        }
    }

    private static let year1900 = Timestamp(day: Timestamp.day(year: 1900, month: 1, day: 1))

    private func moment(_ value: JSON?, _ field: String) throws(MessageFault) -> Timestamp? {
        let remedy = "send ISO 8601, such as 2026-03-01T12:00:00.000Z."
        switch value {
        case nil, .null: return nil
        case .string(let text):
            guard let moment = Timestamp(iso8601: text) else {
                throw MessageFault(.invalid, field, "“\(field)” is “\(text.prefix(60))”; \(remedy)")
            }
            // The zero of many clocks and languages.
            guard field == "sentAt" || (moment.microseconds != 0 && moment >= Self.year1900) else {
                throw MessageFault(
                    .invalid, field,
                    "“\(field)” is “\(text.prefix(60))”, which programs write where they have no moment; leave it out, or \(remedy)"
                )
            }
            return moment
        case .some(let value):
            throw MessageFault(.invalid, field, "“\(field)” is \(value.described); \(remedy)")
        }
    }
}

extension Event.Kind {
    fileprivate static var list: String { allCases.map { "“\($0.rawValue)”" }.joined(separator: ", ") }
}

extension JSON {
    /// The kind, and the value where it is short.
    fileprivate var described: String {
        switch self {
        case .bool, .integer, .number: "\(kind.replacingArticle) \(text)"
        default: kind
        }
    }
}

extension String {
    /// "the number" for "a number".
    fileprivate var replacingArticle: String { "the" + drop { $0 != " " } }
}

extension JSON {
    /// Whether a time that is read says the day alone.
    fileprivate var isDateAlone: Bool { string?.utf8.count == 10 }
}
