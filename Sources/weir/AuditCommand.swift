import ArgumentParser
import WeirDomain
import WeirLogInsight
import WeirStorage

struct AuditCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit", abstract: "Recomputes decisions and adds up accounts from the log.",
        discussion: """
            Example:
              weir audit replay --all --store weir.db
            """,
        subcommands: [Replay.self, Accounts.self])

    struct Replay: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Recomputes a decision from its log entry and says whether it is identical.",
            discussion: """
                Works beside a running server.

                Examples:
                  weir audit replay d-1042 --store weir.db
                  weir audit replay --all --store weir.db
                """)

        @Argument(help: "The decision's id, such as d-1042.")
        var id: String?

        @Flag(help: "Every decision of the log.")
        var all = false

        @OptionGroup var store: StoreOptions

        func validate() throws {
            guard (id == nil) == all else {
                throw ValidationError("Name one decision, such as d-1042, or all of them with --all.")
            }
        }

        func run() throws {
            let audit = Audit(store: try store.openForReading())
            if all { return try replayAll(audit) }
            guard let id = DecisionID(id!) else {
                throw ValidationError("“\(id!)” is no decision's id. Ids look like d-1042.")
            }
            switch try audit.replay(id) {
            case .identical: print("\(id): identical.")
            case .different(let what):
                print("\(id): different. \(what)")
                throw ExitCode.failure
            }
        }

        private func replayAll(_ audit: Audit) throws {
            let bar = ProgressLine("Recomputing")
            let (checked, different) = try audit.replayAll { done, total in bar.show(done, of: total) }
            bar.finish()
            for (id, what) in different.prefix(20) { print("\(id): different. \(what)") }
            print(
                "\(checked) decisions recomputed, \(checked - different.count) identical, \(different.count) different."
            )
            if !different.isEmpty { throw ExitCode.failure }
        }
    }

    struct Accounts: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Adds up every ledger entry anew and compares the accounts with their balances.",
            discussion: """
                Example:
                  weir audit accounts --store weir.db
                """)

        @OptionGroup var store: StoreOptions

        func run() throws {
            let store = try store.openForReading()
            let kept = try store.balances()
            let summed = try store.balancesFromEntries()
            var faults = 0
            for budget in Set(kept.keys).union(summed.keys).sorted() {
                let accounts = summed[budget] ?? [:]
                let total = accounts.values.reduce(0) { $0 + $1.minorUnits }
                let words = LedgerEntry.Account.allCases.map { "\($0.name) \(accounts[$0]?.description ?? "0")" }
                let isOverspent = (accounts[.available]?.minorUnits ?? 0) < 0
                let isRight = kept[budget] == summed[budget] && total == 0 && !isOverspent
                if !isRight { faults += 1 }
                print(
                    "\(budget): \(words.joined(separator: ", ")) — \(isRight ? "sums to zero" : "DOES NOT HOLD, sum \(total)")"
                )
            }
            if faults > 0 { throw ExitCode.failure }
        }
    }
}
