"""Contextual bandits on the same stream: Weir beside Vowpal Wabbit's policies.

The stream is exported once by the peer's script. Weir plays it with five seeds in the peer's order, and with five more
where the actions' names are dealt out anew and the rows within a decision reordered. Each side's predicting and learning
is timed by itself, one thread. The peer's includes its parsing of a text line per action, which is how it is fed from
Python; Weir's reads numbers from memory. Neither counts the making of these inputs from the file.
"""
import os
import sys
import tempfile

import common

SEEDS = range(5)


def run(weir, data):
    folder = data / "complete-journey"
    result, took = common.peer("bandit_vw.py", "--data", folder)
    policies = result["policies"]
    best = max(policies, key=lambda name: policies[name]["average_reward"])
    names = ("average_reward", "second_half", "predictions_per_second", "learns_per_second")
    peer = {
        "best_policy": best,
        **{name: policies[best][name] for name in names},
        "fastest": {name: max(p[name] for p in policies.values()) for name in names[2:]},
        "policies": {name: {n: p[n] for n in names} for name, p in policies.items()},
        "baselines": result["baselines"],
        "timed": "predict and learn with the text of each action parsed inside",
        **took,
    }

    with tempfile.TemporaryDirectory() as scratch:
        stream = os.path.join(scratch, "stream.csv.gz")
        common.run([sys.executable, os.path.join(common.PEERS, "bandit_vw.py"), "--data", folder, "--export", stream])
        plain, shuffled, seconds, peaks = [], [], 0.0, []
        for runs, more in ((plain, lambda seed: []), (shuffled, lambda seed: ["--shuffle", seed + 1])):
            for seed in SEEDS:
                out, used = common.run([weir, "bandit", "--stream", stream, "--seed", seed, "--json", *more(seed)])
                runs.append(common.last_json(out))
                seconds += used["seconds"]
                peaks.append(used["peak_mb"])

    def over(runs, name):
        values = [r[name] for r in runs]
        return {"mean": round(sum(values) / len(values), 6), "min": round(min(values), 6)}

    every = plain + shuffled
    fastest = peer["fastest"]
    ours = {
        "policy": plain[0]["policy"],
        "average_reward": over(plain, "average_reward"),
        "second_half": over(plain, "second_half"),
        "shuffled_average_reward": over(shuffled, "average_reward"),
        "shuffled_second_half": over(shuffled, "second_half"),
        "predictions_per_second": over(every, "predictions_per_second"),
        "learns_per_second": over(every, "learns_per_second"),
        "times_peer_predictions": round(over(every, "predictions_per_second")["min"] / fastest["predictions_per_second"], 1),
        "times_peer_learns": round(over(every, "learns_per_second")["min"] / fastest["learns_per_second"], 1),
        "greedy_share": over(every, "greedy_share"),
        "largest_surprise": max(abs(r["surprise_deviations"]) for r in every),
        "random": plain[0]["random"],
        "best_fixed": plain[0]["best_fixed"],
        "runs": len(every),
        "timed": "choose with its draw and learn, features read from memory; seconds hold reading the file in every run",
        "seconds": round(seconds, 3),
        "peak_mb": max(peaks),
    }
    return {"weir": ours, "peer": peer}
