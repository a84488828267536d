/// A page that the navigation leads to.
struct ConsolePage: Equatable {
    let path: String
    let name: String

    static let now = ConsolePage(path: "/", name: "Now")
    static let models = ConsolePage(path: "/models", name: "Models")
    static let policies = ConsolePage(path: "/policies", name: "Policies")
    static let measure = ConsolePage(path: "/measure", name: "Measure")
    static let budgets = ConsolePage(path: "/budgets", name: "Budgets")
    static let account = ConsolePage(path: "/account", name: "Account")

    /// In the order of the navigation.
    static let all = [now, models, policies, measure, budgets, account]
}
