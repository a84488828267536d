import WeirDecisioning
import WeirDomain
import WeirJSON

/// What must hold of a decision in the log, whatever its bytes are: for the fuzzer, and for what it found.
enum RecordDecoding {
    /// What is wrong with how a record is read; nil where nothing is. One that is refused is no fault.
    static func fault(_ bytes: [UInt8]) -> String? {
        guard let record = try? DecisionRecord(decoding: bytes) else { return nil }
        _ = record.chosenOffer
        _ = record.why(policy: .greedy)
        let written = record.bytes
        guard let again = try? DecisionRecord(decoding: written), again.bytes == written else {
            return "What was written is read as something else"
        }
        guard let sample = try? SampleSituation() else { return "No plan" }
        // What a log is asked anew must not depend on its bytes being sound.
        if record.situation.fits(sample.plan) {
            _ = decide(record.situation, plan: sample.plan, models: sample.models)
        }
        return nil
    }

    static let seeds: [[UInt8]] = {
        var seeds: [[UInt8]] = []
        for policy in [Policy.greedy, .softmax(temperature: 0.2)] {
            guard var sample = try? SampleSituation(policy: policy) else { continue }
            sample.situation.context = ["basket": 12.5, "lines": [1, "two", nil]]
            sample.situation.traits = ["name": "Ada"]
            sample.situation.cappedBy[0] = CapHit(Cap(scope: .offer, limit: 3, per: .hour))
            var record = DecisionRecord(situation: sample.situation, decision: sample.decided(), plan: sample.plan)
            seeds.append(record.bytes)
            record.situation.stoppedArms = [StoppedArm(experiment: "e", arm: "a")]
            record.decision.experiments = [
                Participation(experiment: "e", arm: "a", isExposed: true, isStopped: false)
            ]
            seeds.append(record.bytes)
        }
        return seeds
    }()
}
