import ArgumentParser
import Foundation
import WeirServer
import WeirMeasuring

/// What measurements asked for over HTTP may take of the machine.
struct MeasuringOptions: ParsableArguments {
    @Option(help: "Measurements over HTTP that are computed at a time; others wait.")
    var measureAtOnce = 1
    @Option(help: "Measurements that may wait; those beyond are answered with 503.")
    var measureWaiting = 16
    @Option(help: "Most memory of a measurement, in megabytes.")
    var measureMemoryMb = 2_048
    @Option(help: "Most processor time of a measurement, in seconds.")
    var measureCpuSeconds = 300
    @Option(help: "How long a measurement may take, in seconds.")
    var measureSeconds = 300

    func validate() throws {
        try refuse([
            limitFault("--measure-at-once", measureAtOnce, 1...1_024),
            limitFault("--measure-waiting", measureWaiting, 0...1_000_000),
            limitFault("--measure-memory-mb", measureMemoryMb, 64...16_777_216),
            limitFault("--measure-cpu-seconds", measureCpuSeconds, 1...1_000_000),
            limitFault("--measure-seconds", measureSeconds, 1...1_000_000),
        ])
    }

    /// This program itself, beside the server.
    func program() -> MeasuringProgram {
        var limits = MeasuringLimits()
        limits.atOnce = measureAtOnce
        limits.waiting = measureWaiting
        limits.memoryMegabytes = measureMemoryMb
        limits.processorSeconds = measureCpuSeconds
        limits.seconds = measureSeconds
        return Self.program(limits)
    }

    /// The same within given limits.
    static func program(_ limits: MeasuringLimits) -> MeasuringProgram {
        MeasuringProgram(
            executable: ownPath, arguments: ["measure", "request"], kinds: Measurements.postedKinds, limits: limits)
    }

    /// Stays right where the file was replaced by a newer one meanwhile.
    private static var ownPath: String {
        #if os(Linux)
            "/proc/self/exe"
        #else
            Bundle.main.executablePath ?? CommandLine.arguments[0]
        #endif
    }
}
