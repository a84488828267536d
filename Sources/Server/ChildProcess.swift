#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif
import Foundation
package import NIOCore
import Synchronization

/// A program that runs beside the server: it reads what it is given, writes an answer, and ends.
///
/// What it computes can neither end the server nor use its memory, and the operating system can hold it back. A thread of its
/// own waits for it, so no thread that answers requests is ever blocked.
package struct ChildProcess: Sendable {
    package var executable: String
    /// Without the program's name.
    package var arguments: [String]

    package init(executable: String, arguments: [String]) {
        self.executable = executable
        self.arguments = arguments
    }

    /// How it came to an end.
    package enum Ending: Sendable, Equatable {
        case exited(Int32)
        /// By a signal that nobody here sent.
        case ended(signal: Int32)
        case tookTooLong
        case wroteTooMuch
    }

    package struct Outcome: Sendable {
        package var ending: Ending
        package var output: [UInt8]
        /// What it said of itself on the standard error, at most some kilobytes.
        package var errors: [UInt8]
    }

    /// Runs it to its end; it is ended at once where the task is cancelled.
    ///
    /// - Parameters:
    ///   - seconds: How long it may take.
    ///   - maximalOutputBytes: How much it may write.
    /// - Throws: `ChildProcessError`, or `CancellationError`.
    package func run(
        _ input: ByteBuffer, seconds: Double, maximalOutputBytes: Int
    ) async throws -> Outcome {
        let life = Life()
        let outcome = try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let thread = Thread {
                    continuation.resume(
                        with: Result {
                            try running(input, seconds: seconds, maximalOutputBytes: maximalOutputBytes, life)
                        })
                }
                thread.name = "weir.child"
                thread.start()
            }
        } onCancel: {
            life.cancel()
        }
        try Task.checkCancellation()
        return outcome
    }

    private func running(
        _ input: ByteBuffer, seconds: Double, maximalOutputBytes: Int, _ life: Life
    ) throws -> Outcome {
        // A socket rather than a pipe, since writing to one that was closed need not raise a signal.
        let (mine, its) = try Descriptors.pair()
        let output = try Descriptors.pipe()
        let errors = try Descriptors.pipe()
        let child = try start(input: its, output: output.write, errors: errors.write)
        for descriptor in [its, output.write, errors.write] { descriptor.close() }
        life.begin(child)
        let deadline = ContinuousClock.now + .seconds(seconds)
        var talk = Conversation(
            input: input, to: mine, from: [output.read, errors.read], most: [maximalOutputBytes, 1 << 16])
        var cause: Ending?
        while !talk.isOver, cause == nil {
            let left = (deadline - .now) / .seconds(1)
            if left <= 0 { cause = .tookTooLong } else { talk.wait(seconds: min(left, 3600)) }
            if talk.hasTooMuch { cause = .wroteTooMuch }
        }
        if cause != nil { life.end() }
        var status = life.wait(until: deadline)
        if status == nil {
            cause = cause ?? .tookTooLong
            life.end()
            status = life.wait(until: nil)
        }
        return Outcome(
            ending: cause ?? Self.ending(status ?? 0), output: talk.received[0], errors: talk.received[1])
    }

    private static func ending(_ status: Int32) -> Ending {
        let signal = status & 0x7f
        return signal == 0 ? .exited((status >> 8) & 0xff) : .ended(signal: signal)
    }

    // MARK: Starting

    private func start(input: Descriptor, output: Descriptor, errors: Descriptor) throws -> pid_t {
        #if canImport(Darwin)
            var actions: posix_spawn_file_actions_t?
            var attributes: posix_spawnattr_t?
        #else
            var actions = posix_spawn_file_actions_t()
            var attributes = posix_spawnattr_t()
        #endif
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        for (number, descriptor) in [(STDIN_FILENO, input), (STDOUT_FILENO, output), (STDERR_FILENO, errors)] {
            posix_spawn_file_actions_adddup2(&actions, descriptor.number, number)
        }
        // It must not die of the Ctrl-C that is meant for the server.
        var flags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF
        #if canImport(Darwin)
            // Elsewhere the child itself closes what it inherited.
            flags |= POSIX_SPAWN_CLOEXEC_DEFAULT
        #endif
        var none = sigset_t()
        var usual = sigset_t()
        sigemptyset(&none)
        sigemptyset(&usual)
        for signal in [SIGINT, SIGTERM, SIGPIPE, SIGHUP, SIGXCPU] { sigaddset(&usual, signal) }
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &usual)
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(&attributes, Int16(flags))

        var environment = ProcessInfo.processInfo.environment
        environment["SWIFT_BACKTRACE"] = "enable=no"
        let words = ([executable] + arguments).map { strdup($0) } + [nil]
        let variables = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for text in words + variables { free(text) } }
        var child: pid_t = 0
        let status = posix_spawn(&child, executable, &actions, &attributes, words, variables)
        guard status == 0 else {
            throw ChildProcessError.cannotStart(executable, reason: String(cString: strerror(status)))
        }
        return child
    }
}

/// Why a program did not run.
package enum ChildProcessError: Error, Equatable, CustomStringConvertible {
    case cannotStart(String, reason: String)
    case noDescriptor(reason: String)

    package var description: String {
        switch self {
        case .cannotStart(let program, let reason): "“\(program)” cannot be started: \(reason)."
        case .noDescriptor(let reason): "A program beside the server needs open files: \(reason). Allow more of them."
        }
    }
}

/// A child's number while it is alive; it may be ended from any thread.
private final class Life: Sendable {
    private struct State {
        var child: pid_t?
        var isCancelled = false
    }

