import WeirDomain

/// Each source's last hour as a row of cells, its freshness and what became of its records.
func sourcesContent(_ snapshot: NowSnapshot) -> HTML {
    guard !snapshot.sources.isEmpty else {
        return emptyState(
            "Each source's last hour appears here, a cell a minute, once its first event has arrived.",
            command: snapshot.commands.event)
    }
    let lines = snapshot.sources.map { source -> HTML in
        let freshness = source.freshness.map { "newest \(Figure.duration($0)) old" } ?? "nothing yet"
        let state = source.isLate ? "late, \(freshness)" : freshness
        let quarantined: HTML? = source.quarantined > 0 ? " class=\"attention\"" : nil
        return """
            <li><div class="label">\(source.name)</div>\(cells(source))\
            <div class="state\(source.isLate ? " late" : "")">\(state)</div>\
            <dl class="counts"><div><dt>accepted</dt><dd>\(Figure.whole(source.accepted))</dd></div>\
            <div><dt>duplicates</dt><dd>\(Figure.whole(source.duplicates))</dd></div>\
            <div\(quarantined)><dt>quarantined</dt><dd>\(Figure.whole(source.quarantined))</dd></div></dl></li>
            """
    }
    return """
        <p>Last hour, a cell a minute. Short and amber: late. A thin line: no events.</p>
        <ul class="sources">\(lines)</ul>\(twin(sourceTable(snapshot.sources), id: "twin-sources"))
        """
}

/// A cell is 10 wide in a picture of 600 that is stretched to its place; state shows in height as well as in colour.
private func cells(_ source: SourceStatus) -> HTML {
    let minutes = source.minutes.suffix(60)
    var healthy = ""
    var others: [HTML] = []
    for (index, minute) in minutes.enumerated() {
        let x = (index + 60 - minutes.count) * 10 + 1
        let ago = minutes.count - index
        switch minute {
        case .ok: healthy += "M\(x) 2h8v18h-8z"
        case .late:
            others.append("<path class=\"late\" d=\"M\(x) 9h8v11h-8z\"><title>\(ago) min ago: late</title></path>")
        case .none:
            others.append("<path class=\"none\" d=\"M\(x) 18h8v2h-8z\"><title>\(ago) min ago: no events</title></path>")
        }
    }
    let late = source.minutes.count { $0 == .late }
    let none = source.minutes.count { $0 == .none }
    let text =
        "\(source.name), last \(Figure.count(minutes.count, "minute")): \(minutes.count - late - none) on time, "
        + "\(late) late, \(none) without events"
    return """
        <svg class="cells" width="100%" height="22" viewBox="0 0 600 22" preserveAspectRatio="none" role="img" \
        aria-label="\(text)"><path class="ok" d="\(healthy)"/>\(others)</svg>
        """
}
