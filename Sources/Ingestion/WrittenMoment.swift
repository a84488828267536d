import Foundation
package import WeirDomain

/// Reads moments as exports write them.
package struct WrittenMoment: Sendable, Equatable {
    /// What stands first in a date of three numbers.
    package enum Order: String, Sendable, Codable, CaseIterable {
        case day, month
    }

    /// Nil reads only dates whose order shows.
    package var order: Order?
    /// The name of a zone of the tz database, for texts that name none; nil means UTC.
    package var zone: String?
    /// Whether numbers are the days that Excel counts from 1900, with the time as fraction.
    package var isExcel = false

    package init() {}

    /// Whether there is such a zone.
    package static func isZone(_ name: String) -> Bool { TimeZone(identifier: name) != nil }

    package enum Fault: Error, Equatable {
        case unknown
        /// Day or month first.
        case ambiguous
    }

    /// Reads ISO 8601, `20.11.2026 10:15`, `11/20/2026 10:15 AM`, `Nov 20, 2026`, `20 Nov 2026 10:15:00 GMT`, `20261120`,
    /// and seconds or milliseconds since 1970.
    package func moment(_ text: String) throws(Fault) -> Timestamp {
        let text = text.trimmingWhitespace
        if isExcel, let days = Double(text), days > 1, days < 200_000 {
            // Day 25569 is 1970-01-01; of what counts in floating point a second is certain, not a millisecond.
            let seconds = ((days - 25_569) * 86_400).rounded()
            return local(Timestamp(microseconds: Int64(seconds) * 1_000_000))
        }
        if let moment = Timestamp(iso8601: text) { return zone == nil || Self.hasZone(text) ? moment : local(moment) }
        if text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int64(text) {
            switch text.utf8.count {
            case 10: return Timestamp(microseconds: number * 1_000_000)
            case 13: return Timestamp(microseconds: number * 1_000)
            case 8:
                let iso = "\(text.prefix(4))-\(text.dropFirst(4).prefix(2))-\(text.suffix(2))"
                guard let day = Timestamp(iso8601: iso) else { throw .unknown }
                return local(day)
            default: throw .unknown
            }
        }
        return try parts(of: text)
    }

    /// The day, in ISO 8601, where a text says nothing of the time; nil where it does.
    package func day(_ text: String) throws(Fault) -> String? {
        let text = text.trimmingWhitespace
        if isExcel, let days = Double(text), days > 1, days < 200_000 {
            guard days == days.rounded() else { return nil }
            return Self.isoDay(Timestamp(microseconds: (Int64(days) - 25_569) * 86_400_000_000))
        }
        let isNumber = text.utf8.allSatisfy { (0x30...0x39).contains($0) }
        if isNumber, text.utf8.count != 8 { return nil }
        guard !text.contains(":") else { return nil }
        // Whatever the zone: a day has none.
        var plain = self
        plain.zone = nil
        let moment = try plain.moment(text)
        // An offset without a time does not occur; a time without a colon, such as in basic ISO 8601, does.
        return moment == Timestamp(day: moment.day) && !text.contains("T") ? Self.isoDay(moment) : nil
    }

    private static func isoDay(_ moment: Timestamp) -> String { String(moment.iso8601.prefix(10)) }

    // MARK: Dates for people

    private func parts(of text: String) throws(Fault) -> Timestamp {
        var words = text.split { $0 == " " || $0 == "," }.map(String.init)
        if let first = words.first, Self.isWeekday(first) { words.removeFirst() }
        guard let (date, used) = try date(words) else { throw .unknown }
        var rest = words[used...].filter { !["at", "um"].contains($0.lowercased()) }[...]
        var clock = "00:00:00"
        if let word = rest.first, word.contains(":") {
            rest.removeFirst()
            var parts = word.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
            var half: String?
            if let last = parts.last, let mark = ["am", "pm"].first(where: { last.lowercased().hasSuffix($0) }) {
                half = mark
                parts[parts.count - 1] = String(last.dropLast(2))
            } else if let next = rest.first, ["am", "pm", "a.m.", "p.m."].contains(next.lowercased()) {
                half = next.lowercased().filter { $0 != "." }
                rest.removeFirst()
            }
            guard (2...3).contains(parts.count), var hour = Int(parts[0]), parts[0].count <= 2 else { throw .unknown }
            if let half {
                guard (1...12).contains(hour) else { throw .unknown }
                hour = hour % 12 + (half == "pm" ? 12 : 0)
            }
            parts[0] = hour < 10 ? "0\(hour)" : "\(hour)"
            clock = parts.joined(separator: ":")
        }
        let offset = rest.joined()
        let hasZone = !offset.isEmpty
        guard let moment = Timestamp(iso8601: "\(date)T\(clock)\(hasZone ? " " + offset : "")") else { throw .unknown }
        return hasZone ? moment : local(moment)
    }

    /// The ISO date at the beginning, and how many words it takes.
    private func date(_ words: [String]) throws(Fault) -> (String, Int)? {
        guard let first = words.first else { return nil }
        for (mark, isDayFirst) in [(".", true), ("/", nil), ("-", nil)] as [(Character, Bool?)] {
            let numbers = first.split(separator: mark, omittingEmptySubsequences: false).map(String.init)
            guard numbers.count == 3 else { continue }
            if let month = Self.month(numbers[1]) {
                return iso(year: numbers[2], month: month, day: numbers[0]).map { ($0, 1) }
            }
            guard numbers.allSatisfy({ Int($0) != nil && $0.utf8.count <= 4 }) else { return nil }
            if numbers[0].utf8.count == 4 {
                return iso(year: numbers[0], month: Int(numbers[1])!, day: numbers[2]).map { ($0, 1) }
            }
            let (a, b) = (Int(numbers[0])!, Int(numbers[1])!)
            let order: Order
            if let declared = self.order {
                order = declared
            } else if isDayFirst == true || a > 12 || a == b {
                order = .day
            } else if b > 12 {
                order = .month
            } else {
                throw .ambiguous
            }
            let (day, month) = order == .day ? (numbers[0], b) : (numbers[1], a)
            return iso(year: numbers[2], month: month, day: day).map { ($0, 1) }
        }
        guard words.count >= 3 else { return nil }
        if let month = Self.month(words[0]) {
            return iso(year: words[2], month: month, day: words[1]).map { ($0, 3) }
        }
        if let month = Self.month(words[1]) {
            return iso(year: words[2], month: month, day: words[0]).map { ($0, 3) }
        }
        return nil
    }

    private func iso(year: String, month: Int, day: String) -> String? {
        guard var number = Int(year), let day = Int(day.filter(\.isNumber)), (1...31).contains(day) else { return nil }
        if year.utf8.count == 2 { number += number < 70 ? 2000 : 1900 }
        guard (1900...9999).contains(number) else { return nil }
        return "\(number)-\(month < 10 ? "0" : "")\(month)-\(day < 10 ? "0" : "")\(day)"
    }

    private static func month(_ word: String) -> Int? {
        let start = word.lowercased().prefix(3)
        guard word.utf8.count >= 3, let place = months.firstIndex(of: String(start)) else { return nil }
        return place + 1
    }

    private static func isWeekday(_ word: String) -> Bool {
        ["mon", "tue", "wed", "thu", "fri", "sat", "sun"].contains(word.lowercased().prefix(3))
    }

    private static let months = [
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    ]

    // MARK: Zones

    /// Whether an ISO moment says its offset.
    private static func hasZone(_ text: String) -> Bool {
        guard text.utf8.count > 10 else { return false }
        let clock = text.dropFirst(10)
        return clock.contains { $0 == "+" || $0 == "-" || $0 == "Z" || $0 == "z" || $0 == "C" || $0 == "M" }
    }

    /// The moment at which clocks of the zone show what a clock at UTC shows at that moment.
    private func local(_ shown: Timestamp) -> Timestamp {
        guard let zone, let known = TimeZone(identifier: zone) else { return shown }
        return shown.onClock(of: known)
    }
}

extension String {
    /// Without space of any kind around it.
    var trimmingWhitespace: String {
        guard first?.isWhitespace == true || last?.isWhitespace == true else { return self }
        var rest = self[...]
        while rest.first?.isWhitespace == true { rest.removeFirst() }
        while rest.last?.isWhitespace == true { rest.removeLast() }
        return String(rest)
    }
}
