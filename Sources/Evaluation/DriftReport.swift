import Foundation
package import WeirJSON
package import WeirReporting

/// Whether live values still look like those that a model learned from.
package struct DriftReport: Encodable, Presentable {
    package var verdict: DriftVerdict
    package var columns: [DriftFinding]
    package var calibration: CalibrationFinding?
    /// Which column was read as what, in one line; nil where nobody read a file.
    package var understood: String?

    package init(verdict: DriftVerdict, columns: [DriftFinding], calibration: CalibrationFinding?) {
        self.verdict = verdict
        self.columns = columns
        self.calibration = calibration
    }

    package var json: JSON { JSON(snakeCase: self) }

    package var tables: [ReportTable] {
        let names = ["column", "verdict", "psi", "test", "statistic", "p", "missing_share", "reference", "live"]
        return [
            ReportTable(
                name: "columns", columns: names.map { .init($0, $0) },
                rows: columns.map { finding -> [ReportTable.Cell] in
                    let test = finding.ks ?? finding.chiSquare
                    return [
                        .text(finding.column), .text(finding.verdict.rawValue), .number(finding.psi),
                        .text(finding.ks == nil ? "chi-square" : "ks"), .number(test?.statistic),
                        .number(test?.pValue), .number(finding.missingShare), .count(finding.referenceCount),
                        .count(finding.liveCount),
                    ]
                })
        ]
    }

    package var text: String {
        let width = (columns.map(\.column.count).max() ?? 0) + 2
        var lines = columns.map { finding in
            let test = finding.ks ?? finding.chiSquare
            let measure = finding.ks == nil ? "chi-square" : "KS"
            return finding.column + String(repeating: " ", count: width - finding.column.count)
                + finding.verdict.rawValue.padding(toLength: 9, withPad: " ", startingAt: 0)
                + String(
                    format: "PSI %.4f, \(measure) %.4f (p %.2g), missing %.1f %%, %d values", finding.psi,
                    test?.statistic ?? 0, test?.pValue ?? 1, finding.missingShare * 100, finding.liveCount)
        }
        if let calibration {
            lines.append(
                String(
                    format:
                        "Predictions: \(calibration.verdict.rawValue), %.4f expected, %.4f observed, gap %.1f %%, "
                        + "chi-square p %.2g, Spiegelhalter p %.2g.",
                    calibration.expected, calibration.observed, calibration.gap * 100, calibration.chiSquare.pValue,
                    calibration.spiegelhalter.pValue))
        }
        return ([understood.map { "Understood: " + $0 }].compactMap(\.self) + lines + ["Verdict: \(verdict.rawValue)."])
            .joined(separator: "\n") + "\n"
    }
}
