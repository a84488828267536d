import Foundation
import Synchronization
import WeirBudgeting
package import WeirConsole
import WeirDecisioning
package import WeirDomain
import WeirEngine
import WeirModelGovernance
import WeirLearning
import WeirLogInsight
import WeirStatistics

/// The pages about models, budgets, and one decision in depth.
extension ConsoleFeed {
    package func modelsSnapshot() -> ModelsSnapshot {
        let open = engine.openOutcomes
        return ModelsSnapshot(
            generatedTime: SystemClock().now, currency: engine.plan?.catalog.currency ?? .usd,
            goals: engine.modelReports.map { report in
                let champion = report.models.first { $0.entry.stage == .champion }
                return ModelsSnapshot.Goal(
                    id: report.goal, name: report.goal.rawValue, decidingModel: report.deciding,
                    decidingSince: champion?.entry.history.last?.time, lessons: Int(report.lessons),
                    cut: report.cutInputs.map { ModelsSnapshot.Cut(feature: $0.feature, share: $0.share) },
                    open: open[report.goal].flatMap { OpenDecisions($0, of: report.goal) },
                    models: report.models.map { status($0) })
            })
    }

    package func modelSnapshot(_ id: ModelID) throws -> ModelSnapshot? {
        guard let goal = engine.modelReports.first(where: { $0.models.contains { $0.entry.id == id } }),
            let report = goal.models.first(where: { $0.entry.id == id })
        else { return nil }
        let trained = report.entry.trained
        let gates = try engine.gates(of: id)
        var status = status(report)
        status.gates = gates.map { GateStatus($0) }
        let curve = report.watch?.calibrationCurve ?? []
        let shifts = report.watch?.shifts(trained.card.spreads) ?? []
        return ModelSnapshot(
            generatedTime: SystemClock().now, currency: engine.plan?.catalog.currency ?? .usd, status: status,
            goal: goal.goal, goalName: goal.goal.rawValue, decidingModel: goal.deciding,
            history: report.entry.history.reversed(),
            calibration: curve.map {
                ModelSnapshot.CalibrationBin(
                    predicted: $0.predicted, observed: Estimate($0.observed), count: $0.count)
            },
            calibrationData: report.watch.map { "\(Int($0.outcomes)) live outcomes" } ?? "",
            drift: drift(shifts, trained.card), driftDecisions: Int(report.watch?.outcomes ?? 0),
            weights: report.entry.fault == nil ? weights(trained.model) : [], weightUnit: trained.model.weightUnit,
            card: ModelSnapshot.Card(trained.card),
            actions: actions(report.entry, gates))
    }

    private func status(_ report: ModelReport) -> ModelStatus {
        let entry = report.entry
        var live: LiveFigures?
        if let watch = report.watch, let loss = watch.combinedLogLoss {
            live = LiveFigures(
                count: Int(watch.outcomes), logLoss: loss, auc: watch.auc?.estimate,
                calibrationError: watch.calibrationError?.error ?? 0,
                difference: watch.advantage.map {
                    Estimate(value: -$0.estimate, low: -$0.upper, high: -$0.lower)
                }, comparedWith: "the built-in model")
        }
        return ModelStatus(
            id: entry.id, stage: entry.stage, since: entry.history.last?.time ?? entry.registered.registeredTime,
            learner: entry.trained.card.learner, setAside: entry.setAsideBecause, live: live,
            gates: entry.stage == .retired
                ? [] : ((try? engine.gates(of: entry.id, latest: 2_000)) ?? []).map { GateStatus($0) },
            comparison: entry.stage == .shadow
                ? (try? engine.shadowComparison(of: entry.id, latest: 500)).flatMap { ShadowComparison($0) } : nil)
    }

    private func drift(_ shifts: [ModelWatch.Shift], _ card: ModelCard) -> [ModelSnapshot.Drift] {
        card.spreads.map { spread in
            guard let shift = shifts.first(where: { $0.column == spread.column }) else {
                return ModelSnapshot.Drift(column: spread.column)
            }
            return ModelSnapshot.Drift(
                column: spread.column, psi: shift.psi, ks: shift.ks,
                verdict: shift.isConstant || shift.psi > 0.25 ? .drifted : shift.psi > 0.1 ? .watch : .stable)
        }
        .sorted {
            ($0.column == ModelCard.scoreColumn ? 1 : 0, $0.psi ?? -1) > (
                $1.column == ModelCard.scoreColumn ? 1 : 0, $1.psi ?? -1
            )
        }
    }

