import Foundation
import WeirDomain
import WeirFiles
import WeirIngestion

/// What must hold of files of events, whatever their bytes and their mapping are: for the fuzzer, and for what it found.
enum TableDecoding {
    /// Between the mapping and the table.
    private static let mark = Array("\n%%\n".utf8)

    /// What is wrong with how a file is read; nil where nothing is. A row, a file or a mapping that is refused is no fault.
    ///
    /// - Parameter input: The mapping as JSON, or the number of one that is ready, a line `%%`, then the table; without such
    ///   a line, messages line by line.
    static func fault(_ input: [UInt8]) -> String? {
        var format = EventFileReader.Format.messages
        var file = input
        if let place = input.indices.first(where: { input[$0...].starts(with: mark) }) {
            guard let mapping = mapping(Array(input[..<place])) else { return nil }
            format = .table(mapping)
            file = Array(input[(place + mark.count)...])
            _ = try? MappingProposal.proposal(for: feed(file, in: .max))
        }
        let whole = read(file, format, in: .max)
        if let line = whole.first(where: { $0.reason?.isEmpty ?? false }) { return "Line \(line.line): no reason" }
        guard read(file, format, in: 3) == whole else { return "It is read otherwise in pieces of three bytes" }
        return nil
    }

    /// What became of a message.
    private struct Told: Equatable {
        var line = 0
        var event: Event?
        var reason: String?
    }

    private static func read(_ file: [UInt8], _ format: EventFileReader.Format, in pieces: Int) -> [Told] {
        var reader = EventFileReader(
            feed(file, in: pieces), as: format, source: "file",
            received: Timestamp(microseconds: 1_772_366_400_000_000))
        var told: [Told] = []
        do throws(EventFileError) {
            while let chunk = try reader.next(50) {
                told += chunk.events.map { Told(event: $0) }
                told += chunk.rejected.map { Told(line: $0.line ?? 0, reason: $0.reason) }
            }
        } catch { told.append(Told(reason: error.description)) }
        return told
    }

    private static func mapping(_ text: [UInt8]) -> CSVMapping? {
        if text.count == 1 { return ReadyMapping.all[Int(text[0]) % ReadyMapping.all.count].mapping }
        return try? JSONDecoder().decode(CSVMapping.self, from: Data(text))
    }

    private static func feed(_ bytes: [UInt8], in pieces: Int) -> ByteFeed {
        var rest = bytes[...]
        return ByteFeed { buffer in
            let piece = rest.prefix(min(pieces, buffer.count))
            buffer.copyBytes(from: piece)
            rest = rest.dropFirst(piece.count)
            return piece.count
        }
    }

    static let seeds = [
        #"{"event":"Order Completed","user_id":"Email","timestamp":"Date","message_id":["Name"],"properties":{"revenue":{"column":"Total","type":"number"}},"decimal":"comma","dates":"day-first","only":{"column":"Status","is":["paid"]},"consent":{"marketing":"News"}}"#
            + "\n%%\nsep=;\nReport of March\nName;Email;Date;Total;Status;News\n#1;a@b.example;20.11.2026 09:49;1.234,50;paid;yes\n"
            + "#2;\"c;\"\"d\";2026-11-20 09:49:58 +0200;abc;paid;no\nTotal;;;9;;\n",
        "\0\n%%\nName,Email,Financial Status,Paid at,Total,Currency,Discount Code,Created at,Accepts Marketing\n"
            + "#1001,a@b.example,paid,2026-11-20 09:49:58 +0200,42.50,USD,SPRING,2026-11-20 09:49:58 +0200,yes\n",
        "{\"type\":\"track\",\"event\":\"a\",\"userId\":\"1\"}\r\n{\"batch\":[{\"type\":\"page\",\"anonymousId\":\"3\"},{]}\n7\n",
    ].map { Array($0.utf8) }
}
