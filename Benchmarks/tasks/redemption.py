"""Who redeems a coupon of a campaign: `weir recipe redemption` against the peers' models, same split, same rows.

Train: campaigns that start before 2017-08-01; test: the others. Each side chooses and learns before the cut only. "best" of the
peer takes each figure from whichever of its models did best in it on the test, which no single one of them reached.
"""
import common

FIGURES = {"auc": max, "log_loss": min, "calibration_error": min, "top_5pct_rate": max, "top_10pct_rate": max, "top_20pct_rate": max}


def run(weir, data):
    folder = data / "complete-journey"
    line, peer_took = common.peer("redemption_models.py", "--data", folder)
    text, took = common.run([weir, "recipe", "redemption", "--data", folder, "--json"])
    ours = common.last_json(text)
    rows = ("train_rows", "test_rows", "train_rate", "test_rate")
    models = lambda side: {name: {f: model[f] for f in FIGURES} for name, model in side["models"].items()}
    return {
        "weir": {"chosen": ours["chosen"], **{f: ours[f] for f in FIGURES}, **{r: ours[r] for r in rows}, "models": models(ours), **took},
        "peer": {"best": {f: best(model[f] for model in line["models"].values()) for f, best in FIGURES.items()},
                 **{r: line[r] for r in rows}, "models": models(line), **peer_took}}