    private func weights(_ model: BatchModel) -> [ModelSnapshot.Weight] {
        let amounts: [Double] =
            switch model.form {
            case .linear(let score):
                score.terms.map { term in
                    switch term {
                    case .number(_, _, let weight, _): weight
                    case .category(let weights, _): (weights.max() ?? 0) - (weights.min() ?? 0)
                    }
                }
            case .trees(let trees): trees.splitShares(columns: model.columns.count)
            }
        return zip(model.columns, amounts).map { ModelSnapshot.Weight(feature: $0.name, amount: $1) }
            .sorted { abs($0.amount.value) > abs($1.amount.value) }
    }

    private func actions(_ entry: ModelRegistry.Entry, _ gates: [ModelGate]) -> [ModelSnapshot.Action] {
        let stopped = gates.filter { $0.verdict != .passed }.map(\.name)
        if entry.setAsideBecause != nil { return entry.stage == .retired ? [] : [.init(.retire)] }
        switch entry.stage {
        case .candidate: return [.init(.shadow), .init(.retire)]
        case .shadow:
            return [
                .init(
                    .promote,
                    blockedBecause: stopped.isEmpty
                        ? nil : "Gates not passed: \(stopped.joined(separator: ", ")). Each says below what opens it."),
                .init(.retire),
            ]
        case .champion: return [.init(.rollBack), .init(.shadow)]
        case .retired: return []
        }
    }

    /// Takes a step that the page of a model offers.
    func take(_ action: ModelSnapshot.Action.Kind, on id: ModelID, actor: String, reason: String) async throws {
        let reason = reason.isEmpty ? "by hand, in the console" : reason
        switch action {
        case .shadow: try await engine.setStage(of: id, to: .shadow, actor: actor, reason: reason)
        case .promote:
            try await engine.setStage(
                of: id, to: .champion, actor: actor, reason: reason, gates: try engine.gates(of: id))
        case .retire: try await engine.setStage(of: id, to: .retired, actor: actor, reason: reason)
        case .rollBack:
            guard let entry = engine.modelRegistry[id], entry.stage == .champion else {
                throw EngineError.modelRefused("stage: “\(id)” is not the champion, so there is nothing to roll back.")
            }
            _ = try await engine.rollBack(entry.registered.goal, actor: actor, reason: reason)
        }
    }

    // MARK: Budgets

    package func budgetsSnapshot() -> BudgetsSnapshot {
        let now = engine.clock.now
        return BudgetsSnapshot(
            generatedTime: SystemClock().now, dataTime: now,
            budgets: engine.budgetReports().map { report in
                let status = BudgetStatus(report, at: now)
                return BudgetsSnapshot.Budget(
                    status: status,
                    marginalReturn: report.spent.minorUnits > 0 && report.price > 0
                        ? Estimate(value: report.price, low: report.price, high: report.price) : nil,
                    recent: recent(report, at: now))
            })
    }

    /// The last week that has samples.
    private func recent(_ report: BudgetReport, at now: Timestamp) -> BudgetsSnapshot.Recent? {
        guard let first = report.history.first(where: { $0.time >= now - .days(7) }), now > first.time else {
            return nil
        }
        let currency = report.limit.currency
        return BudgetsSnapshot.Recent(
            span: now.since(first.time),
            spent: Money(minorUnits: max(0, report.spent.minorUnits - first.spent), currency: currency),
            planned: Money(
                minorUnits: max(
                    0, report.planned.minorUnits - report.curve.planned(at: first.time).minorUnits), currency: currency)
        )
    }

    // MARK: One decision

