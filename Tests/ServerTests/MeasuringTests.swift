import Foundation
import HTTPTypes
import NIOCore
import Testing
import WeirJSON

import WeirServer

/// Measurements are computed by a shell here, which can do whatever a program of the operating system can do.
@Suite("Measuring over HTTP")
struct MeasuringTests {
    /// - Parameter script: Its `$*` is what is asked for; its input is the body.
    static func shell(_ script: String, _ change: (inout MeasuringLimits) -> Void = { _ in }) -> MeasuringProgram {
        var limits = MeasuringLimits()
        change(&limits)
        return MeasuringProgram(
            executable: "/bin/sh", arguments: ["-c", script, "measure"], kinds: ["echo"], limits: limits)
    }

    private static let body = #"{"options": {"days": 3}, "files": {"input": "x\n1\n"}}"#

    @Test("The body reaches the program, and what it writes is the answer, in the form that is asked for")
    func forms() async throws {
        let program = Self.shell(#"printf '{"asked": "%s", "body": ' "$*"; cat; echo '}'"#)
        try await ServerUnderTest.run(measuring: program) { server in
            let answer = try await server.post("/v1/measure/echo", Self.body)
            #expect(answer.status == 200)
            #expect(answer["asked"].string?.hasPrefix("--kind echo --format json --behind --memory-mb 2048") == true)
            #expect(answer["body"]["options"]?["days"]?.integer == 3)
            #expect(answer.text.hasSuffix("}"))
            let page = try await server.post("/v1/measure/echo?format=csv&table=second", Self.body)
            #expect(page.headers[.contentType] == "text/csv; charset=utf-8")
            #expect(page.text.contains("--format csv --table second"))
        }
    }

    @Test("What cannot be measured is named with the remedy")
    func refusals() async throws {
        let program = Self.shell("cat > /dev/null; echo 'input: missing.' >&2; exit 65")
        try await ServerUnderTest.run(measuring: program) { server in
            let unknown = try await server.post("/v1/measure/ecco", Self.body)
            #expect(unknown.status == 404)
            #expect(unknown["detail"].string == "“ecco” is no measurement. Known: echo.")
            let empty = try await server.post("/v1/measure/echo", #"{"files": {}}"#)
            #expect(empty.status == 422)
            #expect(empty["detail"].string == "input: missing.")
            #expect(try await server.post("/v1/measure/echo?format=pdf", Self.body).status == 400)
        }
        try await ServerUnderTest.run(measuring: Self.shell("echo 'files.input: wrong.' >&2; exit 64")) { server in
            let file = try await server.post("/v1/measure/echo", #"{"files": {"input": 1}}"#)
            #expect(file.status == 400)
            #expect(file["detail"].string == "files.input: wrong.")
            #expect(try await server.post("/v1/measure/echo", "{").status == 400)
        }
        try await ServerUnderTest.run(measuring: Self.shell("echo 'table: none.' >&2; exit 66")) { server in
            let answer = try await server.post("/v1/measure/echo?format=csv&table=third", Self.body)
            #expect(answer.status == 404)
        }
    }

    @Test(
        "A computation that is ended by its input or by a limit is an answer that says so, and the server goes on",
        arguments: [
            ("kill -ILL $$", "measurement_failed", "ended before it had a report"),
            ("exit 7", "measurement_failed", "ended before it had a report"),
            ("exit 70", "measurement_over_limit", "2048 MB"),
            ("kill -XCPU $$", "measurement_over_limit", "processor time"),
            ("while :; do echo 0123456789; done", "measurement_over_limit", "longer than"),
        ])
    func ends(script: String, code: String, said: String) async throws {
        let program = Self.shell(script) { $0.maximalOutputBytes = 1 << 20 }
        try await ServerUnderTest.run(measuring: program) { server in
            let answer = try await server.post("/v1/measure/echo", Self.body)
            #expect(answer.status == 422)
            #expect(answer["code"].string == code)
            #expect(answer["detail"].string?.contains(said) == true, "\(answer.text)")
            #expect(try await server.get("/healthz").status == 200)
        }
    }

    @Test("A computation that does not end is ended after the time that the server allows")
    func time() async throws {
        try await ServerUnderTest.run(measuring: Self.shell("sleep 600") { $0.seconds = 1 }) { server in
            let answer = try await server.post("/v1/measure/echo", Self.body)
            #expect(answer["code"].string == "measurement_over_limit")
            #expect(answer["detail"].string?.contains("longer than 1 s") == true)
        }
    }

    @Test("A large body reaches a program that reads slowly, and one that reads nothing does not stop the answer")
    func largeBodies() async throws {
        let body = #"{"files": {"input": ""# + String(repeating: "1,2\\n", count: 500_000) + "\"}}"
        for (script, count) in [("wc -c", body.utf8.count), ("echo 0", 0)] {
            try await ServerUnderTest.run(measuring: Self.shell(script)) { server in
                let answer = try await server.post("/v1/measure/echo?format=text", body)
                #expect(Int(answer.text.filter(\.isNumber)) == count)
            }
        }
    }

    @Test("Beyond those that may wait a measurement is sent away for a while")
    func queue() async throws {
        let queue = MeasuringQueue(atOnce: 1, waiting: 1)
        let (gate, opened) = AsyncStream.makeStream(of: Void.self)
        let (begun, hasBegun) = AsyncStream.makeStream(of: Int.self)
        func measure(_ number: Int) async throws -> Int {
            try await queue.inTurn {
                hasBegun.yield(number)
                for await _ in gate { break }
                return number
            }
        }
        try await withThrowingTaskGroup(of: Int.self) { group in
            var starts = begun.makeAsyncIterator()
            group.addTask { try await measure(1) }
            let one = await starts.next()
            #expect(one == 1)
            group.addTask { try await measure(2) }
            while queue.waitingCount < 1 { await Task.yield() }
            let problem = await #expect(throws: Problem.self) { try await measure(3) }
            #expect(problem?.status == .serviceUnavailable)
            #expect(problem?.retryAfterSeconds == 10)
            opened.yield()
            let first = try await group.next()
            #expect(first == 1)
            let two = await starts.next()
            #expect(two == 2)
            opened.yield()
            let second = try await group.next()
            #expect(second == 2)
        }
    }

    @Test("Who waits no longer gives the place up")
    func leaving() async throws {
        let queue = MeasuringQueue(atOnce: 1, waiting: 1)
        let (gate, opened) = AsyncStream.makeStream(of: Void.self)
        let (begun, hasBegun) = AsyncStream.makeStream(of: Void.self)
        let first = Task {
            try await queue.inTurn {
                hasBegun.yield()
                for await _ in gate { break }
            }
        }
        for await _ in begun { break }
        let second = Task { try await queue.inTurn {} }
        while queue.waitingCount < 1 { await Task.yield() }
        second.cancel()
        await #expect(throws: CancellationError.self) { try await second.value }
        #expect(queue.waitingCount == 0)
        opened.yield()
        try await first.value
        try await queue.inTurn {}
    }

    @Test("A program is ended where nobody wants its answer any more")
    func cancelled() async throws {
        let marker = FileManager.default.temporaryDirectory.appendingPathComponent("weir-child-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: marker) }
        let child = ChildProcess(
            executable: "/bin/sh", arguments: ["-c", "echo $$ > '\(marker.path)'; exec sleep 600"])
        let task = Task { try await child.run(ByteBuffer(), seconds: 600, maximalOutputBytes: 1) }
        var number: Int32?
        while number == nil {
            await Task.yield()
            let text = try? String(contentsOf: marker, encoding: .utf8)
            number = text.flatMap { Int32($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
        }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        let gone = try #require(number)
        #expect(kill(gone, 0) != 0)
    }

    @Test("A program that is not there is said to be missing")
    func missing() async {
        let child = ChildProcess(executable: "/nowhere/weir", arguments: [])
        let error = await #expect(throws: ChildProcessError.self) {
            try await child.run(ByteBuffer(), seconds: 1, maximalOutputBytes: 1)
        }
        #expect(error?.description.contains("/nowhere/weir") == true)
    }
}
