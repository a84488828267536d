import ArgumentParser
import Foundation
import WeirCoupons
import WeirDecisioning
import WeirDomain
import WeirEngine
import WeirJSON
import WeirReporting
import WeirStorage

struct CouponsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "coupons", abstract: "Single-use codes: make or load them, see what became of one, use one.",
        discussion: """
            Examples:
              weir coupons make spring --count 1000 --store weir.db
              weir coupons show ACDEFGHJKM --url http://127.0.0.1:8080
            """,
        subcommands: [
            List.self, Make.self, Load.self, Show.self, ValidateCode.self, RedeemCode.self, ReleaseCode.self,
            RollBackCode.self,
        ])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Shows the pools: how many codes they have, and how many are left.",
            discussion: """
                Example:
                  weir coupons list --store weir.db
                """)

        @OptionGroup var result: ResultOptions
        @OptionGroup var server: ServerOptions
        @OptionGroup var store: StoreOptions

        func run() async throws {
            let columns = ["pool", "count", "free", "given", "redeemed", "leaked"]
            let rows: [[ReportTable.Cell]]
            if let client = server.client {
                let pools = try await client.send("GET", "/v1/coupons/pools")["pools"]?.array ?? []
                rows = pools.map { pool in
                    columns.map { name -> ReportTable.Cell in
                        if let text = pool[name]?.string { return .text(text) }
                        return .number(Double(pool[name]?.integer ?? 0))
                    }
                }
            } else {
                rows = try CouponBook(reading: try store.openForReading()).levels.map { level in
                    let counts = [level.count, level.free, level.given, level.redeemed, level.leaked]
                    var row: [ReportTable.Cell] = [.text(level.pool.rawValue)]
                    for count in counts { row.append(.number(Double(count))) }
                    return row
                }
            }
            let table = ReportTable(name: "pools", columns: columns.map { .init($0, $0) }, rows: rows)
            let lines = rows.map { row -> String in
                var words: [String] = []
                for (name, cell) in zip(columns, row).dropFirst() { words.append("\(cell.text) \(name)") }
                return row[0].text + "  " + words.joined(separator: ", ")
            }
            let empty = "There is no pool. Fill one: weir coupons make spring --count 1000"
            try result.give(Answer(table, empty: empty, lines: lines))
        }
    }

    struct Make: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Makes codes that cannot be guessed, and puts them into a pool.",
            discussion: """
                From the system's source of random numbers, of letters and digits that are not taken for each other. They are
                not shown: a decision gives each to one person.

                Examples:
                  weir coupons make spring --count 1000 --store weir.db
                  weir coupons make letters --count 50000 --length 12 --url http://127.0.0.1:8080
                """)

        @Argument(help: "The pool, as offers name it: codes: {pool: spring}.")
        var pool: String

        @Option(help: "How many.")
        var count: Int

        @Option(help: "Characters of each, 6 … 32.")
        var length = CouponOrder.standardLength

        @Option(help: "The letters and digits that they are made of, 8 or more; else those that look like no other.")
        var alphabet: String?

        @OptionGroup var result: ResultOptions
        @OptionGroup var server: ServerOptions
        @OptionGroup var store: StoreOptions

        func run() async throws {
            if let client = server.client {
                var order: [JSON.Member] = [
                    .init("count", .integer(Int64(count))), .init("length", .integer(Int64(length))),
                ]
                if let alphabet { order.append(.init("alphabet", .string(alphabet))) }
                let answer = try await client.send("POST", "/v1/coupons/pools/\(pool)", ["make": .object(order)])
                return try give(answer["kept"]?.integer ?? 0, free: answer["free"]?.integer ?? 0)
            }
            let order: CouponOrder
            do throws(CouponFault) {
                try checkPoolName(pool)
                var characters = CouponAlphabet.readable
                if let alphabet { characters = try CouponAlphabet(alphabet) }
                order = try CouponOrder(count: count, length: length, alphabet: characters)
            } catch {
                throw CommandFault(.badInput, "--\(error.description)")
            }
            let id = CouponPoolID(pool)
            let free = try await withLocalEngine(store) { engine in
                var random = SystemRandomNumberGenerator()
                let isTaken = engine.isTaken
                let codes = order.make(using: &random) { isTaken(CouponKey($0)) }
                try await engine.keep(
                    CouponLot(pool: id, origin: .made, codes: codes, time: engine.clock.now, actor: "command line"))
                return engine.couponPools.first { $0.pool == id }?.free ?? 0
            }
            try give(Int64(count), free: Int64(free))
        }

        private func give(_ kept: Int64, free: Int64) throws {
            try result.give(
                Answer(
                    ["\(kept) codes made; pool “\(pool)” has \(free) to give."],
                    json: ["pool": .string(pool), "kept": .integer(kept), "free": .integer(free)]))
        }
    }

    struct Load: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Takes codes of your own into a pool, from a file with one on each line.",
            discussion: """
                A line that is too short or too long, has other characters than letters, digits, - and _, or a code that is
                known already, is refused and named; the others land. Codes that are easily guessed, such as counted ones, are
                refused as a whole unless you say --allow-guessable.

                Examples:
                  weir coupons load spring codes.txt --store weir.db
                  weir coupons load spring codes.txt --url http://127.0.0.1:8080
                """)

        @Argument(help: "The pool, as offers name it: codes: {pool: spring}.")
        var pool: String

        @Argument(help: "The file.")
        var file: String

        @Flag(help: "Take codes in although they are easily guessed.")
        var allowGuessable = false

        @OptionGroup var result: ResultOptions
        @OptionGroup var server: ServerOptions
        @OptionGroup var store: StoreOptions

        /// A line that did not land.
        private struct Refused {
            var line: Int
            var detail: String
        }

        func run() async throws {
            let lines = try codeLines(of: file)
            if let client = server.client {
                let answer = try await client.send(
                    "POST", "/v1/coupons/pools/\(pool)",
                    ["codes": .array(lines.map { .string($0) }), "allow_guessable": .bool(allowGuessable)])
                return try give(
                    answer["kept"]?.integer ?? 0,
                    (answer["rejected"]?.array ?? []).map { line -> Refused in
                        Refused(line: Int(line["line"]?.integer ?? 0), detail: line["detail"]?.string ?? "")
                    }, warning: answer["warning"]?.string)
            }
            do throws(CouponFault) { try checkPoolName(pool) } catch {
                throw CommandFault(.badInput, error.description)
            }
            let (id, isAllowed) = (CouponPoolID(pool), allowGuessable)
            let list = try await withLocalEngine(store) { engine in
                let list = CouponList(lines: lines, isTaken: engine.isTaken)
                if let warning = list.warning, !isAllowed {
                    throw CommandFault(
                        .refused,
                        "\(warning) Nothing was taken in. Load harder codes, let Weir make them (weir coupons make), or say "
                            + "--allow-guessable.")
                }
                if !list.codes.isEmpty {
                    try await engine.keep(
                        CouponLot(
                            pool: id, origin: .loaded, codes: list.codes, time: engine.clock.now, actor: "command line")
                    )
                }
                return list
            }
            try give(
                Int64(list.codes.count), list.faults.map { Refused(line: $0.line, detail: $0.detail) },
                warning: list.warning)
        }

        private func give(_ kept: Int64, _ faults: [Refused], warning: String?) throws {
            var lines = ["\(kept) codes loaded into pool “\(pool)”, \(faults.count) lines refused."]
            if let warning { lines.append("Warning: \(warning)") }
            lines += faults.prefix(100).map { "line \($0.line): \($0.detail)" }
            if faults.count > 100 { lines.append("… and \(faults.count - 100) more lines.") }
            let rejected = faults.map { fault -> JSON in
                .object([.init("line", .integer(Int64(fault.line))), .init("detail", .string(fault.detail))])
            }
            let members: [JSON.Member] = [
                .init("pool", .string(pool)), .init("kept", .integer(kept)), .init("rejected", .array(rejected)),
                .init("warning", warning.map { JSON.string($0) } ?? .null),
            ]
            try result.give(Answer(lines, json: .object(members)))
            if kept == 0 { throw CommandFault(.refused, "Nothing was loaded from \(file).") }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Shows who was given a code, and which orders used it.",
            discussion: """
                Example:
                  weir coupons show ACDEFGHJKM --store weir.db
                """)

        @Argument(help: "The code, in any case, with or without blanks.")
        var code: String

        @OptionGroup var result: ResultOptions
        @OptionGroup var server: ServerOptions
        @OptionGroup var store: StoreOptions

        func run() async throws {
            let answer: JSON
            if let client = server.client {
                answer = try await client.send("GET", "/v1/coupons/codes/\(code.inPath)")
            } else {
                let book = try CouponBook(reading: try store.openForReading())
                guard let standing = book.standing(of: CouponKey(code)) else {
                    throw CommandFault(.refused, CouponRefusal.unknown(code).detail)
                }
                answer = standing.json
            }
            try result.give(Answer(lines(of: answer), json: answer))
        }

        private func lines(of answer: JSON) -> [String] {
            let pool = answer["pool"]?.string.map { ", of pool “\($0)”" } ?? ""
            var lines = ["\(answer["code"]?.string ?? code)\(pool): \(answer["state"]?.string ?? "")"]
            for use in answer["uses"]?.array ?? [] {
                let names = ["time", "kind", "order_id", "decision", "customer", "amount"]
                let parts: [String] = names.compactMap { use[$0]?.string }
                let isLeaked = use["leaked"] == .bool(true)
                lines.append("  " + parts.joined(separator: "  ") + (isLeaked ? "  leaked" : ""))
            }
            return lines
        }
    }
}

