import HTTPTypes
import NIOCore

/// Answers measurements by programs beside the server.
struct Measuring: Sendable {
    /// Why there is no report, beside `Problem`.
    enum Refusal: Error {
        /// The body is no request at all.
        case invalid(String)
    }

    let program: MeasuringProgram
    private let queue: MeasuringQueue

    init(_ program: MeasuringProgram) {
        self.program = program
        queue = MeasuringQueue(atOnce: program.limits.atOnce, waiting: program.limits.waiting)
    }

    /// - Parameters:
    ///   - kind: One of those that the program knows.
    ///   - format: `json`, `html`, `csv` or `text`.
    ///   - table: With `csv`: which table; nil for the first.
    ///   - body: `{"options": {…}, "files": {…}}`.
    /// - Returns: The report in that form.
    /// - Throws: `Problem`, `Refusal`, or `CancellationError` where the task is cancelled.
    func report(kind: String, format: String, table: String?, _ body: ByteBuffer) async throws -> [UInt8] {
        let asked = ["--kind", kind, "--format", format] + (table.map { ["--table", $0] } ?? [])
        return try await queue.inTurn { try await output(program.arguments + asked, body) }
    }

    /// What is measured live, as the program writes it; nil where the server must read its log itself.
    func liveReports() async throws -> [UInt8]? {
        guard let arguments = program.liveArguments else { return nil }
        return try await output(arguments, ByteBuffer())
    }

    private func output(_ arguments: [String], _ input: ByteBuffer) async throws -> [UInt8] {
        let limits = program.limits
        let bounds = [
            "--behind", "--memory-mb", "\(limits.memoryMegabytes)", "--cpu-seconds", "\(limits.processorSeconds)",
        ]
        let child = ChildProcess(executable: program.executable, arguments: arguments + bounds)
        let outcome: ChildProcess.Outcome
        do {
            outcome = try await child.run(
                input, seconds: Double(limits.seconds), maximalOutputBytes: limits.maximalOutputBytes)
        } catch let error as ChildProcessError {
            throw Problem(.serviceUnavailable, "cannot_measure_now", error.description, retryAfterSeconds: 10)
        }
        let reason = String(decoding: outcome.errors, as: UTF8.self).trimmed
        switch outcome.ending {
        case .exited(0): return outcome.output
        case .exited(MeasuringProgram.unknownTableStatus): throw Problem(.notFound, "unknown_table", reason)
        case .exited(MeasuringProgram.invalidStatus): throw Refusal.invalid(reason)
        case .exited(MeasuringProgram.refusedStatus):
            throw Problem(.unprocessableContent, "cannot_measure", reason)
        case .exited(MeasuringProgram.outOfMemoryStatus):
            throw Self.overLimit("more than \(limits.memoryMegabytes) MB of memory", "--measure-memory-mb")
        case .ended(signal: MeasuringProgram.processorTimeSignal):
            throw Self.overLimit("more than \(limits.processorSeconds) s of processor time", "--measure-cpu-seconds")
        case .tookTooLong: throw Self.overLimit("longer than \(limits.seconds) s", "--measure-seconds")
        case .wroteTooMuch:
            throw Problem(
                .unprocessableContent, "measurement_over_limit",
                "The report is longer than \(limits.maximalOutputBytes >> 20) MB. Ask for one table with ?format=csv, or "
                    + "measure on the command line, which has no limits.")
        case .exited, .ended:
            throw Problem(
                .unprocessableContent, "measurement_failed",
                "The computation ended before it had a report: something in this input it cannot handle. Look for extreme "
                    + "values or columns that say the same; other measurements go on. It said: “\(reason.prefix(300))”")
        }
    }

    private static func overLimit(_ took: String, _ option: String) -> Problem {
        Problem(
            .unprocessableContent, "measurement_over_limit",
            "The measurement took \(took), which this server allows (\(option)). Send less data, ask for fewer draws or "
                + "resamples, or measure on the command line, which has no limits.")
    }
}

extension String {
    fileprivate var trimmed: String {
        var text = self[...]
        while text.last?.isWhitespace == true { text.removeLast() }
        if text.hasPrefix("Error: ") { text.removeFirst(7) }
        return String(text)
    }
}
