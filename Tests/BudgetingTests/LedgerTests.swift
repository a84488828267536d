import Testing
import WeirBudgeting
import WeirDomain
import WeirStatistics

func dollars(_ minorUnits: Int64) -> Money { Money(minorUnits: minorUnits, currency: .usd) }
func pieces(_ count: Int64) -> Money { Money(minorUnits: count, currency: .pieces) }
func decision(_ number: Int64) -> DecisionID { DecisionID(number: number) }
func moment(_ seconds: Double) -> Timestamp { Timestamp(microseconds: Int64(seconds * 1e6)) }

/// Budgets `spring` (100 USD), `year` (150 USD) and `stock` (2 pieces), as indices 0, 1 and 2.
func funded() throws -> Ledger {
    var ledger = Ledger()
    _ = try ledger.fund("spring", limit: dollars(100_00), at: moment(0))
    _ = try ledger.fund("year", limit: dollars(150_00), at: moment(0))
    _ = try ledger.fund("stock", limit: pieces(2), at: moment(0))
    return ledger
}

extension Ledger {
    fileprivate mutating func reserve(_ amount: Money, from budget: Int = 0, for number: Int64) throws -> [LedgerEntry]
    {
        try reserve([Draw(budget: budget, amount: amount)], for: decision(number), at: moment(1))
    }
}

@Suite("Ledger")
struct LedgerTests {
    @Test("Money is neither made nor lost, whatever is asked", arguments: UInt64(0)..<100)
    func conservation(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        var ledger = try funded()
        var journal = try Ledger().journalOfFunding()
        var refusals = 0

        for step in 0..<500 {
            let before = ledger
            let time = moment(Double(step))
            do {
                journal += try ledger.randomChange(journal: journal, at: time, using: &random)
            } catch {  // A refusal is an answer here, not a failure.
                refusals += 1
                try #require(ledger.balances == before.balances)
                try #require(ledger.openReservations == before.openReservations)
            }
            try #require(ledger.trialBalance == 0)
            for account in ledger.accounts {
                try #require(min(account.available, account.reserved, account.spent) >= 0)
                try #require(account.reserved + account.spent <= account.limit)
            }
        }
        #expect(refusals > 20)

        // The journal alone yields the same balances, and these with the open reservations the same ledger.
        #expect(ledger.balances == balances(from: journal))
        let restored = try Ledger(restoring: ledger.balances, reservations: ledger.openReservations)
        #expect(restored.balances == ledger.balances)
        #expect(restored.openReservations == ledger.openReservations)
    }

