import ArgumentParser
import WeirDomain
import WeirLogInsight
import WeirReporting
import WeirStorage

struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit", abstract: "Recomputes decisions, adds up accounts, and shows and verifies who did what.",
        discussion: """
            Example:
              weir audit replay --all --store weir.db
            """,
        subcommands: [Replay.self, Accounts.self, Unjoined.self, AccessLogCommand.self, VerifyAccessCommand.self])

    struct Replay: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Recomputes a decision from its log entry and says whether it is identical.",
            discussion: """
                With --from-events it also rebuilds what was known of the person from the events before the decision, and \
                names each consent, cap, trait and feature that was logged otherwise. Works beside a running server.

                Examples:
                  weir audit replay d-1042 --store weir.db
                  weir audit replay --all --store weir.db
                  weir audit replay --all --from-events --store weir.db
                """)

        @Argument(help: "The decision's id, such as d-1042.")
        var id: String?

        @Flag(help: "Every decision of the log.")
        var all = false

        @Flag(help: "Also holds what each decision saw of its person against the events of the log.")
        var fromEvents = false

        @OptionGroup var store: StoreOptions
        @OptionGroup var report: ReportOptions

        func validate() throws {
            guard (id == nil) == all else {
                throw ValidationError("Name one decision, such as d-1042, or all of them with --all.")
            }
        }

        func run() throws {
            let store = try store.openForReading()
            let audit = Audit(store: store)
            let found: ReplayReport
            if all {
                found = try replayAll(audit, decisions: try store.counts().decisions)
            } else {
                guard let id = DecisionID(id!) else {
                    throw ValidationError("“\(id!)” is no decision's id. Ids look like d-1042.")
                }
                found = ReplayReport(
                    of: id, try audit.replay(id), situation: fromEvents ? try audit.replayFromEvents(id) : nil)
            }
            try report.give(found.report)
            if !found.isClean { throw ExitCode(ExitStatus.badVerdict.rawValue) }
        }

        private func replayAll(_ audit: Audit, decisions: Int) throws -> ReplayReport {
            let recomputing = ProgressLine("Recomputing")
            let (checked, different) = try audit.replayAll { done, total in recomputing.show(done, of: total) }
            recomputing.finish()
            guard fromEvents else { return ReplayReport(recomputed: checked, different: different) }
            let checking = ProgressLine("Holding against the events")
            let situations = try audit.replayAllFromEvents { done in checking.show(done, of: decisions) }
            checking.finish()
            return ReplayReport(recomputed: checked, different: different, situations: situations)
        }
    }

    struct Accounts: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Adds up every ledger entry anew and compares the accounts with their balances.",
            discussion: """
                Example:
                  weir audit accounts --store weir.db
                """)

        @OptionGroup var result: ResultOptions
        @OptionGroup var store: StoreOptions

        func run() throws {
            let store = try store.openForReading()
            let kept = try store.balances()
            let summed = try store.balancesFromEntries()
            var faults = 0
            var lines: [String] = []
            var rows: [[ReportTable.Cell]] = []
            for budget in Set(kept.keys).union(summed.keys).sorted() {
                let accounts = summed[budget] ?? [:]
                let total = accounts.values.reduce(0) { $0 + $1.minorUnits }
                let words = LedgerEntry.Account.allCases.map { "\($0.name) \(accounts[$0]?.description ?? "0")" }
                let isOverspent = (accounts[.available]?.minorUnits ?? 0) < 0
                let isRight = kept[budget] == summed[budget] && total == 0 && !isOverspent
                if !isRight { faults += 1 }
                lines.append(
                    "\(budget): \(words.joined(separator: ", ")) — \(isRight ? "sums to zero" : "DOES NOT HOLD, sum \(total)")"
                )
                let balances = LedgerEntry.Account.allCases.map {
                    ReportTable.Cell.number(Double(accounts[$0]?.minorUnits ?? 0))
                }
                rows.append(
                    [.text("\(budget)")] + balances + [.number(Double(total)), .text(isRight ? "yes" : "no")])
            }
            let columns = ["budget"] + LedgerEntry.Account.allCases.map { $0.name + "_minor" } + ["sum_minor", "holds"]
            try result.give(
                Answer(
                    ReportTable(name: "accounts", columns: columns.map { .init($0, $0) }, rows: rows),
                    empty: "There is no entry yet.", lines: lines))
            if faults > 0 { throw ExitCode(ExitStatus.badVerdict.rawValue) }
        }
    }

    struct Unjoined: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Shows which uses of codes and which refunds joined no decision, and why.",
            discussion: """
                Beside a running server the same stands at GET /v1/measurements/unjoined-all.

                Example:
                  weir audit unjoined --store weir.db
                """)

        @OptionGroup var store: StoreOptions
        @OptionGroup var report: ReportOptions

        func run() throws { try report.give(unjoinedReport(store: try store.openForReading())) }
    }
}