/// What the commands that use a code have in common.
struct CodeUse: ParsableArguments {
    @Argument(help: "The code, in any case, with or without blanks.")
    var code: String

    @Option(help: "Who uses it.")
    var customer: String?

    @OptionGroup var result: ResultOptions
    @OptionGroup var server: ServerOptions
    @OptionGroup var store: StoreOptions

    func run(_ action: CouponRequest.Action, order: String?, basket: String? = nil) async throws {
        if let client = server.client {
            var body: [JSON.Member] = [.init("code", .string(code))]
            if let customer { body.append(.init("customer", .string(customer))) }
            if let order { body.append(.init("order_id", .string(order))) }
            if let basket { body.append(.init("basket", ["value": .string(basket)])) }
            let answer = try await client.send("POST", "/v1/coupons/\(action.rawValue)", .object(body))
            let refused = answer["valid"] == .bool(false) ? answer["reason"]?["detail"]?.string : nil
            return try give(answer, refused: refused)
        }
        let (code, customer) = (code, customer)
        let reply = try await withLocalEngine(store) { engine in
            guard let currency = engine.plan?.catalog.currency else { throw EngineError.noCatalog }
            let value = basket.map { Money($0, defaultCurrency: currency) }
            if case .some(let money) = value, money.map({ $0.minorUnits < 0 || $0.currency != currency }) ?? true {
                throw CommandFault(
                    .badInput, "--basket: “\(basket!)” is no amount in \(currency). Write it like 59.90, 0 or more.")
            }
            return try await engine.use(
                CouponRequest(
                    action, code: code, customer: customer.map { CustomerID($0) }, order: order,
                    basket: value.flatMap { $0.map { Basket(value: $0) } }, time: engine.clock.now))
        }
        if let refusal = reply.refusal, action != .validate { throw CommandFault(.refused, refusal.detail) }
        var members: [JSON.Member] = [
            .init("result", .string(reply.refusal == nil ? reply.use!.kind.name : "refused")),
            .init("code", .string(reply.use?.code ?? code)),
        ]
        if action == .validate { members[0] = .init("valid", .bool(reply.use != nil)) }
        if let use = reply.use {
            if let order = use.order { members.append(.init("order_id", .string(order))) }
            if let amount = use.amount {
                members.append(.init("discount", .string(amount.decimal)))
                members.append(.init("currency", .string(amount.currency.code)))
            }
            members.append(.init("decision", use.decision.map { .string($0.description) } ?? .null))
            members.append(.init("leaked", .bool(use.isLeaked)))
            members.append(.init("repeated", .bool(reply.isRepeated)))
        }
        try give(.object(members), refused: reply.refusal?.detail)
    }

