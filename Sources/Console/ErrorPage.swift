/// What a person sees instead of a page: what is wrong and what to do.
///
/// - Parameters:
///   - status: The HTTP status, 400 ... 599.
///   - problem: What is wrong, as a sentence; "There is no decision d-99."
///   - remedy: What to do, as a sentence.
package func errorPage(status: Int, problem: String, remedy: String) -> String {
    page(
        title: String(status), current: nil, status: .empty,
        main: """
            <h1>\(problem)</h1>
            <p class="lead">\(remedy)</p>
            <p><a href="/">Now</a> shows what is going on. <span class="quiet">Status \(status)</span></p>
            """)
}

/// The page for an address that leads nowhere.
package func notFoundPage(path: String) -> String {
    errorPage(
        status: 404, problem: "There is no page “\(path)”.", remedy: "Check the address, or start from the first page.")
}
