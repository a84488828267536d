import HTTPTypes
import Testing
import WeirJSON
import WeirReporting
import WeirServer

@Suite("Measuring over HTTP")
struct MeasuringTests {
    /// Says what it was asked.
    @Sendable static func echo(_ request: MeasureRequest) throws(MeasureRefusal) -> Report {
        guard request.kind == "echo" else { throw .unknownKind(known: ["echo"]) }
        guard let input = request.files.first(where: { $0.name == "input" }) else { throw .refused("input: missing.") }
        let options = request.options.map { "\($0.name)=\($0.value ?? "yes")" }.joined(separator: " ")
        return Report(
            kind: "echo", title: "Echo", conclusion: [options],
            figures: [.init("bytes", "Bytes", Quantity(Double(input.content.count), .count))],
            sections: [
                .init(
                    "Tables",
                    tables: [
                        ReportTable(name: "first", columns: [.init("a", "A")], rows: [[.count(1)]]),
                        ReportTable(name: "second", columns: [.init("b", "B")], rows: [[.count(2)]]),
                    ])
            ])
    }

    private static let body =
        #"{"options": {"start": "2026-01-01", "days": 3, "exact": true, "not": false, "metric": ["a", "b"]}, "files": {"input": "x\n1\n"}}"#

    @Test("Options and files reach the measurement; the report comes in the form that is asked for")
    func forms() async throws {
        try await ServerUnderTest.run(measure: Self.echo) { server in
            let answer = try await server.post("/v1/measure/echo", Self.body)
            #expect(answer.status == 200)
            #expect(answer["conclusion"].array?.first?.string == "start=2026-01-01 days=3 exact=yes metric=a metric=b")
            #expect(answer["figures"]["bytes"]?["value"]?.double == 4)
            let page = try await server.post("/v1/measure/echo?format=html", Self.body)
            #expect(page.headers[.contentType] == "text/html; charset=utf-8")
            #expect(try await server.post("/v1/measure/echo?format=csv", Self.body).text == "a\r\n1\r\n")
            #expect(try await server.post("/v1/measure/echo?format=csv&table=second", Self.body).text == "b\r\n2\r\n")
            #expect(try await server.post("/v1/measure/echo?format=text", Self.body).text.hasPrefix("Echo\n"))
        }
    }

    @Test("What cannot be measured is named with the remedy")
    func refusals() async throws {
        try await ServerUnderTest.run(measure: Self.echo) { server in
            let unknown = try await server.post("/v1/measure/ecco", Self.body)
            #expect(unknown.status == 404)
            #expect(unknown["detail"].string == "“ecco” is no measurement. Known: echo.")
            let empty = try await server.post("/v1/measure/echo", #"{"files": {}}"#)
            #expect(empty.status == 422)
            #expect(empty["detail"].string == "input: missing.")
            let file = try await server.post("/v1/measure/echo", #"{"files": {"input": 1}}"#)
            #expect(file.status == 400)
            #expect(file["detail"].string?.hasPrefix("files.input:") == true)
            let option = try await server.post("/v1/measure/echo", #"{"options": {"a": {}}, "files": {}}"#)
            #expect(option["detail"].string?.hasPrefix("options.a:") == true)
            #expect(try await server.post("/v1/measure/echo?format=pdf", Self.body).status == 400)
            #expect(try await server.post("/v1/measure/echo?format=csv&table=third", Self.body).status == 404)
        }
    }
}
