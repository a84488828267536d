import HTTPTypes
import Hummingbird
import WeirCoupons
import WeirDecisioning
import WeirDomain
import WeirEngine
import WeirJSON
import WeirLimits
import WeirStorage

/// Codes at the moment of use.
extension API {
    /// Answers for a shop's checkout.
    func useCoupon(_ action: CouponRequest.Action, _ call: Call) async throws -> Response {
        // Codes would be tried until one fits, and whoever looks at a page has its key.
        if let key = call.key, !key.origins.isEmpty {
            throw Problem(
                .forbidden, "not_from_pages",
                "A key for pages may not use codes, which are money. Ask from the shop's server with a key without origins."
            )
        }
        let request = try CouponRequest(
            action, try call.json(), limits: settings.limits, currency: engine.plan?.catalog.currency,
            time: engine.clock.now)
        let reply = try await engine.use(request)
        if let refusal = reply.refusal, action != .validate { throw Problem(refusal) }
        return .json { writer in
            if action == .validate {
                writer.member("valid", reply.use != nil)
            } else {
                writer.member("result", reply.use?.kind.name ?? "")
            }
            reply.write(request, into: &writer)
        }
    }

    // MARK: Pools

    /// How the pools stand.
    func couponPools(_ call: Call) async throws -> Response {
        let plan = engine.plan
        return .json { writer in
            writer.name("pools")
            writer.array { writer in
                for level in engine.couponPools {
                    writer.object { writer in
                        level.write(into: &writer)
                        writer.name("offers")
                        writer.array { writer in
                            for offer in plan?.offers ?? [] where offer.offer.codes?.pool == level.pool {
                                writer.string(offer.offer.id.rawValue)
                            }
                        }
                    }
                }
            }
        }
    }

    /// Makes codes, or takes in a list of them.
    func fillPool(_ call: Call) async throws -> Response {
        let pool = CouponPoolID(call.argument("pool"))
        guard pool.isNameOfPool else {
            throw Problem(
                .badRequest, "invalid_request",
                "pool: “\(pool.rawValue.prefix(60))” is no name. Use letters, digits, “-” and “_”, at most 64.")
        }
        let body = try call.json()
        var fields = FieldReader(body)
        guard fields.has("make") != fields.has("codes") else {
            fields.fault("make", "Send either make, such as {\"count\": 1000}, or codes, an array of texts.")
            throw Problem(faults: fields.faults)
        }
        if let make = body.present("make") { return try await makeCodes(in: pool, make, call) }
        return try await loadCodes(in: pool, body, call)
    }

    private func makeCodes(in pool: CouponPoolID, _ json: JSON, _ call: Call) async throws -> Response {
        var fields = FieldReader(json, at: "#/make")
        let count = fields.whole("count") ?? 0
        if !fields.has("count") { fields.fault("count", "missing. Send how many codes to make, such as 1000.") }
        let length = fields.whole("length") ?? CouponOrder.standardLength
        let alphabet = fields.text("alphabet")
        try fields.check()
        let order: CouponOrder
        do throws(CouponFault) {
            var characters = CouponAlphabet.readable
            if let alphabet { characters = try CouponAlphabet(alphabet) }
            order = try CouponOrder(count: count, length: length, alphabet: characters)
        } catch {
            let field = error.description.prefix { $0 != ":" }
            throw Problem(faults: [Problem.Fault(error.description, at: "#/make/\(field)")])
        }
        var random = Generator(random: self.random)
        let isTaken = engine.isTaken
        let codes = order.make(using: &random) { isTaken(CouponKey($0)) }
        try await keep(codes, .made, in: pool, call)
        return .json(.created) {
            $0.member("pool", pool.rawValue)
            $0.member("kept", codes.count)
            $0.member("free", engine.couponPools.first { $0.pool == pool }?.free ?? 0)
        }
    }

