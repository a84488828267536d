"""GeoLift's walkthrough: 15 days of a campaign in chicago and portland, and the plan made before it.

The peer is a small de-meaned synthetic control with conformal p-value, plain and ridge-augmented as augsynth does it; there is none for
the plan. `seconds` of Weir is the whole program, reading and report included; those of the peer's fits leave out imports and
reading.
"""
from common import last_json, peer, run as measure

FIGURES = ("att", "lift", "incremental", "p_value", "p_average", "l2_imbalance", "scaled_l2_imbalance")
PLAN = [
    "--include", "chicago", "--keep-untreated", "honolulu", "--sizes", "2,3,4,5", "--cost-per-outcome", "7.5", "--budget", "100000",
    "--confidence", "0.9", "--judge", "any", "--lookback", "1", "--json"]


def run(weir, data):
    folder = data / "geolift"
    line, took = peer("synthetic_control.py", "--data", folder)
    theirs, ours = {**line["geolift"], **took}, {"seconds": 0, "peak_mb": 0}

    def add(took):
        ours["seconds"] = round(ours["seconds"] + took["seconds"], 3)
        ours["peak_mb"] = max(ours["peak_mb"], took["peak_mb"])
        return took["seconds"]

    for method in ("classic", "ridge"):
        out, took = measure(
            [weir, "measure", "geo-lift", "--input", folder / "test.csv.gz", "--treated", "chicago,portland", "--start", "2021-04-01",
             "--method", method, "--json"])
        found = last_json(out)
        weights = {row["donor"]: row["weight"] for row in found["tables"]["weights"][:10]}
        intervals = {f + "_interval": [found["figures"][f][end] for end in ("lower", "upper")] for f in ("att", "lift", "incremental")}
        ours[method] = {**{f: found["figures"][f]["value"] for f in FIGURES}, **intervals, "weights": weights, "seconds": add(took)}
    out, took = measure([weir, "measure", "geo-plan", "--input", folder / "pretest.csv.gz", *PLAN])
    ours["plan"] = {"choices": last_json(out)["tables"]["choices"][:4], "seconds": add(took)}
    return {"weir": ours, "peer": theirs}
