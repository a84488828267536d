/// A page that the navigation leads to.
enum ConsolePage: CaseIterable {
    case now, models, policies, measure, budgets

    var path: String {
        switch self {
        case .now: "/"
        case .models: "/models"
        case .policies: "/policies"
        case .measure: "/measure"
        case .budgets: "/budgets"
        }
    }

    var name: String {
        switch self {
        case .now: "Now"
        case .models: "Models"
        case .policies: "Policies"
        case .measure: "Measure"
        case .budgets: "Budgets"
        }
    }
}
