import WeirLift
import ArgumentParser
import WeirDomain
import WeirLogInsight
import WeirReporting
import WeirStorage
import WeirStores

struct LiftCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lift",
        abstract: "Says what live offers changed: treated against held out, from the decision log.",
        discussion: """
            Reads the log beside a running server. Customers are assigned by the holdouts that the catalog declares; what \
            someone held out would have got is in the log, so offers are also judged on those alone who would get one. \
            Each figure comes as a plain difference in means, by inverse propensity and doubly robust.

            Examples:
              weir measure lift --store weir.db
              weir measure lift --store weir.db --campaign spring --since 2026-05-01
              weir measure lift --store weir.db --segment loyalty --output lift.html
            """)

    @Option(help: "The store: a file, or an address such as sqlite:///var/lib/weir.db.")
    var store: String
    @Option(help: "Only this campaign: by its own holdout, else by whose first offer it was.")
    var campaign: String?
    @Option(help: "A trait (declared in groups) or a feature, by quarters: the effect for each.")
    var segment: String?
    @Option(help: "What was done before this moment does not count: 2026-05-01 or 2026-05-01T12:00:00Z.")
    var since: String?
    @Option(help: "Of the intervals.")
    var confidence = 0.95
    @OptionGroup var report: ReportOptions

    func validate() throws {
        if let since, Timestamp(iso8601: since) == nil {
            throw ValidationError("--since “\(since)” is no moment. Write 2026-05-01 or 2026-05-01T12:00:00Z.")
        }
        guard confidence > 0.5, confidence < 1 else {
            throw ValidationError("--confidence is \(confidence); write a share such as 0.95.")
        }
    }

    func run() throws { try report.give(try measured()) }

    private func measured() throws -> Report {
        let store = try StoreLocation(store).openForReading()
        let progress = ProgressLine("Reading decisions")
        let total = try store.counts().decisions
        let log = try LiftLog(
            store: store, campaign: campaign.map { CampaignID($0) }, segment: segment,
            since: since.flatMap { Timestamp(iso8601: $0) }, progress: { progress.show($0, of: total) })
        progress.finish()
        return try LiftAnalysis(log.trial, confidence: confidence).report
    }
}
