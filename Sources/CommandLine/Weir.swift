package import ArgumentParser

/// The command line mirrors the HTTP API.
package struct Weir: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "weir",
        abstract: "Decides which incentive to give, inside budgets, and learns what it changed.",
        discussion: """
            Begin with a year of real shopping:  weir demo
            Begin with your own shop:            weir init shop && weir serve --catalog shop --open

            Every command explains itself: weir help serve
            """,
        version: WeirVersion.current,
        subcommands: [
            Serve.self, Init.self, Ingest.self, Validate.self, Apply.self, Decide.self, AuditCommand.self,
            Quarantine.self, Keys.self, DatasetCommand.self, TrainCommand.self, PredictCommand.self,
            RecipeCommand.self, ModelsCommand.self, ExperimentsCommand.self, EvaluateCommand.self,
            DriftCommand.self, MeasureCommand.self, UpliftCommand.self, AllocateCommand.self, BanditCommand.self,
            SimulateCommand.self,
            BenchCommand.self, DemoCommand.self,
        ])

    package init() {}

    /// Runs the command that the process was started with, and ends the process with its status.
    package static func main() async { await main(nil) }
}

enum WeirVersion {
    static let current = "0.1.0"
}