    private let state = Mutex(State())

    func begin(_ child: pid_t) {
        state.withLock { state in
            state.child = child
            if state.isCancelled { kill(child, SIGKILL) }
        }
    }

    func cancel() {
        state.withLock { state in
            state.isCancelled = true
            if let child = state.child { kill(child, SIGKILL) }
        }
    }

    func end() { state.withLock { state in if let child = state.child { kill(child, SIGKILL) } } }

    /// Takes its end from the operating system, after which its number means nothing.
    ///
    /// - Returns: Its status; nil where it is still there at that moment.
    func wait(until deadline: ContinuousClock.Instant?) -> Int32? {
        while true {
            // Under the lock, since a number taken back may become another program's.
            let status = state.withLock { state -> Int32? in
                guard let child = state.child else { return 0 }
                var status: Int32 = 0
                let found = waitpid(child, &status, WNOHANG)
                guard found == child || found < 0 && errno != EINTR else { return nil }
                state.child = nil
                return status
            }
            if let status { return status }
            if let deadline, ContinuousClock.now >= deadline { return nil }
            usleep(2_000)
        }
    }
}

/// An open file, closed when nobody holds it any more.
private final class Descriptor {
    private(set) var number: Int32

    init(_ number: Int32) { self.number = number }
    deinit { close() }

    func close() {
        guard number >= 0 else { return }
        #if canImport(Darwin)
            _ = Darwin.close(number)
        #elseif canImport(Musl)
            _ = Musl.close(number)
        #else
            _ = Glibc.close(number)
        #endif
        number = -1
    }
}

private enum Descriptors {
    static func pair() throws(ChildProcessError) -> (Descriptor, Descriptor) {
        var numbers: [Int32] = [-1, -1]
        #if canImport(Darwin)
            let kind = SOCK_STREAM
        #elseif canImport(Musl)
            let kind = SOCK_STREAM
        #else
            let kind = Int32(SOCK_STREAM.rawValue)
        #endif
        guard socketpair(AF_UNIX, kind, 0, &numbers) == 0 else { throw .noDescriptor(reason: reason) }
        return (kept(numbers[0]), kept(numbers[1]))
    }

    static func pipe() throws(ChildProcessError) -> (read: Descriptor, write: Descriptor) {
        var numbers: [Int32] = [-1, -1]
        #if canImport(Darwin)
            let status = Darwin.pipe(&numbers)
        #elseif canImport(Musl)
            let status = Musl.pipe(&numbers)
        #else
            let status = Glibc.pipe(&numbers)
        #endif
        guard status == 0 else { throw .noDescriptor(reason: reason) }
        return (kept(numbers[0]), kept(numbers[1]))
    }

    private static var reason: String { String(cString: strerror(errno)) }

    /// Another child started meanwhile must not inherit it.
    private static func kept(_ number: Int32) -> Descriptor {
        _ = fcntl(number, F_SETFD, FD_CLOEXEC)
        return Descriptor(number)
    }
}

/// What goes in and what comes out, as far as each side is ready.
private struct Conversation {
    private let input: ByteBuffer
    private let sink: Descriptor
    private let sources: [Descriptor]
    private let most: [Int]
    private var sent = 0
    private var isOpen: [Bool]
    private(set) var received: [[UInt8]]
    private(set) var hasTooMuch = false
    private var piece = [UInt8](repeating: 0, count: 1 << 16)

    /// - Parameter most: Bytes to keep of each source; more of the first are too much, of others they are let go.
    init(input: ByteBuffer, to sink: Descriptor, from sources: [Descriptor], most: [Int]) {
        self.input = input
        self.sink = sink
        self.sources = sources
        self.most = most
        isOpen = sources.map { _ in true }
        received = sources.map { _ in [] }
        _ = fcntl(sink.number, F_SETFL, O_NONBLOCK)
        if input.readableBytes == 0 { sink.close() }
    }

    var isOver: Bool { !isOpen.contains(true) }

    /// Waits until one side is ready, and serves those that are.
    mutating func wait(seconds: Double) {
        var polled = sources.indices.map { index in
            // A negative number is passed over.
            pollfd(fd: isOpen[index] ? sources[index].number : -1, events: Int16(POLLIN), revents: 0)
        }
        polled.append(pollfd(fd: sink.number, events: Int16(POLLOUT), revents: 0))
        guard poll(&polled, nfds_t(polled.count), Int32(max(1, seconds * 1000))) > 0 else { return }
        for index in sources.indices where polled[index].revents != 0 { take(from: index) }
        if polled[sources.count].revents != 0 { give() }
    }

    private mutating func take(from index: Int) {
        let count = read(sources[index].number, &piece, piece.count)
        if count < 0, errno == EINTR { return }
        guard count > 0 else {
            isOpen[index] = false
            return
        }
        let room = most[index] - received[index].count
        received[index].append(contentsOf: piece[..<min(count, max(0, room))])
        if count > room, index == 0 { hasTooMuch = true }
    }

    private mutating func give() {
        let offset = sent
        let count = input.withUnsafeReadableBytes { bytes in
            #if canImport(Darwin)
                write(sink.number, bytes.baseAddress! + offset, min(1 << 18, bytes.count - offset))
            #else
                send(
                    sink.number, bytes.baseAddress! + offset, min(1 << 18, bytes.count - offset),
                    Int32(MSG_NOSIGNAL))
            #endif
        }
        if count < 0, errno == EINTR || errno == EAGAIN { return }
        if count > 0 { sent += count }
        // One that reads no further may still answer.
        if count <= 0 || sent == input.readableBytes { sink.close() }
    }
}
