"""Off-policy evaluation on the Open Bandit layout: every campaign of the folder, by obp and by `weir evaluate`.

obp runs first and exports what both must share: the evaluated policy's action probabilities and what its click model expects. IPS and
SNIPS follow from the log alone; DM, DR and SWITCH-DR (threshold as obp's) are then the same definitions on the same click model.
"largest_difference" is the largest relative one over all estimates, effective sample size and largest weight.
"""
import json
import os
import tempfile

import common

ESTIMATORS = {"ips": "ipw", "snips": "snipw", "dm": "dm", "dr": "dr", "switch-dr": "switch_dr"}


def run(weir, data):
    with tempfile.TemporaryDirectory() as out:
        return compare(weir, data / "open-bandit", out)


def compare(weir, folder, out):
    line, peer_took = common.peer("ope_obp.py", "--data", str(folder), "--export", out)
    campaigns = [key for key, value in line.items() if isinstance(value, dict) and "estimates" in value]
    ours, theirs = {}, {}
    seconds, peak, gap = 0.0, 0.0, 0.0
    for campaign in campaigns:
        there = line[campaign]
        text, took = common.run([
            weir, "evaluate", "--open-bandit", folder, "--campaign", campaign,
            "--probabilities", os.path.join(out, f"bts_probabilities_{campaign}.csv.gz"),
            "--expected-rewards", os.path.join(out, f"expected_rewards_{campaign}.csv.gz"),
            "--switch-threshold", there["switch_threshold"], "--json"])
        here = json.loads(text)
        seconds, peak = seconds + took["seconds"], max(peak, took["peak_mb"])
        ours[campaign] = {
            "estimates": {name: {key: rounded(here["estimates"][name][key]) for key in ("value", "low", "high")} for name in ESTIMATORS},
            "effective_sample_size": rounded(here["effective_sample_size"]), "largest_weight": rounded(here["largest_weight"]),
            "warnings": here["warnings"]}
        theirs[campaign] = {
            "estimates": {name: there["estimates"][other] for name, other in ESTIMATORS.items()},
            "effective_sample_size": there["effective_sample_size"], "largest_weight": there["largest_weight"],
            "click_rate_of_policy": there["bts_click_rate_truth"]}
        pairs = [(here["estimates"][name]["value"], there["estimates"][other]["value"]) for name, other in ESTIMATORS.items()]
        pairs += [(here[key], there[key]) for key in ("effective_sample_size", "largest_weight")]
        gap = max(gap, max(abs(one / other - 1) for one, other in pairs))
    return {
        "weir": {"campaigns": ours, "largest_difference": rounded(gap), "seconds": round(seconds, 3), "peak_mb": peak},
        "peer": {"campaigns": theirs, "seconds": peer_took["seconds"], "peak_mb": peer_took["peak_mb"]}}


def rounded(number):
    return float(f"{number:.6g}")
