import Testing
import WeirDecisioning
import WeirDomain
import WeirLearning

@Suite("A goal's model learns what became of decisions")
struct GoalModelLearningTests {
    private static func outcome(
        of record: DecisionRecord, _ lesson: Outcome.Lesson, goal: GoalID = "purchase"
    ) -> Outcome {
        Outcome(
            decision: record.situation.id, customer: record.situation.customer, goal: goal, kind: .converted,
            joined: .decisionID, eventTime: SampleSituation.noon, receivedTime: SampleSituation.noon, lesson: lesson)
    }

    @Test("What was used is expected to be used again, and what was not is not", arguments: [true, false])
    func direction(isYes: Bool) throws {
        let sample = try SampleSituation()
        let record = DecisionRecord(situation: sample.situation, decision: sample.decided(), plan: sample.plan)
        let chosen = try #require(record.decision.chosen)
        var model = GoalModel(of: sample.plan.goals[0], plan: sample.plan)
        let outcome = Self.outcome(of: record, isYes ? .learnedYes : .learnedNo)

        let isLearned = model.learn(outcome, of: record, plan: sample.plan, sequence: 7)

        let before = record.decision.candidates[chosen].probability
        let after = decide(sample.situation, plan: sample.plan, models: [model]).candidates[chosen].probability
        #expect(isLearned)
        #expect(isYes ? after > before : after < before)
        #expect(model.online.version == 7)
    }

    @Test("A lesson is the online model's own, for the inputs of the decision")
    func sameAsByHand() throws {
        let sample = try SampleSituation()
        let record = DecisionRecord(situation: sample.situation, decision: sample.decided(), plan: sample.plan)
        let chosen = try #require(record.decision.chosen)
        let offer = sample.plan.offers[record.decision.candidates[chosen].offer]
        var model = sample.models[0]
        var byHand = sample.models[0].online
        byHand.forget(until: SampleSituation.noon.day)
        byHand.learn(
            sample.plan.layout.input(features: [2], affinities: [0.5], kind: "coupon", bucket: offer.bucket), label: 1,
            sequence: 1)

        model.learn(Self.outcome(of: record, .learnedYes), of: record, plan: sample.plan, sequence: 1)
        #expect(model.online == byHand)
    }

    @Test("Nothing is learned of an outcome that teaches nothing, of another goal or of an offer that has gone")
    func nothingToLearn() throws {
        let sample = try SampleSituation()
        let record = DecisionRecord(situation: sample.situation, decision: sample.decided(), plan: sample.plan)
        let without = try SampleSituation(offers: [SampleSituation.offer("a")])
        var model = sample.models[0]

        #expect(record.chosenOffer == "b")
        let learned = [
            model.learn(Self.outcome(of: record, .none), of: record, plan: sample.plan, sequence: 1),
            model.learn(
                Self.outcome(of: record, .learnedYes, goal: "visit"), of: record, plan: sample.plan, sequence: 1),
            model.learn(Self.outcome(of: record, .learnedYes), of: record, plan: without.plan, sequence: 1),
        ]
        #expect(learned == [false, false, false])
        #expect(model == sample.models[0])
    }
}
