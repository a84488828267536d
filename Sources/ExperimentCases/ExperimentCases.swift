package import WeirJSON
import WeirExperiments
package import WeirReporting
import WeirStatistics

/// Computes cases of experiment statistics, so that results can be compared with those of other programs.
///
/// Arm a is the control, b the treatment. The names of inputs and outputs are those of the file; what a kind lacks is left
/// out. Where an arm does not vary, effects are 0 with the p-value 1, as GrowthBook's statistics have it.
///
/// - Parameter cases: An object with `cases`, each with `id`, `kind` and `inputs`.
/// - Returns: An object with the outputs by id.
package func experimentCases(_ cases: JSON) throws(MeasurementError) -> JSON {
    guard let list = cases["cases"]?.array else { throw MeasurementError("The file has no list “cases”. Give one.") }
    var outputs: [JSON.Member] = []
    var faults: [String] = []
    for (index, entry) in list.enumerated() {
        let id = entry["id"]?.string ?? "number \(index + 1)"
        var inputs = CaseInputs(values: entry["inputs"] ?? .emptyObject)
        let kind = entry["kind"]?.string ?? ""
        if let evaluate = evaluators[kind] {
            let result = evaluate(&inputs)
            faults += inputs.missing.map { "Case \(id): the input “\($0)” is missing or no number. Give it." }
            outputs.append(JSON.Member(id, .object(result)))
        } else {
            faults.append(
                "Case \(id): the kind “\(kind)” is unknown. Known: \(evaluators.keys.sorted().joined(separator: ", "))."
            )
        }
    }
    guard faults.isEmpty else { throw MeasurementError(faults) }
    return .object(outputs)
}

private typealias Evaluator = @Sendable (inout CaseInputs) -> [JSON.Member]

private let evaluators: [String: Evaluator] = [
    "proportion_z_pooled": { inputs in
        let (control, treatment) = inputs.counts()
        let test = pooledShareTest(control, treatment, side: inputs.side)
        return [.figure("z", test.z), .figure("p_value", test.pValue)]
    },
    "proportion_difference_interval": { inputs in
        let (control, treatment) = inputs.counts()
        let method: ShareDifferenceInterval =
            switch inputs.text("method") {
            case "wald": .wald
            case "agresti-caffo": .agrestiCaffo
            case "score": .scoreAsStatsmodels
            default: .newcombe
            }
        let range = method.interval(control, treatment, confidence: inputs.confidence)
        return [.range(range.lower, range.upper)]
    },
    "proportion_interval": { inputs in
        let method = ShareInterval(rawValue: inputs.text("method")) ?? .wilson
        let range = method.interval(
            successes: inputs.whole("sum"), trials: max(1, inputs.whole("n")), confidence: inputs.confidence)
        return [.range(range.lower, range.upper)]
    },
    "mean_t_test": { inputs in
        let (control, treatment) = inputs.means()
        let effect =
            inputs.flag("equal_variance")
            ? pooledMeanEffect(control, treatment, side: inputs.side)
            : meanEffect(control, treatment, side: inputs.side)
        return [.figure("t", effect.value / effect.standardError), .figure("p_value", effect.pValue)]
    },
    "welch_mean": { inputs in inputs.welch(inputs.means(), side: inputs.side) },
    "welch_proportion": { inputs in inputs.welch(inputs.shares(), side: inputs.side) },
    "welch_mean_one_sided_greater": { inputs in inputs.welch(inputs.means(), side: .greater) },
    "welch_mean_one_sided_lesser": { inputs in inputs.welch(inputs.means(), side: .less) },
    "welch_proportion_one_sided_greater": { inputs in inputs.welch(inputs.shares(), side: .greater) },
    "welch_proportion_one_sided_lesser": { inputs in inputs.welch(inputs.shares(), side: .less) },
    "ratio_delta_method": { inputs in
        let arms = ["a", "b"].map {
            SampleSummary(ratio: inputs.pair($0, "numerator", "denominator", "sum_of_products"))
        }
        return inputs.welch((arms[0], arms[1]), side: inputs.side)
    },
    "cuped": { inputs in
        let arms = ["a", "b"].map { inputs.pair($0, "post", "pre", "post_pre_sum_of_products") }
        let theta = cupedTheta(arms[0], arms[1])
        let adjusted = arms.map { SampleSummary(adjusting: $0, by: theta) }
        return [
            .figure("theta", theta), .figure("adjusted_mean_a", adjusted[0].mean),
            .figure("adjusted_mean_b", adjusted[1].mean), .figure("adjusted_variance_a", adjusted[0].variance),
            .figure("adjusted_variance_b", adjusted[1].variance),
        ] + inputs.welch((adjusted[0], adjusted[1]), side: inputs.side)
    },
    "sequential_mean": { inputs in inputs.sequential(inputs.means()) },
    "sequential_proportion": { inputs in inputs.sequential(inputs.shares()) },
    "bayes_normal_mean": { inputs in inputs.bayes(inputs.means()) },
    "bayes_normal_proportion": { inputs in inputs.bayes(inputs.shares()) },
    "bayes_beta_binomial": { inputs in
        let (control, treatment) = inputs.counts()
        let belief = BetaBinomial(
            control, treatment, a: inputs.number("prior_alpha", default: 1), b: inputs.number("prior_beta", default: 1))
        let ranges = [belief.control.interval(), belief.treatment.interval()]
        return [
            .figure("chance_b_beats_a", belief.chanceToBeat), .figure("posterior_mean_a", belief.control.mean),
            .figure("posterior_mean_b", belief.treatment.mean),
            .range(ranges[0].lower, ranges[0].upper, name: "posterior_95_a"),
            .range(ranges[1].lower, ranges[1].upper, name: "posterior_95_b"),
            .figure("expected_loss_of_choosing_b", belief.lossOfTreatment),
        ]
    },
    "sample_ratio_mismatch": { inputs in
        let check = SampleRatioCheck(counts: inputs.list("users").map { Int($0) }, shares: inputs.list("weights"))
        return [
            .figure("p_value", check.pValue), .figure("chi_square", check.chiSquare),
            .figure("degrees_of_freedom", Double(check.degreesOfFreedom)),
        ]
    },
    "sample_size_proportions": { inputs in
        let effect = cohenH(inputs.number("p_a"), inputs.number("p_b"))
        return [
            .figure("cohen_h", effect),
            .figure("n_a", inputs.analysis.unitsForShares(effect: effect, power: inputs.number("power"))),
        ]
    },
    "power_proportions": { inputs in
        let effect = cohenH(inputs.number("p_a"), inputs.number("p_b"))
        let power = inputs.analysis.powerOfShares(effect: effect, controlUnits: inputs.number("n_a"))
        return [.figure("cohen_h", effect), .figure("power", power)]
    },
    "sample_size_means": { inputs in
        let effect = inputs.number("difference_over_sd")
        return [.figure("n_a", inputs.analysis.unitsForMeans(effect: effect, power: inputs.number("power")))]
    },
    "power_means": { inputs in
        let effect = inputs.number("difference_over_sd")
        return [.figure("power", inputs.analysis.powerOfMeans(effect: effect, controlUnits: inputs.number("n_a")))]
    },
    "multiple_benjamini_hochberg": { inputs in inputs.adjusted(.benjaminiHochberg) },
    "multiple_holm": { inputs in inputs.adjusted(.holm) },
]
