import Hummingbird
import Synchronization
import WeirDecisioning
import WeirDomain
import WeirEngine
import WeirJSON
import WeirLimits
import WeirStorage

extension API {
    func decide(_ call: Call) async throws -> Response {
        let reasons = try call.flag("reasons", default: true)
        var request = try decisionRequest(try call.json(), idempotencyKey: idempotencyKey(of: call))
        Self.keepApart(&request, call)
        try Self.check(request.placement, call)
        let reply = try await engine.decide(request)
        engine.recordDecision(since: call.start)
        if call.caller.isPage { return .json(reserving: 512) { reply.writeForPage(into: &$0) } }
        return .json(reserving: reasons ? 4_096 : 1_024) { reply.write(into: &$0, reasons: reasons) }
    }

    /// What anybody can read in a page takes no idempotency key that the shop's own programs use.
    private static func keepApart(_ request: inout DecisionRequest, _ call: Call) {
        guard call.caller.isPage, let key = request.idempotencyKey else { return }
        request.idempotencyKey = "page:" + key
    }

    /// Whether the caller's key is for this placement.
    private static func check(_ placement: PlacementID, _ call: Call) throws(Problem) {
        guard let key = call.key, !key.placements.isEmpty, !key.placements.contains(placement) else { return }
        let known = key.placements.map(\.rawValue).joined(separator: ", ")
        throw Problem(
            .forbidden, "placement_not_allowed",
            "placement: the key “\(key.name)” is for \(known) only, not for “\(placement)”. Use another key.")
    }

    private func decisionRequest(
        _ json: JSON, at pointer: String = "#", idempotencyKey: String? = nil
    ) throws(Problem) -> DecisionRequest {
        do throws(Problem) {
            return try DecisionRequest(json, at: pointer, limits: settings.limits, idempotencyKey: idempotencyKey)
        } catch {
            for fault in error.faults { if let limit = fault.limit { engine.limitCounts.countHit(of: limit) } }
            throw error
        }
    }

    /// The key of the header, of which many programs leave out the quotes.
    private func idempotencyKey(of call: Call) throws(Problem) -> String? {
        guard let text = call.head.headerFields[.idempotencyKey] else { return nil }
        let isQuoted = text.count >= 2 && text.hasPrefix("\"") && text.hasSuffix("\"")
        let key = isQuoted ? String(text.dropFirst().dropLast()) : text
        guard !key.isEmpty else {
            throw Problem(
                .badRequest, "invalid_request", "Idempotency-Key: empty. Send a UUID, or leave the header out.")
        }
        return key
    }

    // MARK: Many at once

    static let maximalBatchCount = 1_000

    func decideBatch(_ call: Call) async throws -> Response {
        let reasons = try call.flag("reasons", default: true)
        if call.head.headerFields[.idempotencyKey] != nil {
            throw Problem(
                .badRequest, "invalid_request",
                "Idempotency-Key: a batch has no key of its own. Give each of its requests an “idempotencyKey”.")
        }
        var fields = FieldReader(try call.json())
        let items = fields.requiredArray(
            "requests", "Send an array of requests as /v1/decide takes them.", atMost: Self.maximalBatchCount)
        try fields.check()
        if let key = call.key { rates.charge(.key(key.name), max(items.count, call.body.readableBytes / 1_024) - 1) }
        let answers = await decide(items, call)
        return .json(reserving: (reasons ? 4_096 : 1_024) * answers.count) { writer in
            writer.name("decisions")
            writer.array { writer in
                for answer in answers {
                    switch answer {
                    case .success(let reply):
                        writer.object { writer in
                            if call.caller.isPage {
                                reply.writeForPage(into: &writer)
                            } else {
                                reply.write(into: &writer, reasons: reasons)
                            }
                        }
                    case .failure(let problem): problem.write(into: &writer)
                    }
                }
            }
        }
    }

    /// So many are asked for at once, so that they share their commits, and those of others come in between.
    private static let piece = 128

    private func decide(_ items: [JSON], _ call: Call) async -> [Result<DecisionReply, Problem>] {
        var answers: [Result<DecisionReply, Problem>] = []
        answers.reserveCapacity(items.count)
        for start in stride(from: 0, to: items.count, by: Self.piece) {
            answers += await decide(items[start..<min(start + Self.piece, items.count)], call)
        }
        return answers
    }

    /// - Parameter items: A part of the batch, under its places in it.
    private func decide(_ items: ArraySlice<JSON>, _ call: Call) async -> [Result<DecisionReply, Problem>] {
        let gathering = Gathering<Result<DecisionReply, Problem>>(count: items.count)
        return await withCheckedContinuation { continuation in
            gathering.whenComplete { continuation.resume(returning: $0) }
            for (index, item) in zip(items.indices, items) {
                do throws(Problem) {
                    var request = try decisionRequest(item, at: "#/requests/\(index)")
                    Self.keepApart(&request, call)
                    try Self.check(request.placement, call)
                    engine.decide(request) { result in
                        engine.recordDecision(since: call.start)
                        gathering.set(index - items.startIndex, result.mapError { Problem($0) })
                    }
                } catch {
                    gathering.set(index - items.startIndex, .failure(error))
                }
            }
        }
    }
}

/// Answers that come in any order, handed on together.
private final class Gathering<Value: Sendable>: Sendable {
    private struct State {
        var values: [Value?]
        var missing: Int
        var completion: (@Sendable ([Value]) -> Void)?
    }

    private let state: Mutex<State>

    init(count: Int) { state = Mutex(State(values: Array(repeating: nil, count: count), missing: count)) }

    /// To be called before the first value is set.
    func whenComplete(_ completion: @escaping @Sendable ([Value]) -> Void) {
        state.withLock { $0.completion = completion }
    }

    func set(_ index: Int, _ value: Value) {
        let complete: (completion: (@Sendable ([Value]) -> Void)?, values: [Value])? = state.withLock { state in
            state.values[index] = value
            state.missing -= 1
            return state.missing == 0 ? (state.completion, state.values.map { $0! }) : nil
        }
        if let complete { complete.completion?(complete.values) }
    }
}
