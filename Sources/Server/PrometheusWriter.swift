import WeirStatistics

/// Writes the text that Prometheus reads.
///
/// Source: Prometheus, "Exposition formats", text format 0.0.4.
struct PrometheusWriter {
    typealias Sample = (labels: [(String, String)], value: Double)

    private var text = ""

    var bytes: [UInt8] { Array(text.utf8) }

    mutating func counter(_ name: String, _ help: String, _ value: Int) { counter(name, help, [([], Double(value))]) }
    mutating func gauge(_ name: String, _ help: String, _ value: Int) { gauge(name, help, [([], Double(value))]) }

    mutating func counter(_ name: String, _ help: String, _ samples: [Sample]) {
        family(name, help, "counter", samples)
    }

    mutating func gauge(_ name: String, _ help: String, _ samples: [Sample]) { family(name, help, "gauge", samples) }

    /// Durations in fixed buckets, which Prometheus adds up over servers.
    mutating func histogram(_ name: String, _ help: String, _ durations: LatencyHistogram) {
        head(name, help, "histogram")
        for seconds in Self.bounds {
            let count = durations.count(upTo: UInt64(seconds * 1e9))
            sample("\(name)_bucket", [("le", Self.number(seconds))], Double(count))
        }
        sample("\(name)_bucket", [("le", "+Inf")], Double(durations.count))
        sample("\(name)_sum", [], Double(durations.nanoseconds) / 1e9)
        sample("\(name)_count", [], Double(durations.count))
    }

    /// Upper bounds of a histogram's buckets in seconds, ascending; the last bucket, without bound, is not listed.
    private static let bounds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5]

    private mutating func family(_ name: String, _ help: String, _ kind: String, _ samples: [Sample]) {
        head(name, help, kind)
        for (labels, value) in samples { sample(name, labels, value) }
    }

    private mutating func head(_ name: String, _ help: String, _ kind: String) {
        text += "# HELP \(name) \(Self.escaped(help, quotes: false))\n# TYPE \(name) \(kind)\n"
    }

    private mutating func sample(_ name: String, _ labels: [(String, String)], _ value: Double) {
        text += name
        if !labels.isEmpty {
            text += "{" + labels.map { "\($0)=\"\(Self.escaped($1, quotes: true))\"" }.joined(separator: ",") + "}"
        }
        text += " \(Self.number(value))\n"
    }

    private static func number(_ value: Double) -> String {
        if let whole = Int64(exactly: value) { return String(whole) }
        if value.isNaN { return "NaN" }
        return value.isInfinite ? (value < 0 ? "-Inf" : "+Inf") : value.description
    }

    private static func escaped(_ text: String, quotes: Bool) -> String {
        var escaped = ""
        for character in text.unicodeScalars {
            switch character {
            case "\\": escaped += "\\\\"
            case "\n": escaped += "\\n"
            case "\"" where quotes: escaped += "\\\""
            default: escaped.unicodeScalars.append(character)
            }
        }
        return escaped
    }
}
