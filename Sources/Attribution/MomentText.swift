import WeirDomain
import WeirFiles
import WeirMeasuring

/// Reads moments from bytes.
enum MomentText {
    /// A moment in microseconds since 1970 UTC, from ISO 8601 or from a number since 1970; nil where the field is
    /// neither.
    static func microseconds(_ field: UnsafeBufferPointer<UInt8>) -> Int64? {
        if let plain = plainMoment(field) { return plain }
        if let number = NumberText.finite(field) {
            return EpochNumber(number).map { Int64(($0.seconds * 1e6).rounded()) }
        }
        return Timestamp(iso8601: String(decoding: field, as: UTF8.self))?.microseconds
    }

    /// `2026-06-30T12:00:00` with or without Z, the common case.
    private static func plainMoment(_ field: UnsafeBufferPointer<UInt8>) -> Int64? {
        guard field.count == 19 || field.count == 20 && field[19] == UInt8(ascii: "Z") else { return nil }
        guard field[4] == UInt8(ascii: "-"), field[7] == UInt8(ascii: "-"), field[13] == UInt8(ascii: ":"),
            field[16] == UInt8(ascii: ":"), field[10] == UInt8(ascii: "T") || field[10] == UInt8(ascii: " ")
        else { return nil }
        var areDigits = true
        func value(_ places: Range<Int>) -> Int64 {
            places.reduce(Int64(0)) { sum, place in
                let digit = field[place] &- UInt8(ascii: "0")
                if digit > 9 { areDigits = false }
                return sum * 10 + Int64(digit)
            }
        }
        let (year, month, day) = (value(0..<4), value(5..<7), value(8..<10))
        let (hour, minute, second) = (value(11..<13), value(14..<16), value(17..<19))
        // Other moments are left to the full reader, which knows how long months are.
        guard areDigits, (1...12).contains(month), (1...28).contains(day), hour < 24, minute < 60, second < 60 else {
            return nil
        }
        // Days of the civil calendar, years begun in March so that leap days come last.
        let shifted = month <= 2 ? year - 1 : year
        let era = shifted / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let days = era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
        return ((days * 24 + hour) * 60 + minute) * 60_000_000 + second * 1_000_000
    }
}
