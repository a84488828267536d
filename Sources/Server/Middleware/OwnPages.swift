import HTTPTypes
import Hummingbird
import WeirAccess

/// Refuses what a page from elsewhere makes a browser send.
///
/// A browser sends cookies, and what its user typed in, with requests of any page; at an open server whoever reaches it may
/// do everything. But it writes by itself which page sends (`Origin`) and which name the server has for it (`Host`).
struct OwnPages: RequestCheck {
    let isForMachines: Bool
    let isSafe: Bool
    let settings: ServerSettings
    var isForEveryPage = false

    func check(_ request: Request, _ context: CallContext) throws(Problem) {
        let head = request.head
        let isOpen = settings.isOpen
        // A page from elsewhere can make its own name mean 127.0.0.1; what it then sends still bears that name.
        if isOpen, !BrowserOrigin.isLoopback(host: head.authority, listening: settings.host) {
            throw Problem(
                .forbidden, "foreign_host",
                "Host: an open server answers as localhost, 127.0.0.1 and [::1] only. Use one of these, or leave out --open."
            )
        }
        if isForEveryPage, !isOpen || !settings.origins.isEmpty { return }
        // Pages of shops send events and ask for decisions with keys that are for them.
        if isForMachines, !isOpen { return }
        if isForMachines, let origin = head.headerFields[.origin], settings.lists(origin) { return }
        if let origin = head.headerFields[.origin] {
            let isOwn = BrowserOrigin.isOwn(
                origin, host: head.authority, isSecure: settings.certificatePath != nil,
                publicOrigin: settings.publicOrigin)
            if !isOwn, isOpen || !isSafe {
                let hint =
                    isOpen || settings.publicOrigin != nil
                    ? "" : " Where a proxy stands before this server, say its address with --public-url."
                let machines = isForMachines ? ", or start the server with --origin \(origin.prefix(200))" : ""
                throw Problem(
                    .forbidden, "foreign_origin",
                    "Origin: a page from elsewhere may not do this. Do it from the console\(machines).\(hint)")
            }
        }
        if let site = head.headerFields[.fetchSite], site != "same-origin", site != "none" {
            // A link from elsewhere may lead here; a page from elsewhere may not act or read.
            let isLink = isSafe && head.headerFields[.fetchMode] == "navigate"
            if !isLink, isOpen || !isSafe {
                throw Problem(
                    .forbidden, "cross_site", "A page from another site may not do this. Do it from the console.")
            }
        }
    }
}

extension HTTPField.Name {
    static let fetchMode = HTTPField.Name("Sec-Fetch-Mode")!
}
