import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import Synchronization
import WeirDomain
import WeirEngine
import WeirFiles
import WeirIngestion
import WeirJSON
import WeirLimits
import WeirStorage

/// Files of events, sent to the running server.
extension API {
    /// Of how many refused messages the answer says why, where they wait in the quarantine.
    private static let toldOfFile = 100
    /// How many refused messages the answer hands back at most, where they do not, and of how many bytes together.
    private static let handedBack = 50_000
    private static let handedBackBytes = 8 << 20
    /// How many refused messages of one file are kept in the quarantine.
    private static let keptOfFile = 5_000
    /// How long a file may be, unpacked.
    private static let fileBytes = 1 << 30

    /// Reads a body as a file: a table by a mapping, or Segment messages line by line.
    func ingest(_ call: Call) async throws -> Response {
        guard !call.caller.isPage else {
            throw Problem(
                .forbidden, "page_key_sends_no_files",
                "A key with origins stands in pages, where anybody can read it, and sends no files. Use another key.")
        }
        let source = try source(call)
        let format = try format(call)
        let keepsRefused = try call.flag("quarantine", default: true)
        let firstLine = try call.wholeNumber("line", default: 1, in: 1...1_000_000_000_000)
        var body = call.body
        let feed = ByteFeed { buffer in
            let count = min(buffer.count, body.readableBytes)
            body.readWithUnsafeReadableBytes { bytes in
                buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[..<count]))
                return count
            }
            return count
        }
        var reader = EventFileReader(
            Self.limited(feed), as: format, source: source, rules: rules, received: engine.clock.now,
            firstLine: firstLine,
            refusedPerLine: rules.limits.refusedPerBody)
        // Shared with what decides how much comes in, on this one task.
        let room = Mutex(Self.keptOfFile)
        var intake = FileIntake(
            into: engine, from: source, keepsRefused: keepsRefused, mergesUsers: mayMergeUsers(call.key),
            admit: { messages in
                room.withLock { room in
                    let kept = quarantine.admit(messages.prefix(room).map(\.raw.count), of: source)
                    room -= kept
                    return kept
                }
            })
        var told: [RejectedMessage] = []
        var toldBytes = 0
        var notTold = 0
        let count: FileIntake.Count
        do {
            count = try await intake.read(
                &reader,
                refused: { chunk in
                    for rejected in chunk.rejected {
                        let most = keepsRefused ? Self.toldOfFile : Self.handedBack
                        guard told.count < most, toldBytes < Self.handedBackBytes else {
                            notTold += 1
                            continue
                        }
                        told.append(rejected)
                        if !keepsRefused { toldBytes += rejected.message.count }
                    }
                    notTold += chunk.notKept
                },
                pace: { chunk in
                    guard let key = call.key, !settings.isOpen else { return }
                    let records = chunk.events.count + chunk.rejected.count + chunk.notKept
                    try await rates.pay(.key(key.name), max(records, chunk.bytes / 1_024))
                })
        } catch let error as EventFileError {
            throw Problem(.badRequest, "unreadable_file", error.description)
        }
        let isTold = told
        let notKept = keepsRefused ? count.notKept : notTold
        engine.limitCounts.countHit(of: .refusedPerBody, notKept)
        return .json(reserving: 160 + 200 * isTold.count) { writer in
            writer.member("success", count.accepted + count.duplicates > 0 || count.refused == 0)
            writer.member("accepted", count.accepted)
            writer.member("duplicates", count.duplicates)
            writer.member("refused", count.refused)
            writer.member("left_out", count.leftOut)
            if !count.leftOutBy.isEmpty {
                writer.name("left_out_by")
                writer.object { writer in
                    for (reason, rows) in count.leftOutBy.sorted(by: { $0.key < $1.key }) {
                        writer.member(reason, rows)
                    }
                }
            }
            if notKept > 0 {
                writer.member("notKept", notKept)
                writer.member(
                    "detail",
                    "\(notKept) refused messages are neither in the quarantine nor in this answer: there were too many. Mend "
                        + "the file and send it again, or in smaller pieces.")
            }
            writer.name("rejected")
            writer.array { writer in
                for rejected in isTold {
                    writer.object { writer in
                        if let line = rejected.line { writer.member("line", line) }
                        writer.member("pointer", rejected.pointer)
                        writer.member("code", rejected.code.rawValue)
                        writer.member("detail", rejected.reason)
                        if !keepsRefused {
                            writer.member("message", String(decoding: rejected.message, as: UTF8.self))
                        }
                    }
                }
            }
        }
    }

    /// A feed that ends with an error where it is too long, or unpacks to what is packed again.
    private static func limited(_ feed: ByteFeed) -> ByteFeed {
        var count = 0
        return ByteFeed { buffer throws(FileError) in
            let read = try feed.read(into: buffer)
            if count == 0, Gzip.isPacked(Array(buffer.prefix(read))[...]) {
                throw .cannotRead(reason: "it is packed twice; send it packed once, or as it is")
            }
            count += read
            guard count <= fileBytes else {
                throw .cannotRead(reason: "it has more than \(fileBytes) bytes, unpacked; send it in several pieces")
            }
            return read
        }
    }

    /// The mapping that the path names, or the one that stands in a header.
    private func format(_ call: Call) throws(Problem) -> EventFileReader.Format {
        let name = call.argument("mapping")
        if let header = call.head.headerFields[.mapping] {
            guard let data = Data(base64Encoded: header) else {
                throw Problem(.badRequest, "invalid_mapping", "Weir-Mapping is no base64; send the mapping's JSON so.")
            }
            do { return .table(try JSONDecoder().decode(CSVMapping.self, from: data)) } catch {
                throw Problem(.badRequest, "invalid_mapping", "The mapping cannot be used: \(error)")
            }
        }
        if name == "messages" { return .messages }
        guard let ready = ReadyMapping.named(name) else {
            let hint = name.suggestion(from: ["messages"] + ReadyMapping.all.map(\.name))
            throw Problem(
                .notFound, "unknown_mapping",
                "There is no mapping “\(name.prefix(100))”. \(hint) One of your own stands in the header Weir-Mapping.")
        }
        return .table(ready.mapping)
    }

    /// Whose events they are: the key's own, unless one who may manage says otherwise.
    private func source(_ call: Call) throws(Problem) -> SourceID {
        let named = call.parameter("source").flatMap { $0.isEmpty ? nil : SourceID($0) }
        guard let key = call.key else {
            guard settings.isOpen else { throw KeyCheck.unauthorized }
            return named ?? "file"
        }
        let own = key.sources.first ?? key.name
        guard let named, named != own else { return own }
        return key.sources.contains(named) || Permission.manage.isGranted(by: key.scopes) ? named : own
    }
}

extension HTTPField.Name {
    fileprivate static let mapping = HTTPField.Name("Weir-Mapping")!
}
