/// The frame of every page: head, navigation, main part, foot.
///
/// - Parameters:
///   - title: Of the browser's tab, before "Weir".
///   - isNow: Whether this is the page Now, which the navigation marks and the script keeps up to date.
///   - status: What stands at the right of the head.
func page(title: String, isNow: Bool, status: HTML, main: HTML) -> String {
    let current: HTML = isNow ? " aria-current=\"page\"" : ""
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
        <body\(isNow ? " data-live=\"/console/events\"" as HTML : HTML.empty)>
        <a class="skip" href="#main">Skip to the figures</a>
        <header class="head">
        <a class="brand" href="/">\(mark)<span>Weir</span></a>
        <nav aria-label="Pages"><a href="/"\(current)>Now</a></nav>
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
private let mark: HTML = """
    <svg class="mark" width="26" height="26" viewBox="0 0 26 26" aria-hidden="true">\
    <path class="wall" d="M3 4v18h20V4"/>\
    <path class="water" d="M3 10q3.33-3.6 6.67 0t6.67 0 6.66 0M7 16.5h12"/></svg>
    """

/// What stands in a `<section>` whose heading names it.
func sectionContent(_ id: String, _ heading: String, _ content: HTML) -> HTML {
    "<h2 id=\"\(id)-h\">\(heading)</h2>\(content)"
}

/// What an empty part says: what will appear, and the command that makes it appear.
func emptyState(_ text: String, command: String?) -> HTML {
    let code: HTML? = command.map { "<pre tabindex=\"0\"><code>\($0)</code></pre>" }
    return "<div class=\"empty\"><p>\(text)</p>\(code)</div>"
}
