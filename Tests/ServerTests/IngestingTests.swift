import Testing
import WeirJSON
import WeirServer

@Suite("Files sent to the server")
struct IngestingTests {
    private static let line = #"{"type": "track", "event": "e", "userId": "u", "messageId": "m"}"#

    @Test("The line that a piece of a file begins with has bounds, so that no line's number is beyond numbers")
    func lines() async throws {
        try await ServerUnderTest.run { server in
            for line in ["9223372036854775807", "-9223372036854775808", "0", "x", "1e3", "1000000000001", ""] {
                let answer = try await server.post("/v1/ingest/messages?line=\(line)", Self.line)
                #expect(answer.status == 400, "\(line)")
                #expect(answer.text.contains("line: "), "\(answer.text)")
            }
            let answer = try await server.post("/v1/ingest/messages?line=1000000000000", "7\n" + Self.line)
            #expect(answer.json["accepted"] == 1)
            #expect(answer.json["rejected"]?.array?.first?["line"] == 1_000_000_000_000)
        }
    }
}
