import WeirExperiments
import ArgumentParser
import WeirMeasuring
import WeirReporting

struct PlanCommand: MeasuringCommand {
    static let configuration = CommandConfiguration(
        commandName: PlanRequest.kind,
        abstract: "Says how many units and days a test needs.",
        discussion: """
            A baseline between 0 and 1 is a share, unless --deviation makes it the mean of an amount.

            Examples:
              weir measure plan --baseline 0.05 --effect 10% --power 0.8 --daily 2000
              weir measure plan --baseline 42.50 --deviation 61 --effect 3% --arms 3 --daily 5000 --variance-reduction 40%
            """)

    @OptionGroup var report: ReportOptions

    @Option(parsing: .unconditional, help: "The control's share, or its mean.")
    var baseline: RelativeShare
    @Option(help: "Of an amount: the standard deviation between units.")
    var deviation: Double?
    @Option(parsing: .unconditional, help: "The relative effect to be found, such as 10%; negative for a fall.")
    var effect: RelativeShare
    @Option(help: "How likely it is to be found.")
    var power = 0.8
    @Option(help: "The error allowed where there is no effect.")
    var alpha = 0.05
    @Flag(help: "Only a change in the direction of --effect is looked for.")
    var oneSided = false
    @Option(help: "Arms, with the control.")
    var arms = 2
    @Option(help: "Share of the units that goes to the control (default: as much as to each arm).")
    var controlShare: RelativeShare?
    @Option(help: "Units that take part per day.")
    var daily: Double?
    @Option(
        help:
            "Share of the variance that a value from before the test takes away (its squared correlation with the metric)."
    )
    var varianceReduction: RelativeShare?

    var request: PlanRequest {
        var request = PlanRequest()
        request.baseline = baseline
        request.deviation = deviation
        request.effect = effect
        request.power = power
        request.alpha = alpha
        request.oneSided = oneSided
        request.arms = arms
        request.controlShare = controlShare
        request.daily = daily
        request.varianceReduction = varianceReduction
        return request
    }
}
