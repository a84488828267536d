import WeirDomain
import WeirJSON

/// The first page: is it running, is it spending as planned, did it change anything, what needs me.
///
/// Complete without the script. Pure: the same snapshot gives the same bytes.
package func nowPage(_ snapshot: NowSnapshot) -> String {
    let parts = nowParts(snapshot)
    func part(_ id: String, _ style: String = "panel") -> HTML {
        guard let part = parts.first(where: { $0.id == id }) else { return .empty }
        return "<section id=\"\(id)\" class=\"\(style)\" aria-labelledby=\"\(id)-h\">\(part.content)</section>\n"
    }
    // The columns come out about equally long.
    let (left, right): (HTML, HTML) =
        snapshot.targeting == nil
        ? ("\(part("effects"))\(part("explained"))", part("latest"))
        : ("\(part("effects"))\(part("targeting"))", "\(part("latest"))\(part("explained"))")
    return page(
        title: "Now", current: .now, status: "<div id=\"status\" class=\"status\">\(statusContent(snapshot))</div>",
        main: """
            <h1 class="hidden">Now</h1>
            \(part("summary", "summary"))\(part("figures", "figures"))
            \(part("budgets"))
            <div class="columns"><div>\(left)</div><div>\(right)</div></div>
            \(part("sources"))
            """)
}

/// A part of the page that the live stream replaces.
package struct PageFragment: Sendable, Equatable {
    /// The id of the element whose content this is.
    package let id: String
    package let html: String
}

/// What the live stream sends: the content of every part of the page Now.
package func nowFragments(_ snapshot: NowSnapshot) -> [PageFragment] {
    [PageFragment(id: "status", html: statusContent(snapshot).text)]
        + nowParts(snapshot).map { PageFragment(id: $0.id, html: $0.content.text) }
}

/// Server-sent events for `/console/events`, one for each part that differs from what was sent before.
///
/// Each is `event: part` with `{"id": …, "html": …}` as data; a line of JSON, since data may hold no line breaks.
package func eventStream(_ fragments: [PageFragment], changedFrom previous: [PageFragment] = []) -> String {
    fragments.filter { !previous.contains($0) }.map { fragment in
        let data: JSON = ["id": .string(fragment.id), "html": .string(fragment.html)]
        return "event: part\ndata: \(data.text)\n\n"
    }.joined()
}

private struct NowPart {
    var id: String
    var content: HTML
}

private func nowParts(_ snapshot: NowSnapshot) -> [NowPart] {
    [
        NowPart(id: "summary", content: sectionContent("summary", "In short", summaryContent(snapshot))),
        NowPart(id: "figures", content: sectionContent("figures", "Figures", figuresContent(snapshot))),
        NowPart(id: "budgets", content: sectionContent("budgets", "Spend against plan", budgetsContent(snapshot))),
        NowPart(id: "effects", content: sectionContent("effects", "What it changed", effectsContent(snapshot))),
        NowPart(id: "latest", content: sectionContent("latest", "Latest decisions", latestContent(snapshot))),
        NowPart(
            id: "explained", content: sectionContent("explained", "One decision, explained", explainedContent(snapshot))
        ),
        NowPart(id: "targeting", content: sectionContent("targeting", "Who would respond", targetingContent(snapshot))),
        NowPart(id: "sources", content: sectionContent("sources", "Sources", sourcesContent(snapshot))),
    ]
}

private func statusContent(_ snapshot: NowSnapshot) -> HTML {
    let versions = [("catalog", snapshot.catalogVersion), ("model", snapshot.modelVersion)]
        .filter { !$0.1.isEmpty }.map { "\($0.0) \($0.1)" }.joined(separator: " · ")
    let mode: HTML
    switch snapshot.mode {
    case .live:
        let time = timeElement(
            snapshot.generatedTime, "\(Figure.date(snapshot.generatedTime)) \(Figure.clock(snapshot.generatedTime)) UTC"
        )
        mode = "<span class=\"mode\"><i class=\"lamp\"></i>live · \(time)</span>"
    case .replaying(let replay):
        let done = Figure.decimal(replay.progress * 100)
        mode = """
            <span class="mode"><i class="lamp replay"></i>replaying \(replay.name) · \
            \(timeElement(replay.currentTime, Figure.fullDate(replay.currentTime)))</span>\
            <progress max="100" value="\(done)" aria-label="Replay, \(done) % done">\(done) %</progress>
            """
    }
    return "\(mode)<span class=\"versions\">\(versions)</span>"
}

private func summaryContent(_ snapshot: NowSnapshot) -> HTML {
    let summary = NowSummary(snapshot)
    let needs = summary.needs.map { need -> HTML in
        let link: HTML? = need.section.map { " <a href=\"#\($0)\">Show</a>" }
        let word = need.level == .stopped ? "Stopped" : "Attention"
        return """
            <li class="\(need.level == .stopped ? "stopped" : "paused")"><b>\(word)</b> \(need.text)\(link)</li>
            """
    }
    let attention: HTML = needs.isEmpty ? "" : "<ul class=\"needs\">\(needs)</ul>"
    return """
        <p class="lead">\(summary.running) \(summary.spending) \(summary.changed)\
        \(needs.isEmpty && summary.hasBegun ? " Nothing needs you." : "")</p>\(attention)
        """
}
