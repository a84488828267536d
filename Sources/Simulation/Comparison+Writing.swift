import Foundation
import WeirDomain
package import WeirJSON
import WeirReporting
import WeirStatistics

extension Comparison {
    /// For people: one line per policy.
    package var table: String {
        let heads = ["value", "spend", "value per unit", "× segments", "oracle after Q1", "weeks to recover"]
        var lines = [
            "\(world.name.rawValue): \(world.customers) customers, \(world.days) days, limit \(world.limit), \(seeds) "
                + (seeds == 1 ? "seed" : "seeds, mean with 95 % interval"),
            "policy".padded(12) + heads.map { $0.padded(24) }.joined(),
        ]
        for row in rows {
            let cells = [
                row.value.text(0), row.spend.text(0), row.valuePerSpend.text(2),
                row.timesSegments?.text(2) ?? "–", row.laterShare?.text(3) ?? "–", row.weeksToRecover?.text(1) ?? "–",
            ]
            lines.append(row.policy.rawValue.padded(12) + cells.map { $0.padded(24) }.joined())
        }
        for row in rows where !row.levels.isEmpty && row.policy != .oracle {
            let levels = row.levels.prefix(5).map { $0.text(2) }.joined(separator: ", ")
            lines.append(
                "\(row.policy.rawValue), weeks after the drift ÷ before (share of the oracle's value): \(levels)")
        }
        if let weir = rows.first(where: { $0.policy == .weir }), let times = weir.timesMeanBasket {
            lines.append("weir, value per unit spent ÷ that of pricing with the mean basket: \(times.text(3))")
        }
        if doesWeirWin == false { lines.append("Weir does not win here: a simpler policy brings as much or more.") }
        return lines.map { $0.trimmingCharacters(in: .whitespaces) }.joined(separator: "\n")
    }

    package var json: JSON {
        [
            "world": .string(world.name.rawValue), "customers": .integer(Int64(world.customers)),
            "days": .integer(Int64(world.days)), "limit": .number(world.limit.majorUnits),
            "seeds": .integer(Int64(seeds)), "weir_wins": doesWeirWin.map { .bool($0) } ?? .null,
            "policies": .array(
                rows.map { row in
                    .object(
                        [JSON.Member("policy", .string(row.policy.rawValue))]
                            + row.figures.map { JSON.Member($0.name, $0.interval?.json ?? .null) })
                }),
        ]
    }

    /// One row per figure, with its 95 % interval.
    var tableRows: [[ReportTable.Cell]] {
        rows.flatMap { row in
            row.figures.compactMap { figure in
                figure.interval.map {
                    [
                        .text(world.name.rawValue), .text(row.policy.rawValue), .text(figure.name),
                        .quantity(Quantity($0.estimate, lower: $0.lower, upper: $0.upper)),
                    ]
                }
            }
        }
    }

    package static let csvHeader = "world,policy,figure,estimate,lower,upper"

    /// One line per figure.
    package var csvLines: [String] {
        rows.flatMap { row in
            row.figures.compactMap { figure in
                figure.interval.map {
                    "\(world.name.rawValue),\(row.policy.rawValue),\(figure.name),\($0.estimate),\($0.lower),\($0.upper)"
                }
            }
        }
    }
}

extension Comparison.Row {
    fileprivate var figures: [(name: String, interval: Interval?)] {
        [
            ("value", value), ("spend", spend), ("value_per_unit", valuePerSpend), ("regret", regret),
            ("oracle_share_after_first_quarter", laterShare), ("weeks_to_recover", weeksToRecover),
            ("times_segments", timesSegments), ("times_mean_basket", timesMeanBasket), ("decisions", decisions),
            ("share_offered", shareOffered),
        ] + levels.enumerated().map { ("level_in_week_\($0.offset + 1)_after_drift", $0.element) }
    }
}

extension Interval {
    fileprivate var json: JSON {
        ["estimate": .number(estimate), "lower": .number(lower), "upper": .number(upper)]
    }

    /// `12.3 (11.9 to 12.7)`.
    fileprivate func text(_ digits: Int) -> String {
        func write(_ value: Double) -> String { String(format: "%.\(digits)f", value) }
        return lower == upper ? write(estimate) : "\(write(estimate)) (\(write(lower)) to \(write(upper)))"
    }
}

extension String {
    fileprivate func padded(_ width: Int) -> String { self + String(repeating: " ", count: max(1, width - count)) }
}
