"""Experiment statistics case by case, recomputed with statsmodels, scipy and gbstats.

Reads a file with `cases`, each with `id`, `kind` and `inputs`; prints the outputs by id and the seconds spent computing.
"""
import argparse
import json
import math
import time

import numpy as np
from gbstats.bayesian.tests import EffectBayesianABTest, EffectBayesianConfig, GaussianPrior
from gbstats.frequentist.tests import (
    FrequentistConfig, OneSidedTreatmentGreaterTTest, SequentialConfig, SequentialTwoSidedTTest, TwoSidedTTest)
from gbstats.models.statistics import (
    ProportionStatistic, RatioStatistic, RegressionAdjustedStatistic, SampleMeanStatistic)
from gbstats.utils import check_srm
from scipy import integrate, stats
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.power import NormalIndPower, TTestIndPower
from statsmodels.stats.proportion import (
    confint_proportions_2indep, proportion_confint, proportion_effectsize, proportions_ztest)

COUNTS = {"clopper-pearson": "beta"}


def mean(i, arm):
    return SampleMeanStatistic(n=i[f"n_{arm}"], sum=i[f"sum_{arm}"], sum_squares=i[f"sum_squares_{arm}"])


def share(i, arm):
    return ProportionStatistic(n=i[f"n_{arm}"], sum=i[f"sum_{arm}"])


def effect(test):
    result = test.compute_result()
    return {"effect": result.expected, "ci": list(result.ci), "p_value": result.p_value,
            "standard_error": result.uplift.stddev}


def welch(kind):
    def compute(i, test=TwoSidedTTest):
        config = FrequentistConfig(alpha=i["alpha"], difference_type=i["difference"])
        return effect(test(kind(i, "a"), kind(i, "b"), config))
    return compute


def sequential(kind):
    def compute(i):
        config = SequentialConfig(
            alpha=i["alpha"], difference_type=i["difference"], sequential_tuning_parameter=i["tuning_parameter"])
        test = SequentialTwoSidedTTest(kind(i, "a"), kind(i, "b"), config)
        return {"rho": test.rho, **effect(test)}
    return compute


def bayes(kind):
    def compute(i):
        config = EffectBayesianConfig(
            alpha=i["alpha"], difference_type=i["difference"], inverse=i["lower_is_better"],
            prior_type=i["prior_type"], prior_effect=GaussianPrior(**i["prior_effect"]))
        r = EffectBayesianABTest(kind(i, "a"), kind(i, "b"), config).compute_result()
        return {"chance_to_win": r.chance_to_win, "effect": r.expected, "ci": list(r.ci), "risk": list(r.risk),
                "posterior_sd": r.uplift.stddev}
    return compute


def ratio(i):
    def arm(x):
        return RatioStatistic(
            n=x["n"], m_statistic=SampleMeanStatistic(x["n"], x["numerator_sum"], x["numerator_sum_squares"]),
            d_statistic=SampleMeanStatistic(x["n"], x["denominator_sum"], x["denominator_sum_squares"]),
            m_d_sum_of_products=x["sum_of_products"])
    config = FrequentistConfig(alpha=i["alpha"], difference_type=i["difference"])
    return effect(TwoSidedTTest(arm(i["a"]), arm(i["b"]), config))


def cuped(i):
    def arm(x):
        return RegressionAdjustedStatistic(
            n=x["n"], post_statistic=SampleMeanStatistic(x["n"], x["post_sum"], x["post_sum_squares"]),
            pre_statistic=SampleMeanStatistic(x["n"], x["pre_sum"], x["pre_sum_squares"]),
            post_pre_sum_of_products=x["post_pre_sum_of_products"], theta=0)
    config = FrequentistConfig(alpha=i["alpha"], difference_type=i["difference"])
    test = TwoSidedTTest(arm(i["a"]), arm(i["b"]), config)
    a, b = test.stat_a, test.stat_b
    return {"theta": a.theta, "adjusted_mean_a": a.mean, "adjusted_mean_b": b.mean, "adjusted_variance_a": a.variance,
            "adjusted_variance_b": b.variance, **effect(test)}


def z_test(i):
    side = i["alternative"].split(" ")[0]
    z, p = proportions_ztest([i["sum_b"], i["sum_a"]], [i["n_b"], i["n_a"]], alternative=side)
    return {"z": z, "p_value": p}


def difference_interval(i):
    return {"ci": list(confint_proportions_2indep(
        i["sum_b"], i["n_b"], i["sum_a"], i["n_a"], method=i["method"], compare="diff", alpha=i["alpha"]))}


def interval(i):
    method = COUNTS.get(i["method"], i["method"])
    return {"ci": list(proportion_confint(i["sum"], i["n"], alpha=i["alpha"], method=method))}


