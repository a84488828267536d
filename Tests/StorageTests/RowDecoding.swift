import WeirDomain
import WeirJSON
import WeirStorage

/// What must hold of a row of the store, whatever stands in its columns: for the fuzzer, and for what it found.
enum RowDecoding {
    /// What is wrong with how a row is read; nil where nothing is. One that is refused is no fault.
    ///
    /// - Parameter input: A byte that says of which table, then the columns.
    static func fault(_ input: [UInt8]) -> String? {
        guard let first = input.first else { return nil }
        var reading = Reading(kind: Int(first), bytes: Array(input.dropFirst()))
        Record.forEachType(&reading)
        return reading.fault
    }

    private struct Reading: RecordTypeVisitor {
        let kind: Int
        let bytes: [UInt8]
        var seen = 0
        var fault: String?

        mutating func visit<Row: StoredRow>(_ type: Row.Type) {
            defer { seen += 1 }
            guard seen == kind % RecordKind.allCases.count else { return }
            guard let row = try? Row(row: Columns(bytes)) else { return }
            let once = Columns()
            row.write(to: once)
            guard let again = try? Row(row: Columns(once.written)) else {
                fault = "\(Row.table): what was written cannot be read"
                return
            }
            let twice = Columns()
            again.write(to: twice)
            if twice.written != once.written { fault = "\(Row.table): what was written is read as something else" }
        }
    }

    static let seeds: [[UInt8]] = {
        struct Writing: RecordVisitor {
            func visit<Row: StoredRow>(_ row: Row) -> [UInt8] {
                let columns = Columns()
                row.write(to: columns)
                return [Row.recordKind.number - 1] + columns.written
            }
        }
        let time = Timestamp(microseconds: 1_772_366_400_000_000)
        let records: [Record] = [
            .event(
                Event(
                    messageID: "m", source: "web", kind: .track, name: "e", userID: "u", eventTime: time,
                    receivedTime: time, properties: ["a": [1, nil, "x"]])),
            .decision(
                StoredDecision(
                    id: DecisionID(number: 7), customer: "u", placement: "p", time: time, offer: "o", goal: nil,
                    coupon: "C", closesAt: time, idempotencyKey: nil, fingerprint: 9, body: [1, 2])),
            .link(IdentifierLink(kind: "user", value: "a", customer: "u")), .close(DecisionID(number: 7)),
            .quarantine(
                QuarantinedMessage(source: "web", receivedTime: time, pointer: "#", reason: "r", raw: [0x7b])),
            .catalog(
                StoredCatalog(version: 1, appliedTime: time, files: [.init(name: "weir.yaml", text: "currency: USD")])),
        ]
        var writing = Writing()
        return records.map { $0.visit(&writing) }
            + (2..<11 as Range<UInt8>).map { [$0] + [UInt8](repeating: 2, count: 60) }
    }()
}

/// The columns of a row, one behind the other.
private final class Columns: RowReader, RowWriter {
    private var reader: ByteReader
    private var writer = ByteWriter()
    var written: [UInt8] { writer.bytes }

    init(_ bytes: [UInt8] = []) { reader = ByteReader(bytes) }

    // Each column says first whether something stands there, as the writer has it: it cannot tell which may be empty.
    func integer() -> Int64 { isThere() ? Int64((try? reader.integer()) ?? 0) : 0 }
    func optionalInteger() -> Int64? { isThere() ? Int64((try? reader.integer()) ?? 0) : nil }
    func text() -> String { optionalText() ?? "" }
    func optionalText() -> String? { isThere() ? (try? reader.string()) ?? "" : nil }
    func bytes() -> [UInt8] { isThere() ? (try? reader.blob()) ?? [] : [] }
    func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        try bytes().withUnsafeBytes(body)
    }
    func skip() { _ = bytes() }

    private func isThere() -> Bool { (try? reader.bool()) ?? false }

    func write(_ value: Int64) {
        writer.bool(true)
        writer.integer(value)
    }
    func write(_ text: String) {
        writer.bool(true)
        writer.string(text)
    }
    func write(_ bytes: [UInt8]) {
        writer.bool(true)
        writer.blob(bytes)
    }
    func write(utf8: [UInt8]) { write(utf8) }
    func writeNull() { writer.bool(false) }
}