    /// A decision with where its scores came from; nil where there is none of that id.
    package func reasoned(_ id: DecisionID) throws -> ExplainedDecision? {
        guard let reply = try engine.decision(id) else { return nil }
        var explained = explained(reply)
        guard let insight = try engine.insight(into: reply.record, plan: reply.plan) else { return explained }
        let names = reply.record.decision.candidates.map { reply.plan.offers[$0.offer].offer.name }
        for (name, score) in zip(names, insight.scores) {
            guard let score, let index = explained.candidates.firstIndex(where: { $0.name == name }) else { continue }
            let shown = score.parts.prefix(8)
            explained.candidates[index].contributions = Contributions(
                unit: .logOdds, base: score.base,
                parts: shown.map { Contributions.Part(feature: $0.feature, value: plain($0.value), amount: $0.amount) },
                rest: score.parts.dropFirst(8).reduce(0) { $0 + $1.amount })
            explained.candidates[index].budgetTerms = budgetTerms(
                of: reply.record.decision.candidates[names.firstIndex(of: name)!], reply)
        }
        let registry = engine.modelRegistry
        func scorer(_ model: ModelID) -> DecisionExplanation.Scorer {
            // The stage of that time: the last change before the decision.
            let stage = registry[model]?.history.last { $0.time <= reply.record.situation.time }?.stage ?? .champion
            return .init(id: model, stage: stage, version: "\(reply.record.situation.modelVersion)")
        }
        guard let first = insight.scorers.first else { return explained }
        explained.explanation = DecisionExplanation(
            scorer: scorer(first.model),
            shadows: insight.shadows.map { model, decision in
                var scores = zip(names, decision.candidates).filter { $0.1.gate == nil }.map { name, candidate in
                    DecisionExplanation.Opinion.Score(
                        candidate: name, probability: candidate.probability, utility: candidate.utility,
                        propensity: candidate.choiceProbability)
                }
                scores.append(
                    .init(candidate: "no offer", probability: 0, utility: 0, propensity: decision.noOfferProbability))
                scores.sort { ($0.utility, $0.propensity) > ($1.utility, $1.propensity) }
                return .init(model: scorer(model), scores: scores)
            })
        return explained
    }

    private func budgetTerms(of candidate: Candidate, _ reply: DecisionReply) -> [BudgetTerm] {
        guard let placement = reply.plan.placement(reply.record.situation.placement) else { return [] }
        return reply.plan.offers[candidate.offer].draws.compactMap { draw in
            guard let slot = placement.accounts.firstIndex(of: draw.account),
                let budget = reply.plan.accounts[draw.account].budget
            else { return nil }
            return BudgetTerm(
                budget: budget.name, price: reply.record.situation.prices[slot],
                cost: candidate.probability * (candidate.use?.cost ?? draw.amount.majorUnits))
        }
    }

    private func plain(_ value: Float) -> String {
        value.isFinite ? String(format: "%.4g", Double(value)) : "never"
    }
}

extension Estimate {
    init(_ interval: Interval) {
        self.init(value: interval.estimate, low: interval.lower, high: interval.upper)
    }
}

extension GateStatus {
    init(_ gate: ModelGate) {
        let verdict: Verdict =
            switch gate.verdict {
            case .passed: .passed
            case .failed: .failed
            case .unmeasured: .unmeasured
            }
        self.init(
            name: gate.name, measured: gate.measured, threshold: gate.threshold, verdict: verdict,
            remedy: gate.verdict == .passed ? "" : gate.remedy)
    }
}

extension ShadowComparison {
    init?(_ change: ShadowChange) {
        guard change.decisions > 0 else { return nil }
        self.init(
            decisions: change.decisions, changed: change.changed, value: change.value.map { Estimate($0) },
            answers: change.answers.map { Answer(name: $0.name, given: $0.given, wouldHaveGiven: $0.wouldHaveGiven) })
    }
}

extension ModelSnapshot.Card {
    init(_ card: ModelCard) {
        self.init(
            data: card.data, period: card.period?.joined(separator: " to ") ?? "", rows: card.rows,
            positives: card.positives, target: card.target, learner: card.learner, seed: card.seed,
            features: card.features,
            settings: card.settings.sorted { $0.key < $1.key }.map { Setting(name: $0.key, value: $0.value) },
            figures: card.figures.map {
                Figure(name: $0.name, value: $0.value, low: $0.lower, high: $0.upper, data: $0.data)
            }, assumptions: card.assumptions, limits: card.limits)
    }
}

extension BatchModel {
    var weightUnit: String {
        switch form {
        case .linear: "log-odds per standard deviation"
        case .trees: "share of training weight split"
        }
    }
}

extension TreeEnsemble {
    /// How much training weight each column's splits have told apart, as shares of all.
    func splitShares(columns: Int) -> [Double] {
        var covers = [Double](repeating: 0, count: columns)
        for node in column.indices where column[node] >= 0 { covers[Int(column[node])] += Double(cover[node]) }
        let total = covers.reduce(0, +)
        return total > 0 ? covers.map { $0 / total } : covers
    }
}
