import Foundation
import WeirDomain
import WeirFiles
import WeirIngestion
import WeirJSON
import WeirReporting

/// Shows what the first rows of a file would become, and proposes a mapping for one that has none.
struct FileTrial {
    private let file: String
    private let input: EventFileOptions
    private static let rows = 10

    init(_ file: String, _ input: EventFileOptions) {
        self.file = file
        self.input = input
    }

    func answer() throws -> Answer {
        var lines: [String] = []
        var members: [JSON.Member] = [.init("file", .string(file))]
        let format: EventFileReader.Format
        if input.mapping != nil || !isTable {
            format = try input.format()
        } else {
            let (found, names) = try MappingProposal.proposal(for: try input.feed(file))
            guard let proposal = found else {
                guard !SpendReport.fits(names) else {
                    return Answer(
                        [
                            "# A report of spend: nobody stands in it, and it holds no events.",
                            "# weir spend \(file) makes of it the table that weir measure economics reads.",
                        ],
                        json: ["file": .string(file), "spend": true, "messages": [], "refused": []])
                }
                let shown = names.map { "“\($0)”" }.joined(separator: ", ")
                throw CommandFault(
                    .badInput,
                    "\(file): no mapping can be proposed, since no column looks like a person. The columns are \(shown)."
                )
            }
            lines += proposal.lines
            members.append(.init("mapping", .string(proposal.yaml)))
            format = .table(proposal.mapping)
        }
        var reader = EventFileReader(
            try input.feed(file), as: format, source: SourceID(input.source), received: Timestamp(Date()))
        var messages: [JSON] = []
        var refused: [JSON] = []
        if let chunk = try reader.next(Self.rows) {
            for event in chunk.events {
                messages.append(event.segmentMessage)
                lines.append(event.segmentMessage.text)
            }
            for rejected in chunk.rejected {
                let place = rejected.line.map { "line \($0)" } ?? ""
                refused.append(["line": .integer(Int64(rejected.line ?? 0)), "detail": .string(rejected.reason)])
                lines.append("refused, \(place): \(rejected.reason)")
            }
            if chunk.leftOut > 0 {
                let reasons = chunk.leftOutBy.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
                lines.append("\(chunk.leftOut) rows left out: \(reasons.joined(separator: ", ")).")
            }
        }
        members += [.init("messages", .array(messages)), .init("refused", .array(refused))]
        return Answer(lines, json: .object(members))
    }

    private var isTable: Bool {
        !["ndjson", "jsonl", "json"].contains { file.hasSuffix(".\($0)") || file.hasSuffix(".\($0).gz") }
    }
}

extension Timestamp {
    fileprivate init(_ date: Date) { self.init(microseconds: Int64(date.timeIntervalSince1970 * 1e6)) }
}
