import ArgumentParser
import Foundation
import WeirConsole
import WeirMeasuring
import WeirReporting
import WeirServer

/// What the server runs for each measurement that is asked for over HTTP; the same reports as the other commands.
struct MeasureRequestCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "request",
        abstract: "Answers a measurement asked for as JSON on the standard input, within limits.",
        discussion: """
            The server runs this for POST /v1/measure/{kind}, so that no file can end it or take its memory. The request is \
            {"options": {…}, "files": {"input": "…"}}, its options those of the other commands without their dashes, each \
            file with its content. It ends with 65 where the request or its data are refused; the reason stands on the \
            standard error.

            Example:
              weir measure request --kind plan <<< '{"options": {"baseline": 0.05, "effect": "10%"}}'
            """)

    @Option(help: "Which measurement, such as geo-lift.")
    var kind: String
    @OptionGroup var report: ReportOptions
    @OptionGroup var limits: OwnLimits

    func run() throws {
        limits.apply()
        guard let command = Measurements.posted.first(where: { $0.configuration.commandName == kind }) else {
            throw ValidationError(
                "“\(kind)” is no measurement. Known: \(Measurements.postedKinds.joined(separator: ", ")).")
        }
        do {
            let options = try RequestOptions(parsing: MeasuredFile(path: "-").bytes())
            let made = try command.report(options)
            if let table = report.table, report.format == .csv, !made.tables.contains(where: { $0.name == table }) {
                let known = made.tables.map(\.name).joined(separator: ", ")
                Self.say("table: there is none of that name. Known: \(known).")
                throw ExitCode(MeasuringProgram.unknownTableStatus)
            }
            // Who started this finds the warnings in the report.
            try report.give(made) { reportPage(made) }
        } catch let status as ExitCode {
            throw status
        } catch let error as InvalidRequest {
            Self.say(error.description)
            throw ExitCode(MeasuringProgram.invalidStatus)
        } catch {
            Self.say((error as? ValidationError)?.message ?? "\(error)")
            throw ExitCode(MeasuringProgram.refusedStatus)
        }
    }

    /// For the program that started this.
    private static func say(_ text: String) { FileHandle.standardError.write(Data((text + "\n").utf8)) }
}