    private func give(_ answer: JSON, refused: String?) throws {
        if let refused { return try result.give(Answer([refused], json: answer)) }
        let what = answer["result"]?.string.map { $0.replacing("_", with: " ") } ?? "good"
        let amount = answer["discount"]?.string.map { ": \($0) \(answer["currency"]?.string ?? "")" } ?? ""
        let more =
            (answer["leaked"] == .bool(true) ? ", leaked" : "")
            + (answer["repeated"] == .bool(true) ? ", as told before" : "")
        try result.give(Answer(["\(answer["code"]?.string ?? code) \(what)\(amount)\(more)"], json: answer))
    }
}

struct ValidateCode: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "validate", abstract: "Says whether a code would be taken, and what it would take off.",
        discussion: """
            Example:
              weir coupons validate ACDEFGHJKM --customer 917 --basket 59.90 --url http://127.0.0.1:8080
            """)

    @Option(help: "The order that would use it.")
    var order: String?

    @Option(help: "What the basket costs, such as 59.90.")
    var basket: String?

    @OptionGroup var use: CodeUse

    func run() async throws { try await use.run(.validate, order: order, basket: basket) }
}

struct RedeemCode: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "redeem", abstract: "Uses a code for an order: once, however often it is told.",
        discussion: """
            Example:
              weir coupons redeem ACDEFGHJKM --order 1001 --customer 917 --basket 59.90 --url http://127.0.0.1:8080
            """)

    @Option(help: "The order that uses it.")
    var order: String

    @Option(help: "What the basket costs, such as 59.90.")
    var basket: String?

    @OptionGroup var use: CodeUse

    func run() async throws { try await use.run(.redeem, order: order, basket: basket) }
}

