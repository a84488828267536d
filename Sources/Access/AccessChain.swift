import Crypto
import WeirDomain
package import WeirStorage

/// Seals the access log: each entry's seal is a hash over the seal before and the entry, so that no entry can be changed,
/// left out or put elsewhere without all seals after it changing.
///
/// Who can write to the store can compute all seals anew; only a checkpoint that is kept elsewhere tells.
package enum AccessChain {
    /// SHA-256 over the seal before and every field, each with its length.
    package static func seal(previous: [UInt8], number: Int64, entry: AccessEntry) -> [UInt8] {
        var hash = SHA256()
        func take(_ bytes: some Sequence<UInt8>) {
            let bytes = Array(bytes)
            withUnsafeBytes(of: Int64(bytes.count).bigEndian) { hash.update(bufferPointer: $0) }
            hash.update(data: bytes)
        }
        func take(_ number: Int64) { withUnsafeBytes(of: number.bigEndian) { hash.update(bufferPointer: $0) } }
        take("weir access log 1".utf8)
        take(previous)
        take(number)
        take(entry.time.microseconds)
        for text in [entry.actor, entry.action, entry.subject, entry.detail, entry.address] { take(text.utf8) }
        take(Int64(entry.count))
        return Array(hash.finalize())
    }

    /// The log as it stood at some moment: how many entries, and the last one's seal. Kept outside the store.
    package struct Checkpoint: Sendable, Equatable, LosslessStringConvertible {
        package var number: Int64
        package var seal: [UInt8]

        package init(number: Int64, seal: [UInt8]) {
            self.number = number
            self.seal = seal
        }

        package init?(_ text: String) {
            let words = text.split(whereSeparator: \.isWhitespace)
            guard words.count == 2, let number = Int64(words[0]), number >= 0 else { return nil }
            var seal: [UInt8] = []
            var digits = words[1].utf8[...]
            guard digits.count == (number == 0 ? 1 : 64) else { return nil }
            if number > 0 {
                while let high = digits.popFirst(), let low = digits.popFirst() {
                    let pair = String(decoding: [high, low], as: UTF8.self)
                    guard pair.utf8.first != UInt8(ascii: "+"), let byte = UInt8(pair, radix: 16) else { return nil }
                    seal.append(byte)
                }
            }
            self.init(number: number, seal: seal)
        }

        /// `17 5f2c…`: the number, and the seal in hexadecimal digits.
        package var description: String {
            let digits = seal.map { byte in
                let text = String(byte, radix: 16)
                return byte < 16 ? "0" + text : text
            }
            return "\(number) \(digits.isEmpty ? "-" : digits.joined())"
        }
    }

    /// What became of the log.
    package enum Verdict: Sendable, Equatable {
        case sound(entries: Int64)
        /// The entry of that number, or the one that should stand there, was changed, moved or left out.
        case changed(number: Int64)
        /// Entries that a checkpoint knows are gone from the end.
        case shortened(entries: Int64, known: Int64)
        /// All seals fit each other, but not the checkpoint: what stands between was written anew.
        case rewritten(after: Int64, upTo: Int64)
    }

    /// Looks at the whole log, a page at a time.
    ///
    /// - Parameter checkpoints: In any order.
    package static func verify(_ store: any Store, against checkpoints: [Checkpoint]) throws -> Verdict {
        var known: [Int64: Set<[UInt8]>] = [:]
        for checkpoint in checkpoints { known[checkpoint.number, default: []].insert(checkpoint.seal) }
        var (number, seal, lastKnown): (Int64, [UInt8], Int64) = (0, [], 0)
        while true {
            let page = try store.accessLog(after: number, limit: 1_000)
            for found in page {
                guard found.number == number + 1,
                    Self.seal(previous: seal, number: found.number, entry: found.entry) == found.seal
                else { return .changed(number: number + 1) }
                (number, seal) = (found.number, found.seal)
                if let seals = known[number] {
                    guard seals == [seal] else { return .rewritten(after: lastKnown, upTo: number) }
                    lastKnown = number
                }
            }
            if page.count < 1_000 { break }
        }
        let most = checkpoints.map(\.number).max() ?? 0
        return most > number ? .shortened(entries: number, known: most) : .sound(entries: number)
    }

    /// Where the log stands now.
    package static func checkpoint(of store: any Store) throws -> Checkpoint {
        let last = try store.lastAccessEntry()
        return Checkpoint(number: last?.number ?? 0, seal: last?.seal ?? [])
    }
}

extension Store {
    /// Appends sealed entries to the access log.
    package func log(_ entries: [AccessEntry]) throws {
        try appendToAccessLog(entries) { AccessChain.seal(previous: $0, number: $1, entry: $2) }
    }
}
