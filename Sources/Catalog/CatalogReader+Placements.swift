import WeirDomain

/// Readers of what `weir.yaml` says about decisions and money: placements, budgets, caps.
extension CatalogReader {
    mutating func readPlacement(_ value: YAMLValue) -> Placement? {
        value.fields { fields in
            let id = declare("placement", fields.required("id", like: "checkout")) ?? ""
            return Placement(
                id: PlacementID(id), name: fields["name"]?.text() ?? id,
                policy: fields.required("policy", like: "{squarecb: {gamma: 20}}").flatMap { readPolicy($0) } ?? .greedy
            )
        }
    }

    private static let policies = ["greedy", "epsilon_greedy", "softmax", "squarecb", "thompson"]

    /// Reads `greedy`, or `name: {parameter: number}`.
    private func readPolicy(_ value: YAMLValue) -> Policy? {
        if value.isSingle {
            switch value.text() {
            case "greedy": return .greedy
            case "thompson": return .thompson(draws: 256)
            case "epsilon_greedy":
                return value.refusal("The policy needs a number. Write `{epsilon_greedy: {epsilon: 0.1}}`.")
            case "softmax": return value.refusal("The policy needs a number. Write `{softmax: {temperature: 0.5}}`.")
            case "squarecb": return value.refusal("The policy needs a number. Write `{squarecb: {gamma: 20}}`.")
            case let name?: return value.refusal("“\(name)” is no policy. \(name.suggestion(from: Self.policies))")
            case nil: return nil
            }
        }
        let entries = value.entries()
        guard entries.count == 1, let (name, parameters) = entries.first, let policy = name.text() else {
            return value.refusal("A placement has one policy. Write it like `{squarecb: {gamma: 20}}`.")
        }
        switch policy {
        case "greedy": return value.refusal("The policy has no numbers. Write `policy: greedy`.")
        case "epsilon_greedy":
            return parameters.fields {
                .epsilonGreedy(
                    epsilon: $0.required("epsilon", like: "0.1")?
                        .number("Write a number from 0 to 1.") { (0...1).contains($0) } ?? 0)
            }
        case "softmax":
            return parameters.fields {
                .softmax(temperature: positive($0.required("temperature", like: "0.5")))
            }
        case "squarecb":
            return parameters.fields { .squareCB(gamma: positive($0.required("gamma", like: "20"))) }
        case "thompson":
            return parameters.fields { .thompson(draws: $0["draws"]?.integer(16...4096) ?? 256) }
        default: return name.refusal("“\(policy)” is no policy. \(policy.suggestion(from: Self.policies))")
        }
    }

    private func positive(_ value: YAMLValue?) -> Double {
        value?.number("Write a number above 0.") { $0 > 0 } ?? 1
    }

    mutating func readBudget(_ value: YAMLValue) -> Budget? {
        value.fields { fields in
            let id = declare("budget", fields.required("id", like: "year")) ?? ""
            let limit = fields.required("limit", like: "24000.00 \(currency ?? .usd)")?.money(
                currency, isPositive: true)
            let (start, end) = period(
                from: fields.required("from", like: "2017-01-01"), to: fields.required("to", like: "2017-12-31"))
            let curve = fields["curve"].map { curve in
                if curve.isEmptyList { curve.refuse("The curve is empty. Write `[1]` for an even flow, or remove it.") }
                return curve.list().map { part in
                    part.number("Write how much traffic this part of the time has, above 0.") { $0 > 0 } ?? 1
                }
            }
            return Budget(
                id: BudgetID(id), name: fields["name"]?.text() ?? id, limit: limit ?? .zero(.pieces),
                start: start ?? Timestamp(microseconds: 0), end: end ?? Timestamp(microseconds: 0), curve: curve ?? [1],
                returnFloor: fields["return_floor"]?.number("Write a number from 0.") { $0 >= 0 } ?? 1)
        }
    }

    /// Reads a beginning and an end, each where it is written; a fault where the end is not after the beginning.
    func period(from first: YAMLValue?, to last: YAMLValue?) -> (start: Timestamp?, end: Timestamp?) {
        let start = first?.moment()
        let end = last?.moment(isEnd: true)
        if let first, let last, let start, let end, end <= start {
            last.refuse("\(last.kind) is not after \(first.kind), the beginning. Write a later end.")
        }
        return (start, end)
    }

    /// Reads a list of `scope: limit per time`.
    func readCaps(_ value: YAMLValue) -> [Cap] {
        value.list().flatMap { entry in
            entry.entries().compactMap { name, value in
                guard let scopeName = name.text() else { return nil }
                guard let scope = Cap.Scope(rawValue: scopeName) else {
                    let scopes = Cap.Scope.allCases.map(\.rawValue)
                    return name.refusal("“\(scopeName)” is nothing to cap. \(scopeName.suggestion(from: scopes))")
                }
                return value.rate().map { Cap(scope: scope, limit: $0.limit, per: $0.per) }
            }
        }
    }
}
