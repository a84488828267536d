/// What the page to sign in shows.
package struct SignInSnapshot: Sendable, Equatable {
    /// Where it leads afterwards; a path of this server.
    package var next: String
    /// What was wrong before, as a sentence; nil at first.
    package var problem: String?
    /// As it was typed.
    package var name: String
    /// Where people may sign in besides, as they know it; nil where nowhere.
    package var provider: String?

    package init(next: String, problem: String? = nil, name: String = "", provider: String? = nil) {
        self.next = next
        self.problem = problem
        self.name = name
        self.provider = provider
    }
}

/// The page on which people sign in; works without the script.
package func signInPage(_ snapshot: SignInSnapshot) -> String {
    let problem: HTML? = snapshot.problem.map { "<p class=\"problem\" role=\"alert\">\($0)</p>" }
    let provider: HTML? = snapshot.provider.map { name in
        // A link and no form: a browser that is told to send forms here only would not follow one to the provider.
        """
        <p><a class="button" href="/sign-in/oidc?next=\(percentEncoded(snapshot.next))">Sign in with \(name)</a></p>
        <p>Or with a name or key of this server:</p>
        """
    }
    return page(
        title: "Sign in", current: nil, status: .empty, isSignedIn: false,
        main: """
            <section class="panel narrow" aria-labelledby="sign-in-h">
            <h1 id="sign-in-h">Sign in</h1>
            \(problem)
            \(provider)
            <form class="fields" method="post" action="/sign-in">
            <input type="hidden" name="next" value="\(snapshot.next)">
            <label for="name">Name</label>
            <input id="name" name="name" type="text" maxlength="100" value="\(snapshot.name)" autocomplete="username" \
            autocapitalize="none" spellcheck="false" autofocus>
            <label for="password">Password, or a key</label>
            <input id="password" name="password" type="password" maxlength="256" required \
            autocomplete="current-password">
            <button type="submit">Sign in</button>
            </form>
            <p>An administrator adds people: <code>weir users add NAME --role viewer</code>. With a key no name is needed.</p>
            </section>
            """)
}
