import ArgumentParser

struct MeasureCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "measure",
        abstract: "Says what was incremental: experiments, geo tests, attribution, lifetime value.",
        discussion: """
            Each measurement reads files (or a store) and says its answer in words first, then figures with 95 % intervals,
            what to doubt, and what was assumed.
            """,
        subcommands: Measurements.all + [MeasureRequestCommand.self])
}
