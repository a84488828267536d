import WeirDomain

/// The frame of every page: head, navigation, main part, foot.
///
/// - Parameters:
///   - title: Of the browser's tab, before "Weir".
///   - current: Which page the navigation marks; the script keeps Now up to date. Nil for those it does not lead to.
///   - status: What stands at the right of the head.
///   - isSignedIn: Whether the navigation leads anywhere.
func page(title: String, current: ConsolePage?, status: HTML, isSignedIn: Bool = true, main: HTML) -> String {
    let links = (isSignedIn ? ConsolePage.all : []).map { page -> HTML in
        let mark: HTML = page == current ? " aria-current=\"page\"" : ""
        return "<a href=\"\(page.path)\"\(mark)>\(page.name)</a>"
    }
    let document: HTML = """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>\(title) · Weir</title>
        <link rel="icon" type="image/svg+xml" href="\(ConsoleAsset.mark.link)">
        <link rel="stylesheet" href="\(ConsoleAsset.stylesheet.link)">
        <script src="\(ConsoleAsset.script.link)" defer></script>
        </head>
        <body\(current == .now ? " data-live=\"/console/events\"" as HTML : HTML.empty)>
        <a class="skip" href="#main">Skip to the figures</a>
        <header class="head">
        <a class="brand" href="/">\(weirMark)<span>Weir</span></a>
        <nav aria-label="Pages">\(links)</nav>
        \(status)
        </header>
        <main id="main" tabindex="-1">
        \(main)
        </main>
        </body>
        </html>

        """
    return document.text
}

/// The weir: water held at one level before the wall, let through in measure.
let weirMark: HTML = """
    <svg class="mark" width="26" height="26" viewBox="0 0 26 26" aria-hidden="true">\
    <path class="wall" d="M3 4v18h20V4"/>\
    <path class="water" d="M3 10q3.33-3.6 6.67 0t6.67 0 6.66 0M7 16.5h12"/></svg>
    """

/// What stands in a `<section>` whose heading names it.
func sectionContent(_ id: String, _ heading: String, _ content: HTML) -> HTML {
    "<h2 id=\"\(id)-h\">\(heading)</h2>\(content)"
}

/// A part of a page with a frame and a heading that names it.
func panel(_ id: String, _ heading: String, _ content: HTML) -> HTML {
    """
    <section id="\(id)" class="panel" aria-labelledby="\(id)-h">\(sectionContent(id, heading, content))</section>

    """
}

/// The moment of the figures, at the right of the head.
func asOf(_ moment: Timestamp) -> HTML {
    let shown = "\(Figure.date(moment)) \(Figure.clock(moment)) UTC"
    return "<div class=\"status\"><span>as of \(timeElement(moment, shown))</span></div>"
}

/// What an empty part says: what will appear, and the command that makes it appear.
func emptyState(_ text: String, command: String?) -> HTML {
    let code: HTML? = command.map { "<pre tabindex=\"0\"><code>\($0)</code></pre>" }
    return "<div class=\"empty\"><p>\(text)</p>\(code)</div>"
}