    private func loadCodes(in pool: CouponPoolID, _ body: JSON, _ call: Call) async throws -> Response {
        var fields = FieldReader(body)
        let items = fields.requiredArray("codes", "Send an array of texts.", atMost: CouponOrder.maximalCount)
        let isAllowed = fields.flag("allow_guessable")
        let firstLine = fields.whole("first_line") ?? 1
        try fields.check()
        let list = CouponList(lines: items.map { $0.string ?? $0.text }, isTaken: engine.isTaken)
        if let warning = list.warning, !isAllowed {
            throw Problem(
                .unprocessableContent, "guessable_codes",
                "codes: \(warning) Nothing was taken in. Load harder codes or let Weir make them; \"allow_guessable\": true "
                    + "takes them all the same.",
                faults: [Problem.Fault("codes: \(warning)", at: "#/codes")])
        }
        try await keep(list.codes, .loaded, in: pool, call)
        return .json { writer in
            writer.member("pool", pool.rawValue)
            writer.member("kept", list.codes.count)
            writer.member("free", engine.couponPools.first { $0.pool == pool }?.free ?? 0)
            if let warning = list.warning { writer.member("warning", warning) }
            writer.name("rejected")
            writer.array { writer in
                for fault in list.faults {
                    writer.object {
                        $0.member("line", fault.line + firstLine - 1)
                        $0.member("detail", fault.detail)
                        $0.member("pointer", "#/codes/\(fault.line - 1)")
                    }
                }
            }
        }
    }

    private func keep(
        _ codes: [String], _ origin: CouponLot.Origin, in pool: CouponPoolID, _ call: Call
    ) async throws {
        guard !codes.isEmpty else { return }
        try await engine.keep(
            CouponLot(pool: pool, origin: origin, codes: codes, time: engine.clock.now, actor: call.caller.name))
        try doors.log.record(call, "codes-\(origin)", pool.rawValue, "\(codes.count) codes")
    }

    // MARK: One code

    /// What is known of a code.
    func coupon(_ call: Call) async throws -> Response {
        let code = call.argument("code")
        guard let standing = engine.couponStanding(CouponKey(code)) else {
            throw Problem(CouponRefusal.unknown(code))
        }
        return .json { standing.write(into: &$0, for: call.caller) }
    }
}

extension Problem {
    init(_ refusal: CouponRefusal) {
        let status: HTTPResponse.Status =
            switch refusal {
            case .unknown: .notFound
            case .customerNeeded: .badRequest
            default: .conflict
            }
        self.init(
            status, refusal.name, refusal.detail, faults: [Fault(refusal.detail, at: "#/\(refusal.field)")])
    }
}

extension CouponRequest {
    /// The longest code that is looked for, in bytes.
    private static let longestCode = 200

    /// - Parameter currency: Of the catalog; nil where there is none yet.
    /// - Throws: `Problem` with everything that is wrong.
    fileprivate init(
        _ action: Action, _ json: JSON, limits: Limits, currency: Currency?, time: Timestamp
    ) throws(Problem) {
        var fields = FieldReader(json)
        let code = fields.id("code", limits)
        if code == nil, fields.faults.isEmpty {
            fields.fault("code", "missing. Send the code as the customer wrote it.")
        }
        if let code, code.utf8.count > Self.longestCode {
            fields.fault("code", "“\(code.prefix(60))…” is longer than any code. Send the code alone.")
        }
        let customer = fields.id("customer", limits)
        let anonymous = fields.id("anonymousId", limits)
        let before = fields.faults.count
        let order = fields.id("order_id", limits).flatMap { Orders.id($0) }
        if order == nil, action != .validate, fields.faults.count == before {
            fields.fault("order_id", "missing. Send the id of the order, which makes telling it again safe.")
        }
        let basket = fields.basket(in: currency)
        try fields.check()
        self.init(
            action, code: code!,
            customer: customer.map { CustomerID($0) } ?? anonymous.map { CustomerID(CustomerID.anonymousPrefix + $0) },
            order: order, basket: basket, time: time)
    }
}

extension FieldReader {
    /// `{"value": "59.90", "currency": "USD"}`, or with `lines` of a price and a quantity each instead of the value.
    fileprivate mutating func basket(in currency: Currency?) -> Basket? {
        guard let json = object("basket") else { return nil }
        if let text = json.present("currency")?.string, let currency, Currency(text) != currency {
            fault(
                "basket/currency",
                "“\(text.prefix(60))” is not \(currency), the catalog's currency; Weir converts nothing. Send it in \(currency)."
            )
            return nil
        }
        if let value = json.present("value") {
            return basketAmount(value, "basket/value", currency).map { Basket(value: $0) }
        }
        guard let lines = json.present("lines") else {
            fault("basket/value", "missing. Send what the basket costs before the discount, such as \"59.90\".")
            return nil
        }
        guard let lines = lines.array, lines.count <= 1_000 else {
            fault("basket/lines", "Send an array of at most 1000 lines, each with price and quantity.")
            return nil
        }
        var sum: Int64 = 0
        for (index, line) in lines.enumerated() {
            let place = "basket/lines/\(index)"
            guard let price = basketAmount(line.present("price") ?? .null, "\(place)/price", currency) else {
                return nil
            }
            let quantity = line.present("quantity").map { $0.integer ?? -1 } ?? 1
            let (cost, isTooMuch) = price.minorUnits.multipliedReportingOverflow(by: quantity)
            let (total, isStillTooMuch) = sum.addingReportingOverflow(cost)
            guard quantity >= 0, !isTooMuch, !isStillTooMuch else {
                fault("\(place)/quantity", "Send a whole number from 0 on, or leave it out for 1.")
                return nil
            }
            sum = total
        }
        return currency.map { Basket(value: Money(minorUnits: sum, currency: $0)) }
    }

