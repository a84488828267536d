import WeirDomain
import WeirJSON

/// Readers of what `weir.yaml` says about events: features and goals.
extension CatalogReader {
    mutating func readFeature(_ value: YAMLValue) -> FeatureDeclaration? {
        value.fields { fields in
            let name = declare("feature", fields.required("name", like: "baskets_60d"))
            if let name, let field = fields["name"], !Rule.isPlainName(name) {
                field.refuse(
                    "“\(name)” could not be written in a rule. "
                        + "Use letters, digits and “_”, no digit first, and no word of the rule language.")
            }
            let aggregate =
                fields.required("aggregate", like: "count")?.choice(Self.choices(FeatureDeclaration.Aggregate.self))
            let each = fields["each"]?.path()
            let valuePath = fields["value"]
            let per = fields["per"]
            if let aggregate {
                if aggregate.needsValue && valuePath == nil { _ = fields.required("value", like: "revenue") }
                if !aggregate.needsValue {
                    valuePath?.refuse("A \(aggregate.rawValue) looks at no value. Remove it, or aggregate by “sum”.")
                }
                if aggregate == .rate && per == nil { _ = fields.required("per", like: "{event: Order Completed}") }
                if aggregate != .rate {
                    per?.refuse("Only a rate is counted per another event. Remove it, or aggregate by “rate”.")
                }
            }
            var (perPattern, perEach, less): (EventPattern?, JSONPath?, EventPattern?)
            per?.fields { fields in
                perPattern = readPattern(fields)
                perEach = fields["each"]?.path()
                less = fields["less"].flatMap { less in less.fields { readPattern($0) } }
            }
            let transform = fields["transform"]?.choice(Self.choices(FeatureDeclaration.Transform.self)) ?? .log
            if transform == .logit, let aggregate, aggregate != .rate {
                fields["transform"]?.refuse("Only a rate has a logit. Write “log”, or aggregate by “rate”.")
            }
            return FeatureDeclaration(
                name: name ?? "", aggregate: aggregate ?? .count, pattern: readPattern(fields), each: each,
                value: valuePath?.path(), key: fields["by"]?.path(), per: perPattern, perEach: perEach, less: less,
                smoothing: readSmoothing(fields, aggregate), expected: readExpected(fields, aggregate),
                memory: readMemory(fields, aggregate: aggregate), transform: transform,
                center: fields["center"]?.number("Write the mean of its usual values.") { _ in true } ?? 0,
                scale: fields["scale"]?.number("Write a number above 0.") { $0 > 0 } ?? 1,
                range: fields["range"]?.range(),
                isModelInput: fields["model"]?.flag() ?? true)
        }
    }

    private func readSmoothing(_ fields: YAMLFields, _ aggregate: FeatureDeclaration.Aggregate?) -> Double {
        let smoothing = fields["smoothing"]
        if let smoothing, aggregate != .rate {
            smoothing.refuse("Only a rate has a divisor to smooth. Remove it, or aggregate by “rate”.")
        }
        return smoothing?.number("Write a number from 0.") { $0 >= 0 } ?? 0
    }

    private func readExpected(_ fields: YAMLFields, _ aggregate: FeatureDeclaration.Aggregate?) -> Double {
        guard let expected = fields["expected"] else { return 0 }
        if aggregate != .rate {
            expected.refuse("Only a rate is drawn toward what is expected. Remove it, or aggregate by “rate”.")
        } else if fields["smoothing"] == nil {
            expected.refuse("Without `smoothing` it has no weight. Add it: how many events the expected rate weighs.")
        }
        return expected.number("Write the usual rate, a number from 0.") { $0 >= 0 } ?? 0
    }

    private func readMemory(
        _ fields: YAMLFields, aggregate: FeatureDeclaration.Aggregate?
    ) -> FeatureDeclaration.Memory {
        let window = fields["window"]
        let halfLife = fields["half_life"]
        if let window, halfLife != nil {
            window.refuse("A feature has a window or a half-life. Remove one of them.")
        }
        if let halfLife, let aggregate, !aggregate.canDecay {
            halfLife.refuse("A \(aggregate.rawValue) cannot fade. Remove “half_life”, or write “window”.")
        }
        if let span = halfLife?.span() { return .decay(halfLifeDays: span.inDays) }
        if let days = window?.days() { return .window(days: days) }
        return .allTime
    }

