#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// How measurements that are asked for over HTTP are computed: by a program beside the server, within limits.
///
/// The program reads the body of the request on its standard input and writes the report on its standard output; what it is
/// asked for stands in its arguments: `--kind geo-lift --format json`.
package struct MeasuringProgram: Sendable {
    /// With which the program ends where the body is no request at all.
    package static let invalidStatus: Int32 = 64
    /// With which it ends where the request or its data are refused; the reason stands on its standard error.
    package static let refusedStatus: Int32 = 65
    /// With which it ends where the report has no table of the name that was asked for.
    package static let unknownTableStatus: Int32 = 66
    /// With which it ends where its memory is used up.
    package static let outOfMemoryStatus: Int32 = 70
    /// What the operating system ends it with where its processor time is used up.
    static let processorTimeSignal = SIGXCPU

    package var executable: String
    /// Before those that say what is asked for.
    package var arguments: [String]
    /// What it can measure, such as `geo-lift`.
    package var kinds: [String]
    /// The arguments that make it write what is measured live; nil where the server itself reads its log.
    package var liveArguments: [String]?
    package var limits: MeasuringLimits

    package init(
        executable: String, arguments: [String], kinds: [String], liveArguments: [String]? = nil,
        limits: MeasuringLimits = MeasuringLimits()
    ) {
        self.executable = executable
        self.arguments = arguments
        self.kinds = kinds
        self.liveArguments = liveArguments
        self.limits = limits
    }
}

/// What measurements may take of the machine.
package struct MeasuringLimits: Sendable, Equatable {
    /// How many are computed at a time; those beyond wait.
    package var atOnce = 1
    /// How many may wait; those beyond are sent away with 503.
    package var waiting = 16
    /// Of each, beyond what the program itself takes.
    package var memoryMegabytes = 2_048
    /// Of processor time, on all processors together.
    package var processorSeconds = 300
    /// From its start to its end.
    package var seconds = 300
    /// Of the report.
    package var maximalOutputBytes = 256 << 20

    package init() {}
}