def t_test(i):
    arms = [(s.mean, math.sqrt(s.variance), s.n) for s in (mean(i, "b"), mean(i, "a"))]
    r = stats.ttest_ind_from_stats(*arms[0], *arms[1], equal_var=i["equal_variance"])
    return {"t": r.statistic, "p_value": r.pvalue}


def beta_binomial(i):
    a, b = (stats.beta(i["prior_alpha"] + i[f"sum_{k}"], i["prior_beta"] + i[f"n_{k}"] - i[f"sum_{k}"]) for k in "ab")
    low = min(a.ppf(1e-15), b.ppf(1e-15))
    high = max(a.isf(1e-15), b.isf(1e-15))
    marks = sorted({float(x) for d in (a, b) for x in d.ppf([1e-12, 1e-4, 0.5, 1 - 1e-4, 1 - 1e-12])})
    options = {"points": [m for m in marks if low < m < high], "limit": 500, "epsabs": 1e-13, "epsrel": 1e-12}
    return {
        "chance_b_beats_a": integrate.quad(lambda x: b.pdf(x) * a.cdf(x), low, high, **options)[0],
        "posterior_mean_a": a.mean(), "posterior_mean_b": b.mean(),
        "posterior_95_a": list(a.interval(0.95)), "posterior_95_b": list(b.interval(0.95)),
        "expected_loss_of_choosing_b": integrate.quad(lambda x: b.cdf(x) * a.sf(x), low, high, **options)[0]}


def sample_ratio(i):
    users, weights = np.array(i["users"], float), np.array(i["weights"], float)
    chi_square = stats.chisquare(users, weights / weights.sum() * users.sum()).statistic
    return {"p_value": check_srm(i["users"], i["weights"]), "chi_square": chi_square, "degrees_of_freedom": len(users) - 1}


def sample_size_proportions(i):
    h = proportion_effectsize(i["p_b"], i["p_a"])
    n = NormalIndPower().solve_power(h, alpha=i["alpha"], power=i["power"], ratio=i["n_b_over_n_a"])
    return {"cohen_h": h, "n_a": n}


def sample_size_means(i):
    n = TTestIndPower().solve_power(
        i["difference_over_sd"], alpha=i["alpha"], power=i["power"], ratio=i["n_b_over_n_a"])
    return {"n_a": n}


def power_means(i):
    return {"power": TTestIndPower().power(i["difference_over_sd"], i["n_a"], i["alpha"], ratio=i["n_b_over_n_a"])}


def multiple(method):
    def compute(i):
        rejected, adjusted, _, _ = multipletests(i["p_values"], alpha=i["alpha"], method=method)
        return {"adjusted": list(adjusted), "rejected": [bool(x) for x in rejected]}
    return compute


KINDS = {
    "proportion_z_pooled": z_test, "proportion_difference_interval": difference_interval,
    "proportion_interval": interval, "mean_t_test": t_test, "welch_mean": welch(mean),
    "welch_proportion": welch(share),
    "welch_mean_one_sided_greater": lambda i: welch(mean)(i, OneSidedTreatmentGreaterTTest),
    "ratio_delta_method": ratio, "cuped": cuped, "sequential_mean": sequential(mean),
    "sequential_proportion": sequential(share), "bayes_normal_mean": bayes(mean),
    "bayes_normal_proportion": bayes(share), "bayes_beta_binomial": beta_binomial,
    "sample_ratio_mismatch": sample_ratio, "sample_size_proportions": sample_size_proportions,
    "sample_size_means": sample_size_means, "power_means": power_means,
    "multiple_benjamini_hochberg": multiple("fdr_bh"), "multiple_holm": multiple("holm"),
}


def plain(value):
    if isinstance(value, dict):
        return {key: plain(x) for key, x in value.items()}
    if isinstance(value, (list, tuple, np.ndarray)):
        return [plain(x) for x in value]
    value = value.item() if hasattr(value, "item") else value
    if isinstance(value, float) and not math.isfinite(value):
        return None if math.isnan(value) else "inf" if value > 0 else "-inf"
    return value


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", required=True, help="JSON file with a list `cases`")
    parser.add_argument("--json", action="store_true", help="one line (always so)")
    cases = json.load(open(parser.parse_args().cases))["cases"]
    outputs, skipped = {}, []
    started = time.perf_counter()
    for case in cases:
        if case["kind"] in KINDS:
            outputs[case["id"]] = plain(KINDS[case["kind"]](case["inputs"]))
        else:
            skipped.append(case["id"])
    print(json.dumps({"outputs": outputs, "skipped": skipped, "computing_seconds": round(time.perf_counter() - started, 4)}))


if __name__ == "__main__":
    main()