    private mutating func basketAmount(_ value: JSON, _ name: String, _ currency: Currency?) -> Money? {
        let text = value.string ?? (value.double != nil ? value.text : "")
        guard let money = Money(text, defaultCurrency: currency), money.minorUnits >= 0,
            currency.map({ $0 == money.currency }) ?? true
        else {
            fault(
                name,
                "\(value == .null ? "missing" : "“\(value.text.prefix(60))” is no amount in \(currency ?? .usd)"). "
                    + "Send it like \"59.90\", 0 or more.")
            return nil
        }
        return money
    }

    /// A whole number.
    fileprivate mutating func whole(_ name: String) -> Int? {
        guard has(name) else { return nil }
        guard let number = member(name)?.integer, let whole = Int(exactly: number) else {
            fault(name, "\(member(name)?.text.prefix(60) ?? "") is no whole number.")
            return nil
        }
        return whole
    }

    fileprivate mutating func flag(_ name: String) -> Bool {
        guard has(name) else { return false }
        if case .bool(let flag)? = member(name) { return flag }
        fault(name, "Send true or false.")
        return false
    }
}

extension CouponReply {
    fileprivate func write(_ request: CouponRequest, into writer: inout JSONWriter) {
        writer.member("code", use?.code ?? request.code)
        if let refusal {
            writer.name("reason")
            writer.object {
                $0.member("code", refusal.name)
                $0.member("field", refusal.field)
                $0.member("detail", refusal.detail)
            }
        }
        guard let use else { return }
        if let order = use.order { writer.member("order_id", order) }
        if let amount = use.amount {
            writer.member("discount", amount.decimal)
            writer.member("currency", amount.currency.code)
        }
        writer.member("decision", use.decision.map { .string($0.description) } ?? .null)
        if let given = use.given {
            writer.member("offer", given.offer.rawValue)
            writer.member("campaign", given.campaign.rawValue)
        }
        writer.member("leaked", use.isLeaked)
        writer.member("repeated", isRepeated)
        writer.member("time", use.time.iso8601)
    }
}

extension CouponBook.Level {
    fileprivate func write(into writer: inout JSONWriter) {
        writer.member("pool", pool.rawValue)
        writer.member("count", count)
        writer.member("free", free)
        writer.member("given", given)
        writer.member("redeemed", redeemed)
        writer.member("leaked", leaked)
    }
}

extension CouponBook.Standing {
    /// The code and what became of it.
    var sentence: String {
        guard let use = uses.last(where: { $0.kind == .redeemed }), let order = use.order else {
            return "\(code): \(state)"
        }
        return "\(code): redeemed by order \(order)\(use.isLeaked ? ", by somebody who was not given it" : "")"
    }

    func write(into writer: inout JSONWriter, for caller: Caller) {
        writer.member("code", code)
        writer.member("pool", pool.map { .string($0.rawValue) } ?? .null)
        writer.member("state", state)
        writer.name("uses")
        writer.array { writer in
            for use in [given].compactMap(\.self) + uses {
                writer.object { writer in
                    writer.member("kind", use.kind.name)
                    writer.member("time", use.time.iso8601)
                    if let decision = use.decision { writer.member("decision", decision.description) }
                    if let customer = use.customer {
                        writer.member(
                            "customer", (caller.may(.viewPeople) ? customer : CustomerMask.masked(customer)).rawValue)
                    }
                    if let given = use.given { writer.member("offer", given.offer.rawValue) }
                    if let order = use.order { writer.member("order_id", order) }
                    if let amount = use.amount { writer.member("amount", amount.description) }
                    if let until = use.until { writer.member("until", until.iso8601) }
                    if use.isLeaked { writer.member("leaked", true) }
                }
            }
        }
    }
}
