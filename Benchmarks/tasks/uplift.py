"""Uplift on the Hillstrom e-mail experiment: learned from odd customer ids, judged on even ones.

Outcome visit is the task; spend, whose noise hides any ranking, is there for information. Weir chooses its learners by
cross-validation on the odd half; of the peer's learners the one with the highest Qini coefficient on the even half is shown
as `best`, which favours the peer. `within_one_se` says whether Weir's Qini lies less than one of the best peer's standard
errors below it, `two_se_above_zero` whether it is above 0 by two of its own.
"""
from common import last_json, peer, run as measure

GROUPS = {"any": "Mens E-Mail,Womens E-Mail", "mens": "Mens E-Mail", "womens": "Womens E-Mail"}
FEATURES = "recency,history,mens,womens,newbie,zip_code,channel"


def run(weir, data):
    line, took = peer("uplift_models.py", "--data", data / "hillstrom")
    theirs, ours = dict(took), {"seconds": 0, "peak_mb": 0}
    for group, mails in GROUPS.items():
        for outcome in ("visit", "spend"):
            name = f"{group}/{outcome}"
            models = {
                key.split("/")[2]: value for key, value in line["results"].items()
                if key.startswith(name + "/") and "qini" in value}
            best = max(models, key=lambda model: models[model]["qini"])
            theirs[name] = {"best": best, **models[best]}
            command = [
                weir, "uplift", "--input", data / "hillstrom" / "hillstrom.csv.gz", "--treatment", "segment", "--treated", mails,
                "--control", "No E-Mail", "--outcome", outcome, "--id", "customer_id", "--split", "odd-even", "--features", FEATURES,
                "--json"]
            out, took = measure(command)
            judged = last_json(out)
            policy = next(p for p in judged["policies"] if abs(p["share"] - 0.3) < 1e-9)
            ours[name] = {
                "chosen": judged["chosen"], "qini": judged["qini"], "qini_se": judged["qini_se"],
                "qini_interval": judged["qini_interval"], "auuc": judged["auuc"], "g1": judged["average_effect"],
                "top30_uplift": judged["top_uplift"], "top30_uplift_interval": judged["top_uplift_interval"],
                "policy30_value": policy["value"], "policy30_value_interval": policy["value_interval"],
                "two_se_above_zero": judged["qini"] > 2 * judged["qini_se"],
                "within_one_se": judged["qini"] > models[best]["qini"] - models[best]["qini_se"], "seconds": took["seconds"]}
            ours["seconds"] = round(ours["seconds"] + took["seconds"], 3)
            ours["peak_mb"] = max(ours["peak_mb"], took["peak_mb"])
    return {"weir": ours, "peer": theirs}
