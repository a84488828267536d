package import WeirDomain

extension Figure {
    /// `21 Nov`.
    package static func date(_ moment: Timestamp) -> String {
        let (_, month, day) = Timestamp.civil(fromDay: moment.day)
        return "\(day) \(months[month - 1])"
    }

    /// `21 Nov 2017`.
    package static func fullDate(_ moment: Timestamp) -> String {
        "\(date(moment)) \(Timestamp.civil(fromDay: moment.day).year)"
    }

    /// `14:02`, UTC.
    package static func clock(_ moment: Timestamp) -> String { String(moment.iso8601.dropFirst(11).prefix(5)) }

    /// `14:02:31`, UTC.
    package static func clockWithSeconds(_ moment: Timestamp) -> String {
        String(moment.iso8601.dropFirst(11).prefix(8))
    }

    static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
}

/// A moment that programs can read too.
func timeElement(_ moment: Timestamp, _ shown: String) -> HTML {
    "<time datetime=\"\(moment.iso8601)\">\(shown)</time>"
}