    @Test("A reservation may take what is available, and not a cent more")
    func boundary() throws {
        var ledger = try funded()
        _ = try ledger.reserve(dollars(40_00), for: 1)
        #expect(throws: LedgerError.insufficient("spring", available: dollars(60_00), requested: dollars(60_01))) {
            try ledger.reserve(dollars(60_01), for: 2)
        }
        let entries = try ledger.reserve(dollars(60_00), for: 2)
        #expect(
            entries == [
                LedgerEntry(
                    budget: "spring", reason: .reserved, from: .available, to: .reserved, amount: dollars(60_00),
                    decision: decision(2), time: moment(1))
            ])
        #expect(ledger.accounts[0].available == 0)
        #expect(throws: LedgerError.self) { try ledger.reserve(dollars(1), for: 3) }
    }

    @Test("Several budgets give all or none")
    func allOrNone() throws {
        var ledger = try funded()
        let draws = [
            Ledger.Draw(budget: 1, amount: dollars(80_00)), Ledger.Draw(budget: 0, amount: dollars(80_00)),
            Ledger.Draw(budget: 2, amount: pieces(1)),
        ]
        let entries = try ledger.reserve(draws, for: decision(1), at: moment(1))
        #expect(entries.map(\.budget) == ["year", "spring", "stock"])
        let before = ledger.balances
        #expect(throws: LedgerError.insufficient("year", available: dollars(70_00), requested: dollars(80_00))) {
            try ledger.reserve(draws, for: decision(2), at: moment(1))
        }
        #expect(throws: LedgerError.insufficient("spring", available: dollars(20_00), requested: dollars(60_00))) {
            try ledger.reserve(
                [.init(budget: 1, amount: dollars(60_00)), .init(budget: 0, amount: dollars(60_00))], for: decision(2),
                at: moment(1))
        }
        #expect(ledger.balances == before)
    }

    @Test("A budget named twice must hold both amounts", arguments: [(50_00, true), (50_01, false)])
    func twice(second: Int64, fits: Bool) throws {
        var ledger = try funded()
        let draws = [Ledger.Draw(budget: 0, amount: dollars(50_00)), Ledger.Draw(budget: 0, amount: dollars(second))]
        let entries = try? ledger.reserve(draws, for: decision(1), at: moment(1))
        #expect((entries != nil) == fits)
        #expect(ledger.accounts[0].reserved == (fits ? 100_00 : 0))
    }

    @Test("A decision reserves once and closes once")
    func once() throws {
        var ledger = try funded()
        _ = try ledger.reserve(dollars(5), for: 1)
        #expect(throws: LedgerError.alreadyReserved(decision(1))) { try ledger.reserve(dollars(5), for: 1) }
        #expect(ledger.isReserved(by: decision(1)))
        _ = try ledger.spend(decision(1), at: moment(2))
        #expect(!ledger.isReserved(by: decision(1)))
        #expect(throws: LedgerError.notReserved(decision(1))) { try ledger.spend(decision(1), at: moment(3)) }
        #expect(throws: LedgerError.notReserved(decision(1))) { try ledger.release(decision(1), at: moment(3)) }
        #expect(ledger.accounts[0].spent == 5)
    }

    @Test("A free offer can be reserved and spent; no movement is no entry")
    func free() throws {
        var ledger = try funded()
        #expect(try ledger.reserve(dollars(0), for: 1).isEmpty)
        #expect(try ledger.reserve([], for: decision(2), at: moment(1)).isEmpty)
        #expect(ledger.openCount == 2)
        #expect(try ledger.spend(decision(1), at: moment(2)).isEmpty)
        #expect(try ledger.release(decision(2), at: moment(2)).isEmpty)
    }

    @Test("Amounts in another currency and below zero are refused")
    func wrongAmounts() throws {
        var ledger = try funded()
        let euros = Money(minorUnits: 5, currency: .eur)
        let mixed = LedgerError.mixedCurrencies("spring", expected: .usd, found: .eur)
        #expect(throws: mixed) { try ledger.reserve(euros, for: 1) }
        #expect(throws: mixed) { try ledger.fund("spring", limit: euros, at: moment(1)) }
        #expect(throws: LedgerError.negative("spring", dollars(-1))) { try ledger.reserve(dollars(-1), for: 1) }
        #expect(throws: LedgerError.negative("new", dollars(-1))) {
            try ledger.fund("new", limit: dollars(-1), at: moment(1))
        }
        #expect(ledger.index(of: "new") == nil)
    }

    @Test("A limit may fall to what is reserved and spent, and no further")
    func limits() throws {
        var ledger = try funded()
        _ = try ledger.reserve(dollars(30_00), for: 1)
        _ = try ledger.reserve(dollars(20_00), for: 2)
        _ = try ledger.spend(decision(2), at: moment(2))
        #expect(
            throws: LedgerError.limitBelowCommitments(
                "spring", limit: dollars(49_99), reserved: dollars(30_00), spent: dollars(20_00))
        ) { try ledger.fund("spring", limit: dollars(49_99), at: moment(3)) }

        let lowered = try ledger.fund("spring", limit: dollars(50_00), at: moment(3))
        #expect(lowered.map(\.from) == [.available])
        #expect(lowered.map(\.amount) == [dollars(50_00)])
        #expect(ledger.accounts[0].available == 0)
        let raised = try ledger.fund("spring", limit: dollars(50_01), at: moment(3))
        #expect(raised.map(\.from) == [.funding])
        #expect(ledger.accounts[0].available == 1)
        #expect(try ledger.fund("spring", limit: dollars(50_01), at: moment(3)).isEmpty)
        #expect(ledger.accounts[0].limit == 50_01)
    }

    @Test("What an offer did cost is spent, the rest released; stock goes whole", arguments: [0, 1, 7_00, 10_00])
    func actual(cost: Int64) throws {
        var ledger = try funded()
        let draws = [
            Ledger.Draw(budget: 0, amount: dollars(10_00)), Ledger.Draw(budget: 1, amount: dollars(10_00)),
            Ledger.Draw(budget: 2, amount: pieces(1)),
        ]
        _ = try ledger.reserve(draws, for: decision(1), at: moment(1))
        #expect(throws: LedgerError.exceedsReservation("spring", reserved: dollars(10_00), requested: dollars(10_01))) {
            try ledger.spend(decision(1), actual: dollars(10_01), at: moment(2))
        }
        let entries = try ledger.spend(decision(1), actual: dollars(cost), at: moment(2))
        #expect(ledger.accounts.map(\.spent) == [cost, cost, 1])
        #expect(ledger.accounts.map(\.reserved) == [0, 0, 0])
        #expect(ledger.accounts.map(\.available) == [100_00 - cost, 150_00 - cost, 1])
        #expect(entries.count == 1 + (cost > 0 ? 2 : 0) + (cost < 10_00 ? 2 : 0))
    }

    @Test("A refund gives back what was spent; asked twice it counts once")
    func refund() throws {
        var ledger = try funded()
        var journal = try ledger.reserve(dollars(10_00), for: 1)
        #expect(try ledger.refund(decision(1), history: journal, at: moment(2)).isEmpty)
        journal += try ledger.spend(decision(1), actual: dollars(7_00), at: moment(2))
        journal += try ledger.refund(decision(1), history: journal, at: moment(3))
        #expect(ledger.accounts[0].spent == 0)
        #expect(ledger.accounts[0].available == 100_00)
        #expect(try ledger.refund(decision(1), history: journal, at: moment(4)).isEmpty)
        #expect(ledger.accounts[0].available == 100_00)
        // A history that was never posted here cannot make money.
        let invented = LedgerEntry(
            budget: "spring", reason: .spent, from: .reserved, to: .spent, amount: dollars(1), decision: decision(9),
            time: moment(1))
        #expect(throws: LedgerError.exceedsSpent("spring", spent: dollars(0), requested: dollars(1))) {
            try ledger.refund(decision(9), history: [invented], at: moment(5))
        }
    }

    @Test("Every entry of a decision names what it gave, also after a restart")
    func given() throws {
        var ledger = try funded()
        let coffee = GivenOffer(offer: "coffee", campaign: "morning", channel: "till")
        let draws = [Ledger.Draw(budget: 0, amount: dollars(10_00)), Ledger.Draw(budget: 2, amount: pieces(1))]
        var journal = try ledger.reserve(draws, for: decision(1), giving: coffee, at: moment(1))
        journal += try ledger.reserve(draws, for: decision(2), giving: coffee, at: moment(1))
        ledger = try Ledger(restoring: ledger.balances, reservations: ledger.openReservations)
        journal += try ledger.spend(decision(1), actual: dollars(7_00), at: moment(2))
        journal += try ledger.release(decision(2), at: moment(3))
        journal += try ledger.refund(decision(1), history: journal, at: moment(4))
        #expect(Set(journal.map(\.reason)) == [.reserved, .spent, .released, .refunded])
        #expect(journal.allSatisfy { $0.given == coffee && $0.channel == "till" })
        #expect(try ledger.fund("spring", limit: dollars(1), at: moment(5)).allSatisfy { $0.given == nil })
    }

    @Test("Stored balances that do not agree are refused")
    func damagedBalances() throws {
        var ledger = try funded()
        _ = try ledger.reserve(dollars(10_00), for: 1)
        let (balances, open) = (ledger.balances, ledger.openReservations)
        func isRefused(_ change: (inout [BudgetID: [LedgerEntry.Account: Money]], inout [OpenReservation]) -> Void)
            -> Bool
        {
            var (balances, open) = (balances, open)
            change(&balances, &open)
            return (try? Ledger(restoring: balances, reservations: open)) == nil
        }

        #expect(!isRefused { _, _ in })
        #expect(!isRefused { balances, _ in balances["unused"] = [:] })
        #expect(isRefused { balances, _ in balances["spring"]![.spent] = dollars(1) })
        #expect(isRefused { balances, _ in balances["spring"]![.available] = nil })
        #expect(isRefused { balances, _ in balances["spring"]![.spent] = pieces(0) })
        #expect(
            isRefused { balances, _ in
                balances["spring"]![.spent] = dollars(-1)
                balances["spring"]![.available] = dollars(90_01)
            })
        #expect(isRefused { balances, _ in balances["spring"] = nil })
        #expect(isRefused { _, open in open = [] })
        #expect(isRefused { _, open in open.append(open[0]) })
        #expect(isRefused { _, open in open[0].amounts[0].amount = dollars(9_99) })
        #expect(isRefused { _, open in open[0].amounts[0].amount = pieces(10_00) })
        #expect(isRefused { _, open in open[0].amounts[0].budget = "year" })
    }

    @Test("A refusal names budget, figures and remedy")
    func messages() {
        #expect(
            LedgerError.insufficient("spring", available: dollars(1_50), requested: dollars(2_00)).description
                == "Budget “spring” has 1.50 USD left; 2.00 USD asked. Raise it, or offer something cheaper.")
        #expect(
            LedgerError.limitBelowCommitments(
                "spring", limit: dollars(1_00), reserved: dollars(2_00), spent: dollars(3_00)
            ).description
                == "Budget “spring” cannot be limited to 1.00 USD: 3.00 USD is spent and 2.00 USD reserved. Set a limit "
                + "that covers both, or wait until reservations expire.")
    }

    // MARK: Parts

    @Test("A part of what was spent comes back, parts add up to the whole, and stock comes back whole or not")
    func partialRefund() throws {
        var ledger = try funded()
        var history = try ledger.reserve(
            [.init(budget: 0, amount: dollars(10_01)), .init(budget: 2, amount: pieces(1))], for: decision(1),
            at: moment(1))
        history += try ledger.spend(decision(1), at: moment(2))
        for (share, spent) in [(1.0 / 3, Int64(6_67)), (0.5, 5_00), (0.5, 5_00), (0.4, 5_00)] {
            history += try ledger.refund(decision(1), history: history, share: share, at: moment(3))
            #expect(ledger.accounts[0].spent == spent)
            #expect(ledger.accounts[2].spent == 1)
        }
        history += try ledger.refund(decision(1), history: history, at: moment(4))
        #expect(ledger.accounts[0].spent == 0 && ledger.accounts[2].spent == 0)
        #expect(try ledger.refund(decision(1), history: history, at: moment(5)).isEmpty)
        #expect(ledger.trialBalance == 0)
    }

    @Test("What was released is spent after all, as far as the budget still has it")
    func spendReleased() throws {
        var ledger = try funded()
        var history = try ledger.reserve(dollars(60_00), for: 1)
        history += try ledger.release(decision(1), at: moment(2))
        _ = try ledger.reserve(dollars(70_00), for: 2)
        history += try ledger.spendReleased(decision(1), history: history, at: moment(3))
        #expect(ledger.accounts[0].spent == 30_00)
        #expect(ledger.accounts[0].available == 0)
        #expect(ledger.trialBalance == 0)
        history += try ledger.refund(decision(1), history: history, at: moment(4))
        #expect(ledger.accounts[0].spent == 0)
    }
}

