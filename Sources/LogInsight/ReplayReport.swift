package import WeirDomain
package import WeirReporting

/// What replaying decisions from the log showed: whether they come out as they did, and whether what they saw of their people
/// is what the events say.
package struct ReplayReport {
    /// How many decisions were recomputed.
    package var recomputed: Int
    /// Those that come out otherwise, each with what differs first.
    package var different: [(decision: DecisionID, reason: String)]
    /// Nil where nobody asked.
    package var situations: SituationAudit?

    package init(
        recomputed: Int, different: [(decision: DecisionID, reason: String)], situations: SituationAudit? = nil
    ) {
        self.recomputed = recomputed
        self.different = different
        self.situations = situations
    }

    /// Of one decision.
    package init(of decision: DecisionID, _ verdict: Audit.Verdict, situation: SituationAudit.Verdict? = nil) {
        var different: [(DecisionID, String)] = []
        if case .different(let reason) = verdict { different.append((decision, reason)) }
        var situations: SituationAudit?
        if let situation {
            var audit = SituationAudit()
            audit.count(situation, of: decision)
            situations = audit
        }
        self.init(recomputed: 1, different: different, situations: situations)
    }

    /// Whether every decision is what the log says.
    package var isClean: Bool { different.isEmpty && (situations?.differing ?? 0) == 0 }

    package var report: Report {
        var report = Report(kind: "audit-replay", title: "Decisions replayed from the log")
        report.conclusion = [
            "\(recomputed) decision\(recomputed == 1 ? "" : "s") recomputed, \(recomputed - different.count) identical, "
                + "\(different.count) different."
        ]
        report.figures = [
            figure("recomputed", "Decisions recomputed", recomputed),
            figure("different", "Come out otherwise", different.count),
        ]
        if !different.isEmpty { report.sections.append(recomputedSection) }
        guard let situations else { return report }
        report.conclusion.append(
            "What \(situations.checked) decisions saw of their people, held against the events before them: "
                + "\(situations.identical + situations.before) as the events say, \(situations.differing) otherwise.")
        report.figures += [
            figure("checked", "Held against the events", situations.checked),
            figure("as_events_say", "As the events say", situations.identical),
            figure("before", "As the events said a moment before", situations.before),
            figure("otherwise", "Logged otherwise", situations.differing),
        ]
        if situations.before > 0 { report.sections.append(beforeSection(situations)) }
        if situations.differing > 0 { report.sections.append(differingSection(situations)) }
        report.assumptions = [
            "Consents, caps, traits and features are derived from the events, merges of identifiers and earlier decisions that "
                + "stand before a decision in the log, by the code that decides.",
            "Erased or pruned events cannot be told from events that never were.",
        ]
        return report
    }

    private func figure(_ name: String, _ label: String, _ count: Int) -> Report.Figure {
        Report.Figure(name, label, Quantity(Double(count), .count))
    }

    private var recomputedSection: Report.Section {
        Report.Section(
            "Come out otherwise",
            tables: [
                ReportTable(
                    name: "recomputed",
                    columns: [.init("decision", "Decision"), .init("difference", "What differs first")],
                    rows: different.prefix(SituationAudit.examples).map {
                        [.text($0.decision.description), .text($0.reason)]
                    })
            ])
    }

    private func beforeSection(_ situations: SituationAudit) -> Report.Section {
        Report.Section(
            "Made a moment before",
            text: [
                "\(situations.before) decisions were made while records that stand before them in the log were still being "
                    + "committed. What they saw is right for that moment; every later decision saw those records."
            ],
            tables: [
                ReportTable(
                    name: "before",
                    columns: [.init("decision", "Decision"), .init("record", "Made before this record")],
                    rows: situations.examplesBefore.map {
                        [.text($0.decision.description), .text("\($0.record)")]
                    })
            ])
    }

    private func differingSection(_ situations: SituationAudit) -> Report.Section {
        Report.Section(
            "Logged otherwise than the events say",
            tables: [
                ReportTable(
                    name: "otherwise",
                    columns: [
                        .init("part", "Part"), .init("name", "Name"), .init("decisions", "Decisions"),
                        .init("first", "First"), .init("logged", "Logged"), .init("derived", "By the events"),
                    ],
                    rows: situations.findings.map { finding in
                        [
                            .text(finding.difference.part.rawValue), .text(finding.difference.name),
                            .count(finding.decisions), .text(finding.decision.description),
                            .text(finding.difference.logged), .text(finding.difference.derived),
                        ]
                    })
            ])
    }
}
