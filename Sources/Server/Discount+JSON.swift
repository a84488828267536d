import WeirDomain
import WeirJSON

extension Discount {
    /// How a shop can show and work it out: what it is in words, its kind with its figures, and the most that it takes off.
    func write(into writer: inout JSONWriter) {
        writer.member("words", description)
        switch rule {
        case .basket(let steps) where steps.count > 1:
            writer.member("kind", "steps")
            writer.name("steps")
            writer.array { writer in
                for step in steps { writer.object { self.write(step, into: &$0) } }
            }
        case .basket(let steps):
            if case .percent = steps[0].reduction {
                writer.member("kind", "percent")
                writer.member("of", "basket")
            } else {
                writer.member("kind", "amount")
            }
            write(steps[0], into: &writer)
        case .shipping(let millionths, let minimum):
            writer.member("kind", "percent")
            writer.member("of", "shipping")
            writer.member("percent", Double(millionths) / 10_000)
            if minimum > 0 { writer.member("minimum", decimal(minimum)) }
        case .cheapest(let count):
            writer.member("kind", "cheapest")
            writer.member("of_pieces", count)
        case .points(let count, let per, let worth):
            writer.member("kind", "points")
            writer.member("points", count)
            writer.member("points_per", per)
            writer.member("worth", decimal(worth))
        }
        writer.member("at_most", most.decimal)
    }

    private func write(_ step: Step, into writer: inout JSONWriter) {
        switch step.reduction {
        case .percent(let millionths): writer.member("percent", Double(millionths) / 10_000)
        case .amount(let amount): writer.member("amount", decimal(amount))
        }
        if step.minimum > 0 { writer.member("minimum", decimal(step.minimum)) }
    }

    private func decimal(_ minorUnits: Int64) -> String {
        Money(minorUnits: minorUnits, currency: most.currency).decimal
    }
}
