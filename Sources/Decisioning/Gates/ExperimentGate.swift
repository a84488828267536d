public import WeirDomain

extension Gate {
    /// The arm that the person is in gives the offer.
    ///
    /// Closed by the step of experiments, which must know first what all other gates leave open.
    static let experiments = Gate(.afterAssignment, of: .offer, reasons: [.experiment], check: nil)
}

extension GateReason {
    static let experiment = GateReason(11, "experiment", says: .names) { detail in
        guard case .names(let experiment, let arm) = detail else { return "experiment" }
        return "experiment \(experiment): \(arm)"
    }
}

extension ClosedGate {
    /// Open but for the arm that the person is in.
    public static func experiment(_ experiment: ExperimentID, _ arm: ArmID) -> ClosedGate {
        ClosedGate(.experiment, .names(experiment.rawValue, arm.rawValue))
    }

    /// Whether only the arm of an experiment closes the candidate.
    var isOfArm: Bool { number == GateReason.experiment.number }
}
