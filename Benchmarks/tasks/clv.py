"""Customer lifetime value of CDNOW's customers: 39 weeks to fit, 39 weeks kept back, on the sample and on all.

The peer is Lifetimes. Both sides count a customer's day once and fit by maximum likelihood without penalty. `fit_seconds` is
fitting alone, without reading or summing up; `holdout` compares expected with real purchase days per customer, and spend
with what was spent. `within_half_percent` is for all seven parameters; the published fit of the sample is r 0.243, alpha 4.414, a 0.793, b 2.426.
"""
from common import last_json, peer, run as measure

SETS = {"sample": "sample.csv.gz", "master": "transactions.csv.gz"}


def run(weir, data):
    line, took = peer("clv_lifetimes.py", "--data", data / "cdnow")
    theirs, ours = dict(took), {"seconds": 0, "peak_mb": 0}
    for name, file in SETS.items():
        known = line[name]
        theirs[name] = {
            **known["bgnbd"], **known["gamma_gamma"], "log_likelihood": known["bgnbd_log_likelihood"],
            "holdout_mae": known["holdout_days_bought"]["mae"], "holdout_rmse": known["holdout_days_bought"]["rmse"],
            "holdout_expected": known["holdout_days_bought"]["total_predicted"],
            "holdout_actual": known["holdout_days_bought"]["total_real"],
            "holdout_spend_mae": known["holdout_spend_summed"]["mae"],
            "holdout_spend_expected": known["holdout_spend_summed"]["total_predicted"],
            "holdout_spend_actual": known["holdout_spend_summed"]["total_real"],
            "fit_purchases_seconds": known["seconds"]["fit_bgnbd"],
            "fit_money_seconds": known["seconds"]["fit_gamma_gamma"]}
        out, taken = measure([
            weir, "measure", "lifetime-value", "--input", data / "cdnow" / file, "--calibration-end", "1997-09-30",
            "--end", "1998-06-30", "--timed", "--json"])
        found = last_json(out)
        figures = {key: value["value"] for key, value in found["figures"].items()}
        fitted = [row for row in found["tables"]["parameters"] if row["period"] == "calibration"]
        spend = next(row for row in found["tables"]["holdout"] if row["figure"] == "spend")
        parameters = {row["parameter"]: row["value"]["value"] for row in fitted}
        mine = {
            **parameters, "log_likelihood": fitted[0]["log_likelihood"],
            **{key: figures[key] for key in ("holdout_mae", "holdout_rmse", "holdout_expected", "holdout_actual")},
            "holdout_spend_mae": spend["error"], "holdout_spend_expected": spend["expected"]["value"],
            "holdout_spend_actual": spend["actual"],
            **{key: figures[key] for key in ("fit_purchases_seconds", "fit_money_seconds")}}
        mine["within_half_percent"] = all(abs(parameters[key] / theirs[name][key] - 1) < 0.005 for key in parameters)
        # The same estimates to five digits: the last ones are where each search stopped.
        mine["holdout_not_worse"] = all(
            mine[key] <= theirs[name][key] * (1 + 1e-5) for key in ("holdout_mae", "holdout_rmse", "holdout_spend_mae"))
        mine["fit_times_faster"] = round(sum(theirs[name][key] for key in ("fit_purchases_seconds", "fit_money_seconds"))
                                         / sum(mine[key] for key in ("fit_purchases_seconds", "fit_money_seconds")), 1)
        ours[name] = {**mine, "seconds": taken["seconds"]}
        ours["seconds"] = round(ours["seconds"] + taken["seconds"], 3)
        ours["peak_mb"] = max(ours["peak_mb"], taken["peak_mb"])
    return {"weir": ours, "peer": theirs}
