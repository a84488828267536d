package import WeirDomain

/// What the page of who is signed in shows.
package struct AccountSnapshot: Sendable, Equatable {
    package enum Kind: Sendable {
        case person, key, openServer
        /// Named by a provider, which has the password if there is one.
        case federated
    }

    package struct Browser: Sendable, Equatable {
        package var begun: Timestamp
        package var address: String
        package var isThis: Bool

        package init(begun: Timestamp, address: String, isThis: Bool) {
            self.begun = begun
            self.address = address
            self.isThis = isThis
        }
    }

    package var name: String
    package var kind: Kind
    /// In words.
    package var roles: [String]
    /// Where this name is signed in, the newest first.
    package var browsers: [Browser]
    package var token: String
    /// What was just done, or what was wrong with it, as a sentence.
    package var message: String?

    package init(
        name: String, kind: Kind, roles: [String], browsers: [Browser], token: String, message: String? = nil
    ) {
        self.name = name
        self.kind = kind
        self.roles = roles
        self.browsers = browsers
        self.token = token
        self.message = message
    }
}

/// The page of who is signed in: as whom, with which roles, where else, and how to sign out.
package func accountPage(_ snapshot: AccountSnapshot) -> String {
    page(title: "Account", current: .account, status: .empty, main: "\(content(snapshot))")
}

private func content(_ snapshot: AccountSnapshot) -> HTML {
    let message: HTML? = snapshot.message.map { "<p class=\"problem\" role=\"status\">\($0)</p>" }
    guard snapshot.kind != .openServer else {
        return """
            <h1>Everybody on this machine</h1>
            \(message)
            <p class="lead">This server was started with --open: it asks nobody who they are. Start it without, and people \
            sign in here.</p>
            """
    }
    let roles = snapshot.roles.joined(separator: ", ")
    let how = snapshot.kind == .key ? "signed in with a key" : "signed in"
    let rows = snapshot.browsers.map { browser -> HTML in
        let since = "\(Figure.date(browser.begun)) \(Figure.clock(browser.begun)) UTC"
        return """
            <tr><td>\(timeElement(browser.begun, since))</td><td>\(browser.address)</td>\
            <td>\(browser.isThis ? "this browser" : "")</td></tr>
            """
    }
    let password: HTML? = snapshot.kind == .person ? passwordForm(snapshot) : nil
    return """
        <h1>\(snapshot.name)</h1>
        <p class="lead">\(how), as \(roles).</p>
        \(message)
        <section class="panel" aria-labelledby="browsers-h"><h2 id="browsers-h">Signed in</h2>
        <table><thead><tr><th scope="col">since</th><th scope="col">from</th><th scope="col"></th></tr></thead>
        <tbody>\(rows)</tbody></table>
        <form class="fields" method="post" action="/account/sign-out">\(tokenField(snapshot))\
        <button type="submit">Sign out</button></form>
        <form class="fields" method="post" action="/account/sign-out-everywhere">\(tokenField(snapshot))\
        <button type="submit">Sign out everywhere</button></form>
        </section>
        \(password)
        """
}

private func passwordForm(_ snapshot: AccountSnapshot) -> HTML {
    """
    <section class="panel narrow" aria-labelledby="password-h"><h2 id="password-h">Another password</h2>
    <form class="fields" method="post" action="/account/password">\(tokenField(snapshot))
    <label for="old">The one until now</label>
    <input id="old" name="old" type="password" maxlength="256" required autocomplete="current-password">
    <label for="new">The new one, at least 12 characters</label>
    <input id="new" name="new" type="password" minlength="12" maxlength="256" required autocomplete="new-password">
    <button type="submit">Change it</button></form>
    <p>You are then signed out everywhere.</p></section>
    """
}

private func tokenField(_ snapshot: AccountSnapshot) -> HTML {
    "<input type=\"hidden\" name=\"token\" value=\"\(snapshot.token)\">"
}
