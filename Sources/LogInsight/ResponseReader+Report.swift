import WeirResponseTime
import WeirReporting
import WeirStatistics

extension ResponseReader {
    /// How long signals waited, in all and in parts, and how long conversions took to reach the model.
    ///
    /// - Throws: `MeasurementError` where there was no signal.
    func report() throws(MeasurementError) -> Report {
        guard !waits.isEmpty else {
            throw MeasurementError(
                "No event since the first decision was one that a feature or goal looks at. Send events, or declare "
                    + "features and goals for those that come.")
        }
        var log = ResponseLog(
            entries: waits.map {
                ResponseLog.Entry(
                    trigger: triggers[$0.trigger], seconds: $0.delivery + $0.decision, isTreated: $0.isTreated)
            })
        log.treatment = "a decision that knew of it"
        var report = log.report()
        report.sections.append(parts)
        if !lessons.isEmpty { report.sections.append(learning) }
        report.assumptions += [
            "A signal is an event that a feature or goal of the newest catalog looks at; of several with one name between "
                + "two decisions the first counts. What happened before the log's first decision is left out.",
            "A decision that knew of a signal need not have come out otherwise for it; who is held out does not count, and "
                + "a decision made elsewhere answers nothing.",
            "The log's order says what a decision could know, to within the milliseconds in which records are committed "
                + "together.",
        ]
        report.data.append("\(repeated) signals repeated one that still waited.")
        return report
    }

    /// The way here, and the wait for the person to be met again.
    private var parts: Report.Section {
        let names = triggers.indices.sorted { triggers[$0] < triggers[$1] }
        let groups: [(name: String, waits: [Wait])] =
            [("all", waits)] + names.map { index in (triggers[index], waits.filter { $0.trigger == index }) }
        return Report.Section(
            "Where the time went",
            text: [
                "A signal is on its way until it arrives here; from then on the next decision for that person knows of it. "
                    + "Quicker delivery helps where decisions were missed: made for the person while the signal was on its way."
            ],
            tables: [
                ResponseLog.table(
                    "delivery", of: ("trigger", "On its way"), counted: ("signals", "Signals"), never: nil,
                    groups.map { ($0.name, WaitingTimes($0.waits.map { ($0.delivery, true) })) }),
                ResponseLog.table(
                    "waiting", of: ("trigger", "From arrival to the decision"), counted: ("signals", "Signals"),
                    never: ("never", "Still waiting"),
                    groups.map { ($0.name, WaitingTimes($0.waits.map { ($0.decision, $0.isTreated) })) }),
                ReportTable(
                    name: "missed",
                    columns: [
                        .init("trigger", "Trigger"), .init("missed", "Missed a decision on its way"),
                        .init("share", "Share"),
                    ],
                    rows: groups.map { group in
                        let missed = group.waits.count { $0.missed }
                        let share = Interval.share(successes: missed, trials: group.waits.count)
                        return [
                            .text(group.name), .count(missed),
                            .quantity(Quantity(share.estimate, .percent, lower: share.lower, upper: share.upper)),
                        ]
                    }),
            ])
    }

    private var learning: Report.Section {
        let names = goals.indices.sorted { goals[$0] < goals[$1] }
        let groups = names.map { index in
            (
                goals[index],
                WaitingTimes(lessons.filter { $0.goal == index }.map { ($0.seconds, $0.isLearned) })
            )
        }
        return Report.Section(
            "From conversion to model",
            text: [
                "From the moment of a conversion until the goal's model had learned it. Goals that settle wait on purpose, so "
                    + "that positives are not learned before negatives."
            ],
            tables: [
                ResponseLog.table(
                    "learning", of: ("goal", "Goal"), counted: ("conversions", "Conversions"),
                    never: ("never", "Not learned yet"), groups)
            ])
    }
}
