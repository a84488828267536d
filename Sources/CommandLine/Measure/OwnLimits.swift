import ArgumentParser
#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif
import Foundation
import WeirServer
import WeirMeasuring

/// What this process may use; set by a server that starts it.
struct OwnLimits: ParsableArguments {
    @Option(help: "Most memory, in megabytes beyond what the program itself takes.")
    var memoryMb: Int?
    @Option(help: "Most seconds of processor time.")
    var cpuSeconds: Int?
    @Flag(help: "Yield to all else on this machine, and end when the program ends that started this.")
    var behind = false

    func validate() throws {
        try refuse([
            memoryMb.flatMap { limitFault("--memory-mb", $0, 64...16_777_216) },
            cpuSeconds.flatMap { limitFault("--cpu-seconds", $0, 1...1_000_000) },
        ])
    }

    /// Holds from now on, for the whole process.
    func apply() {
        if behind {
            _ = nice(10)
            closeSockets()
            endWithParent()
        }
        limit(Self.coreDumps, to: 0)
        if let cpuSeconds { limit(Self.processorTime, to: UInt(max(1, cpuSeconds)), grace: 5) }
        if let memoryMb {
            limit(Self.memory, to: Self.ownMemory + UInt(max(64, memoryMb)) << 20)
            tellWhenMemoryIsOut()
        }
    }

    /// Where memory runs out the process can only stop; this tells it apart from other ends.
    ///
    /// The handlers call nothing that is not safe in them: `mmap` tells whether there is still memory to be had.
    private func tellWhenMemoryIsOut() {
        for number in [SIGABRT, SIGSEGV, SIGBUS, SIGILL, SIGTRAP] {
            signal(number) { number in
                let size = 64 << 20
                let more = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
                if more == UnsafeMutableRawPointer(bitPattern: -1) { _exit(MeasuringProgram.outOfMemoryStatus) }
                signal(number, SIG_DFL)
                raise(number)
            }
        }
    }

    /// What this process inherited of the server's connections would stay open after the server had closed them.
    private func closeSockets() {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: "/dev/fd")) ?? [] {
            var status = stat()
            guard let number = Int32(name), number > STDERR_FILENO, fstat(number, &status) == 0 else { continue }
            if status.st_mode & S_IFMT == S_IFSOCK { close(number) }
        }
    }

    /// A server that was killed leaves nobody who wants the answer.
    private func endWithParent() {
        let parent = getppid()
        Thread.detachNewThread {
            while getppid() == parent { sleep(1) }
            _exit(1)
        }
    }

    /// What the process has mapped before it computes anything.
    private static var ownMemory: UInt {
        guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8),
            let pages = text.split(separator: " ").first.flatMap({ UInt($0) })
        else { return 0 }
        return pages * UInt(getpagesize())
    }

    // Where a limit has no grace, processor time would end in a kill that tells nobody why.
    #if canImport(Glibc)
        private static let memory = __rlimit_resource_t(RLIMIT_AS.rawValue)
        private static let processorTime = __rlimit_resource_t(RLIMIT_CPU.rawValue)
        private static let coreDumps = __rlimit_resource_t(RLIMIT_CORE.rawValue)

        private func limit(_ resource: __rlimit_resource_t, to most: UInt, grace: UInt = 0) {
            var limit = rlimit(rlim_cur: rlim_t(most), rlim_max: rlim_t(most + grace))
            _ = setrlimit(resource, &limit)
        }
    #else
        private static let memory = RLIMIT_AS
        private static let processorTime = RLIMIT_CPU
        private static let coreDumps = RLIMIT_CORE

        private func limit(_ resource: Int32, to most: UInt, grace: UInt = 0) {
            var limit = rlimit(rlim_cur: rlim_t(most), rlim_max: rlim_t(most + grace))
            _ = setrlimit(resource, &limit)
        }
    #endif
}
