package import ArgumentParser
import Foundation

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
            Serve.self, Init.self, Ingest.self, SpendCommand.self, WarmCommand.self, Validate.self, Apply.self,
            Decide.self,
            AuditCommand.self, CouponsCommand.self, Quarantine.self, Keys.self, UsersCommand.self, DatasetCommand.self,
            TrainCommand.self,
            PredictCommand.self,
            RecipeCommand.self, ModelsCommand.self, ExperimentsCommand.self, EvaluateCommand.self,
            DriftCommand.self, MeasureCommand.self, UpliftCommand.self, AllocateCommand.self, BanditCommand.self,
            SimulateCommand.self,
            BenchCommand.self, DemoCommand.self,
        ])

    package init() {}

    /// Runs the command that the process was started with, and ends the process with its status.
    package static func main() async {
        // A file-size limit is then an error of the write, which is told, rather than the process's end.
        signal(SIGXFSZ, SIG_IGN)
        do {
            do {
                try await run(nil)
                try StandardOutput.flush()
            } catch let error where exitCode(for: error) == .success && !(error is ExitCode) {
                // Help and the version.
                try StandardOutput.write(fullMessage(for: error) + "\n")
            }
        } catch {
            let status = exitStatus(for: error)
            // Help, a version and what the parser refuses are said in its own way.
            if status == exitCode(for: error).rawValue { exit(withError: error) }
            sayAside([fullMessage(for: error)])
            Foundation.exit(status)
        }
    }

    /// Runs a command.
    ///
    /// - Parameter arguments: Without the program's name; nil takes the process's own.
    /// - Throws: What `exitStatus(for:)` knows the status of.
    package static func run(_ arguments: [String]?) async throws {
        var command = try parseAsRoot(arguments)
        if var command = command as? any AsyncParsableCommand {
            try await command.run()
        } else {
            try command.run()
        }
    }

    /// What a command that threw this error ends with; see `ExitStatus`.
    package static func exitStatus(for error: any Error) -> Int32 {
        if let status = ExitStatus(of: error) { return status.rawValue }
        let code = exitCode(for: error)
        return code == .failure && !(error is ExitCode) ? ExitStatus.failed.rawValue : code.rawValue
    }
}

enum WeirVersion {
    static let current = "0.1.0"
}
