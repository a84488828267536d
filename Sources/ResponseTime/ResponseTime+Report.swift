import Foundation
package import WeirReporting
import WeirStatistics

extension ResponseLog {
    /// How the delay's cost is valued; without either, only the delays are told.
    package struct CostSetting: Sendable, Equatable {
        /// > 0: a response loses half of its value in this time.
        package var halfLifeSeconds: Double?
        /// What could be reached; for the cost by outcomes.
        package var referenceSeconds: Double?
        /// Of values and outcomes.
        package var unit: Quantity.Unit

        package init(
            halfLifeSeconds: Double? = nil, referenceSeconds: Double? = nil, unit: Quantity.Unit = .number()
        ) {
            self.halfLifeSeconds = halfLifeSeconds
            self.referenceSeconds = referenceSeconds
            self.unit = unit
        }
    }

    /// From signal to changed treatment, by trigger, and what the delay cost.
    package func report(_ setting: CostSetting = CostSetting(), data: [String] = []) -> Report {
        let triggers = Array(Set(entries.map(\.trigger))).sorted()
        let groups = [("all", entries)] + triggers.map { name in (name, entries.filter { $0.trigger == name }) }
        let waits = groups.map { ($0.0, WaitingTimes($0.1.map { ($0.seconds, $0.isTreated) })) }
        let all = waits[0].1
        var warnings = warnings
        let untreated = all.count - all.treatedCount
        for (name, wait) in waits.dropFirst() where wait.count < 20 {
            warnings.append("Trigger “\(name)” has only \(wait.count) signals; its quantiles are rough.")
        }
        var costs = CostSection(setting: setting)
        costs.tellCosts(of: self, &warnings)

        let unit = Self.unit(all)
        let median = all.quantile(0.5).estimate
        let never = Interval.share(successes: untreated, trials: all.count)
        let late = all.quantile(0.9).estimate
        let nineInTen = late.isFinite ? "nine in ten within \(duration(late))" : "fewer than nine in ten at all"
        var conclusion = [
            median.isFinite
                ? "Half of the signals led to \(treatment) within \(duration(median)), \(nineInTen); "
                    + "\(Quantity.Unit.percent.text(never.estimate)) still wait."
                : "Fewer than half of the signals led to \(treatment): \(all.treatedCount) of \(all.count)."
        ]
        let slowest = waits.dropFirst().max { $0.1.quantile(0.5).estimate < $1.1.quantile(0.5).estimate }
        if let slowest, waits.count > 2 {
            conclusion.append(
                "The slowest trigger is “\(slowest.0)” with a median of \(duration(slowest.1.quantile(0.5).estimate)); "
                    + "quicken that one first.")
        }
        return Report(
            kind: "response-time", title: "From signal to \(treatment.dropFirst(2))",
            conclusion: conclusion + costs.conclusion,
            figures: [
                .init("median", "Median", Self.quantity(all.quantile(0.5), unit)),
                .init("p90", "Nine in ten within", Self.quantity(all.quantile(0.9), unit)),
                .init(
                    "never", "Not treated yet",
                    Quantity(never.estimate, .percent, lower: never.lower, upper: never.upper)),
            ] + costs.figures, warnings: warnings,
            sections: [delays(waits)] + costs.sections,
            assumptions: [
                "Signals not treated yet are watched to the end of the log; waiting has nothing to do with when watching ended."
            ] + costs.assumptions,
            data: data + ["\(all.count) signals of \(triggers.count) triggers, \(all.treatedCount) treated."])
    }

    private func delays(_ waits: [(String, WaitingTimes)]) -> Report.Section {
        // Delays span seconds to days, which only a logarithmic axis shows together.
        let shown = waits.count == 2 ? Array(waits.prefix(1)) : Array(waits.prefix(7))
        let series = shown.enumerated().map { index, item in
            let steps = Self.thinned(item.1.steps)
            return Chart.Series(
                item.0, index == 0 ? .main : .background, x: steps.map { log10($0.seconds + 1) },
                y: steps.map { 1 - $0.waiting })
        }
        let band = Self.thinned(waits[0].1.steps)
        return Report.Section(
            "How long it took",
            charts: [
                Chart(
                    name: "treated-share", title: "Share treated within a time",
                    summary: "The share of signals treated by each delay, with those still waiting accounted for.",
                    .lines(
                        Chart.Lines(
                            series: series,
                            band: .init(
                                x: band.map { log10($0.seconds + 1) }, lower: band.map { 1 - $0.upper },
                                upper: band.map { 1 - $0.lower }),
                            horizontal: .number(label: "seconds since the signal, as a power of ten"), unit: .percent)))
            ],
            tables: [
                Self.table(
                    "triggers", of: ("trigger", "Trigger"), counted: ("signals", "Signals"),
                    never: ("never", "Not treated yet"), waits)
            ])
    }

    /// How long each group waited, a row each.
    ///
    /// - Parameters:
    ///   - first: Name and label of the column with the groups' names; `counted` and `never` alike.
    ///   - never: Nil where nothing is waited for any more.
    package static func table(
        _ name: String, of first: (name: String, label: String), counted: (name: String, label: String),
        never: (name: String, label: String)?, _ waits: [(String, WaitingTimes)]
    ) -> ReportTable {
        let unit = waits.first.map { Self.unit($0.1) } ?? .seconds
        return ReportTable(
            name: name,
            columns: [
                .init(first.name, first.label), .init(counted.name, counted.label), .init("p25", "A quarter within"),
                .init("median", "Half within"), .init("p90", "Nine in ten within"), .init("p99", "99 in 100 within"),
            ] + (never.map { [.init($0.name, $0.label)] } ?? []),
            rows: waits.map { name, wait in
                let quantiles = [0.25, 0.5, 0.9, 0.99].map {
                    ReportTable.Cell.quantity(Self.quantity(wait.quantile($0), unit))
                }
                let waiting = Interval.share(successes: wait.count - wait.treatedCount, trials: wait.count)
                let last = Quantity(waiting.estimate, .percent, lower: waiting.lower, upper: waiting.upper)
                return [.text(name), .count(wait.count)] + quantiles + (never == nil ? [] : [.quantity(last)])
            })
    }

    /// Days where half took two of them or more: millions of seconds say little.
    private static func unit(_ wait: WaitingTimes) -> Quantity.Unit {
        let median = wait.quantile(0.5).estimate
        return median.isFinite && median >= 172_800 ? .days : .seconds
    }

    private static func quantity(_ interval: Interval, _ unit: Quantity.Unit) -> Quantity {
        let length = unit == .days ? 86_400.0 : 1
        // Where even the quick end was never reached there is nothing to show.
        return interval.lower.isFinite
            ? Quantity(
                interval.estimate / length, unit, lower: interval.lower / length, upper: interval.upper / length)
            : Quantity(.nan, unit)
    }

    /// At most some hundred points, which a picture can show.
    private static func thinned(_ steps: [WaitingTimes.Step]) -> [WaitingTimes.Step] {
        let stride = max(1, steps.count / 300)
        return steps.indices.filter { $0 % stride == 0 || $0 == steps.count - 1 }.map { steps[$0] }
    }
}

/// `45 s`, `12 min`, `3.5 h`, `2.1 days`.
func duration(_ seconds: Double) -> String {
    switch seconds {
    case _ where !seconds.isFinite: "a time not reached yet"
    case ..<120: Quantity.Unit.seconds.text(seconds)
    case ..<7200: String(format: "%.1f min", seconds / 60)
    case ..<172_800: String(format: "%.1f h", seconds / 3600)
    default: String(format: "%.1f days", seconds / 86_400)
    }
}