@Suite("Uses that are booked anew")
struct RebookingTests {
    @Test(
        "What was spent is what the newest cost leaves after refunds, and never more than the budget",
        arguments: UInt64(0)..<200)
    func rebooking(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        var ledger = Ledger()
        var journal = try ledger.fund("spring", limit: dollars(50_00), at: moment(0))
        // What each decision's use must have cost in the end, before the budget is looked at.
        var share: [Int: Double] = [:]
        var expected: [Int: Int64] = [:]
        for step in 1...60 {
            let number = Int.random(in: 1...6, using: &random)
            let id = decision(Int64(number))
            let history = journal.filter { $0.decision == id }
            let cost = dollars(Int64.random(in: 0...15_00, using: &random))
            if expected[number] == nil {
                guard
                    let entries = try? ledger.reserve(
                        [.init(budget: 0, amount: dollars(15_00))], for: id, at: moment(Double(step)))
                else { continue }
                journal += entries
                journal += try ledger.spend(id, actual: cost, at: moment(Double(step)))
                expected[number] = cost.minorUnits
            } else if Bool.random(using: &random) {
                let before = ledger.accounts[0]
                let entries = try ledger.rebook(
                    id, history: history, cost: cost, share: share[number] ?? 0, at: moment(Double(step)))
                journal += entries
                let net = expected[number]! - Int64((Double(expected[number]!) * (share[number] ?? 0)).rounded())
                let granted = min(cost.minorUnits, before.available + net)
                if !entries.isEmpty { expected[number] = granted }
            } else {
                let part = max(share[number] ?? 0, Double(Int.random(in: 0...99, using: &random)) / 100)
                journal += try ledger.refund(id, history: history, share: part, at: moment(Double(step)))
                share[number] = part
            }
            let account = ledger.accounts[0]
            try #require(ledger.trialBalance == 0)
            try #require(account.available >= 0 && account.spent >= 0 && account.reserved == 0)
            let net = expected.reduce(Int64(0)) { sum, use in
                sum + use.value - Int64((Double(use.value) * (share[use.key] ?? 0)).rounded())
            }
            try #require(account.spent == net)
        }
    }
}

