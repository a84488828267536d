package import WeirReporting

/// A report as a page that needs nothing else: stylesheet and pictures inside, light and dark, made to be printed too.
package func reportPage(_ report: Report) -> String {
    let document: HTML = """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <meta http-equiv="Content-Security-Policy" content="\(reportContentSecurityPolicy)">
        <title>\(report.title) · Weir</title>
        <link rel="icon" href="data:image/svg+xml,\(percentEncoded(text(of: .mark)))">
        <style>
        \(HTML(stringLiteral: text(of: .stylesheet)))</style>
        </head>
        <body>
        <main id="main" class="report">
        \(reportContent(report, links: .embedded))
        <footer>\(weirMark)<span>Made with Weir</span></footer>
        </main>
        </body>
        </html>

        """
    return document.text
}

/// For the header of that name where such a page is sent: only what stands in it, and no script.
package let reportContentSecurityPolicy =
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"

private func text(of asset: ConsoleAsset) -> String { String(decoding: asset.bytes, as: UTF8.self) }