    /// Reads `event` and `where`.
    private func readPattern(_ fields: YAMLFields) -> EventPattern {
        EventPattern(
            name: fields["event"]?.text(),
            conditions: fields["where"]?.entries().compactMap { name, value in
                guard let path = name.path() else { return nil }
                return EventPattern.Condition(path: path, anyOf: value.listOrOne().compactMap { $0.literal() })
            } ?? [])
    }

    mutating func readGoal(_ value: YAMLValue) -> Goal? {
        value.fields { fields in
            let id = declare("goal", fields.required("id", like: "redemption"))
            let pattern = readPattern(fields)
            let isObserved = fields["event"] != nil || fields["where"] != nil
            let coupon = fields["coupon"]
            if let coupon, !isObserved {
                coupon.refuse("Without an event there is no coupon in it. Add `event: Order Completed`, or remove it.")
            }
            let window = fields.required("window", like: "14d")?.span() ?? .zero
            let negatives: Goal.Negatives =
                fields["negatives"]?.choice([
                    ("window_close", .windowClose), ("immediate", .immediate), ("reported", .reported),
                    ("settle", .settle), ("delayed", .delayed),
                ]) ?? .windowClose
            var goal = Goal(
                id: GoalID(id ?? ""), pattern: isObserved ? pattern : nil, couponPath: coupon?.path()?.description,
                window: window,
                baseline: fields["baseline"]?.choice(Self.choices(Goal.Baseline.self)) ?? .zero,
                negatives: negatives, settleAfter: readSettling(fields, negatives, window: window),
                memory: readMemory(fields["memory"], negatives), prior: readPrior(fields["prior"]),
                reversal: fields["reversal"].flatMap { reversal in reversal.fields { readPattern($0) } })
            if let tolerance = fields["clock_tolerance"]?.span() { goal.clockTolerance = tolerance }
            if let late = fields["late_by"]?.span() { goal.lateBy = late }
            return goal
        }
    }

    /// Reads what is expected before anything is known.
    private func readPrior(_ value: YAMLValue?) -> Goal.Prior {
        var prior = Goal.Prior()
        value?.fields { fields in
            if let rate = fields["rate"], let share = rate.share() {
                if share > 0, share < 1 {
                    prior.rate = share
                } else {
                    rate.refuse(
                        "The rate lies between 0 % and 100 %, both left out. Write what you would guess, such as 10 %.")
                }
            }
            if let lift = fields["lift"]?.share() { prior.lift = lift }
            if let spread = fields["spread"], let share = spread.share() {
                if share > 0 {
                    prior.spread = share
                } else {
                    spread.refuse(
                        "A spread of nothing would never let an offer show what it does. Write a share, such as 30 %.")
                }
            }
        }
        return prior
    }

    /// Reads `lasting`, `until_change` or a length of time.
    private func readMemory(_ value: YAMLValue?, _ negatives: Goal.Negatives) -> Goal.Memory {
        switch value?.text() {
        case nil, "lasting": return .lasting
        case "until_change":
            if negatives == .immediate {
                value?.refuse(
                    "With `negatives: immediate` every new decision looks like a change. Write a time, such as `60d`.")
            }
            return .untilChange
        default: return value?.span().map { .fading($0) } ?? .lasting
        }
    }

    /// Reads `settle_after`, the age at which a decision's outcome is learned.
    private func readSettling(_ fields: YAMLFields, _ negatives: Goal.Negatives, window: TimeSpan) -> TimeSpan? {
        guard negatives == .settle else {
            fields["settle_after"]?.refuse("Only `negatives: settle` has an age of settling. Remove it, or write that.")
            return nil
        }
        let age = fields.required("settle_after", like: "21d")
        guard let span = age?.span() else { return nil }
        if span > window { age?.refuse("The age of settling is beyond the window. Write at most the window.") }
        return span
    }

    func readMetric(_ value: YAMLValue) -> Metric? {
        value.fields { fields in
            if fields["value"] == nil {
                fields["range"]?.refuse(
                    "Without a value each event counts 1. Add `value: revenue`, or remove the range.")
            }
            return Metric(
                name: fields.required("name", like: "sales per customer")?.text() ?? "",
                pattern: readPattern(fields), value: fields["value"]?.path(), range: fields["range"]?.range())
        }
    }

    static func choices<Choice: RawRepresentable<String> & CaseIterable>(
        _ type: Choice.Type
    ) -> [(name: String, value: Choice)] {
        type.allCases.map { ($0.rawValue, $0) }
    }
}