struct ReleaseCode: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "release", abstract: "Gives back a use whose order fell through.",
        discussion: """
            Example:
              weir coupons release ACDEFGHJKM --order 1001 --url http://127.0.0.1:8080
            """)

    @Option(help: "The order that used it.")
    var order: String

    @OptionGroup var use: CodeUse

    func run() async throws { try await use.run(.release, order: order) }
}

struct RollBackCode: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rollback", abstract: "Undoes a use whose order was taken back.",
        discussion: """
            Example:
              weir coupons rollback ACDEFGHJKM --order 1001 --url http://127.0.0.1:8080
            """)

    @Option(help: "The order that used it.")
    var order: String

    @OptionGroup var use: CodeUse

    func run() async throws { try await use.run(.rollback, order: order) }
}

/// - Throws: `CommandFault` where the file cannot be read, or is no text.
private func codeLines(of file: String) throws -> [String] {
    guard let data = FileManager.default.contents(atPath: file) else {
        throw CommandFault(.noInput, "“\(file)” cannot be read. Name a file with one code on each line.")
    }
    guard let text = String(validating: data, as: UTF8.self) else {
        throw CommandFault(.badInput, "“\(file)” is not UTF-8. Save it as plain text with one code on each line.")
    }
    return text.trimmingPrefix("\u{FEFF}").split(omittingEmptySubsequences: false) { $0.isNewline }.map(String.init)
}

private func checkPoolName(_ name: String) throws(CouponFault) {
    guard CouponPoolID(name).isNameOfPool else {
        throw CouponFault("pool: “\(name.prefix(60))” is no name. Use letters, digits, “-” and “_”, at most 64.")
    }
}

extension String {
    /// As one part of a URL's path.
    fileprivate var inPath: String { addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? self }
}

extension CouponBook.Standing {
    /// As the server gives it.
    fileprivate var json: JSON {
        let told = ([given].compactMap(\.self) + uses).map { use -> JSON in
            var members: [JSON.Member] = [
                .init("kind", .string(use.kind.name)), .init("time", .string(use.time.iso8601)),
            ]
            func tell(_ name: String, _ text: String?) {
                if let text { members.append(.init(name, .string(text))) }
            }
            tell("decision", use.decision?.description)
            tell("customer", use.customer?.rawValue)
            tell("offer", use.given?.offer.rawValue)
            tell("order_id", use.order)
            tell("amount", use.amount?.description)
            tell("until", use.until?.iso8601)
            if use.isLeaked { members.append(.init("leaked", .bool(true))) }
            return .object(members)
        }
        return .object([
            .init("code", .string(code)), .init("pool", pool.map { JSON.string($0.rawValue) } ?? .null),
            .init("state", .string(state)), .init("uses", .array(told)),
        ])
    }
}