/// Sums entries by double entry, knowing nothing of the ledger.
private func balances(from journal: [LedgerEntry]) -> [BudgetID: [LedgerEntry.Account: Money]] {
    var balances: [BudgetID: [LedgerEntry.Account: Money]] = [:]
    for entry in journal {
        for account in LedgerEntry.Account.allCases {
            let change = (account == entry.to ? 1 : 0) - (account == entry.from ? 1 : 0)
            balances[entry.budget, default: [:]][account, default: .zero(entry.amount.currency)].minorUnits +=
                Int64(change) * entry.amount.minorUnits
        }
    }
    return balances
}

extension Ledger {
    fileprivate consuming func journalOfFunding() throws -> [LedgerEntry] {
        var ledger = self
        return try ledger.fund("spring", limit: dollars(100_00), at: moment(0))
            + ledger.fund("year", limit: dollars(150_00), at: moment(0))
            + ledger.fund("stock", limit: pieces(2), at: moment(0))
    }

    /// Does something that may or may not be allowed.
    fileprivate mutating func randomChange(
        journal: [LedgerEntry], at time: Timestamp, using random: inout SplitMix64
    ) throws(LedgerError) -> [LedgerEntry] {
        let someone = decision(Int64(random.next() % 60) + 1)
        let amount = Int64(random.next() % 12_00) - 10
        switch random.next() % 9 {
        case 0...3:
            let budgets = (0..<3).filter { _ in random.unit() < 0.5 }
            return try reserve(
                budgets.map { Draw(budget: $0, amount: $0 == 2 && random.unit() < 0.9 ? pieces(1) : dollars(amount)) },
                for: someone, at: time)
        case 4: return try spend(someone, at: time)
        case 5: return try spend(someone, actual: dollars(amount), at: time)
        case 6: return try release(someone, at: time)
        case 7: return try refund(someone, history: journal, at: time)
        default:
            return random.unit() < 0.5
                ? try fund("spring", limit: dollars(Int64(random.next() % 150_00)), at: time)
                : try fund("stock", limit: pieces(Int64(random.next() % 6)), at: time)
        }
    }
}
