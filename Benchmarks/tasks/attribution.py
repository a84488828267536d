"""Attribution on the published paths, on simulated journeys with known truth, and on ten million touches made here.

`difference` is the largest relative one between Weir's credit and that of the peer's definitions, in full precision:
rules (first, last, linear, position, and time decay where there are times), exact Markov of order 1 and its removal effects,
Shapley, and Shapley of the conversion rate. `from_reference` says the same of reference.json, where there is one, whose figures
are rounded to 6 decimals (6 digits below 1).

Times: `paths_seconds` of Weir holds reading, unpacking and parsing the file and all of its models, without intervals, as
the program itself measures them; ChannelAttribution's calls get a frame in memory and split its paths: heuristics (first,
last, linear) and its Markov model, with its default settings and with the tight limit that the figures of reference.json
have. Each is the shortest of three. `seconds` are whole processes.

`covered` counts the channels whose true removal effect lies in Weir's 95 % interval. The large set is drawn from a seed:
1,000,000 journeys with 10,000,000 touches, as a file of journeys and as a log of touches in order of time, with conversions
beside it; all rule-based models and Markov of order 1; wall time of the whole process, reading included. WEIR_TOUCHES sets
another size.
"""
import json
import multiprocessing
import os
import tempfile

from common import last_json, peer, run as measure

RULES = ("first", "last", "linear", "position", "time_decay")
SETS = {"paths": "paths.csv.gz", "synthetic": os.path.join("synthetic", "journeys.csv.gz")}


def run(weir, data):
    folder = data / "attribution"
    theirs, took = peer("attribution.py", "--data", folder)
    ours = {"seconds": 0, "peak_mb": 0}
    reference = folder / "reference.json"
    known = json.loads(reference.read_text()) if reference.exists() else {}
    for name, file in SETS.items():
        if name not in theirs:
            continue
        command = [weir, "measure", "attribution", "--input", folder / file, "--timed", "--json"]
        out, spent = measure(command)
        report = last_json(out)
        quick = [last_json(measure([*command, "--resamples", "0"])[0])["figures"] for _ in range(3)]
        ours[name] = {
            "credit": report["tables"]["credit"],
            "removal_effects": report["tables"]["removal-effects"],
            "conversion_probability": report["figures"]["conversion_probability"],
            "difference": differences(report, theirs[name]),
            "paths_seconds": min(f["read_seconds"]["value"] + f["model_seconds"]["value"] for f in quick),
            "model_seconds": min(f["model_seconds"]["value"] for f in quick),
            "resampling_seconds": report["figures"]["resampling_seconds"]["value"]}
        if name in known:
            ours[name]["from_reference"] = differences(report, known[name])
        ours["seconds"] = round(ours["seconds"] + spent["seconds"], 3)
        ours["peak_mb"] = max(ours["peak_mb"], spent["peak_mb"])
        library = theirs[name].get("channel_attribution", {}).get("seconds")
        if library:
            ours[name]["times_faster"] = {
                "heuristics_and_default_markov": round(
                    (library["heuristics"] + library["markov_default"]) / ours[name]["paths_seconds"], 2),
                "heuristics_and_tight_markov": round(
                    (library["heuristics"] + library["markov"]) / ours[name]["paths_seconds"], 1)}
        truth = folder / "synthetic" / "truth.json"
        if name == "synthetic" and truth.exists():
            effects = json.loads(truth.read_text())["removal_effect"]
            covered = [row for row in report["tables"]["removal-effects"]
                       if row["removal_effect"]["lower"] <= effects[row["channel"]] <= row["removal_effect"]["upper"]]
            ours[name]["covered"] = {"channels": len(effects), "within_interval": len(covered)}
    ours["large"] = large(weir, int(os.environ.get("WEIR_TOUCHES", "10000000")))
    return {"weir": ours, "peer": {**theirs, **took}}


def differences(report, reference):
    """Largest relative difference by kind of model."""
    rows = {row["channel"]: row for row in report["tables"]["credit"]}
    effects = {row["channel"]: row["removal_effect"] for row in report["tables"]["removal-effects"]}

    def value(cell):
        return cell["value"] if isinstance(cell, dict) else cell

    def largest(wanted, got):
        return max(abs(value(got(channel)) - x) / abs(x) if x else abs(value(got(channel))) for channel, x in wanted.items())

    keys = {"time_decay": "time_decay_half_life_168h", "markov": "markov_exact"}
    groups = {"rules": RULES, "markov": ("markov",), "shapley": ("shapley",), "shapley_rate": ("shapley_rate",)}
    out = {}
    for group, models in groups.items():
        known = [m for m in models if reference.get(keys.get(m, m))]
        if known:
            out[group] = max(largest(reference[keys.get(m, m)], lambda c, m=m: rows[c][m]) for m in known)
    if "markov_exact_removal_effects" in reference:
        out["removal_effects"] = largest(reference["markov_exact_removal_effects"], lambda c: effects[c])
    return out


def large(weir, touches):
    with tempfile.TemporaryDirectory() as folder:
        # In a process of its own, whose memory would else be counted for the programs started afterwards.
        maker = multiprocessing.Process(target=generate, args=(folder, touches // 10, touches, 1))
        maker.start()
        maker.join()
        models = ["--models", "first,last,linear,position,time_decay,markov", "--resamples", "0", "--timed", "--json"]
        out = {"touches": touches, "journeys": touches // 10}
        layouts = {
            "journeys": [f"{folder}/journeys.csv"],
            "touches": [f"{folder}/touches.csv", "--conversions", f"{folder}/conversions.csv"]}
        for layout, files in layouts.items():
            text, spent = measure([weir, "measure", "attribution", "--input", *files, *models])
            figures = last_json(text)["figures"]
            out[f"from_{layout}"] = {
                **spent, "touches": figures["touches"]["value"], "model_seconds": figures["model_seconds"]["value"]}
        return out


def generate(folder, journeys, touches, seed):
    """Journeys of a touch at least, drawn channels and gaps, one in ten converting; the same as a log in order of time."""
    import numpy as np
    random = np.random.default_rng(seed)
    names = [f"channel_{letter}" for letter in "abcdefghijkl"]
    lengths = 1 + random.multinomial(touches - journeys, np.full(journeys, 1 / journeys))
    weights = np.arange(len(names), 0, -1.0)
    path = [names[c] for c in random.choice(len(names), touches, p=weights / weights.sum()).tolist()]
    stops = np.cumsum(lengths)
    starts = stops - lengths
    gaps = np.ceil(random.exponential(200, touches)).astype(np.int64)
    ahead = np.cumsum(gaps[::-1])[::-1]
    tenths = ahead - np.repeat(np.append(ahead, 0)[stops], lengths)  # of an hour before the journey's end
    hours = [f"{t // 10}.{t % 10}" for t in tenths.tolist()]
    converted = random.random(journeys) < 0.1
    value = np.round(random.gamma(2, 20, journeys), 2)
    with open(f"{folder}/journeys.csv", "w") as file:
        file.write("journey_id,path,hours_before_end,converted,value\n")
        for j, (a, b) in enumerate(zip(starts.tolist(), stops.tolist())):
            worth = value[j] if converted[j] else 0
            file.write(f"{j + 1},{'>'.join(path[a:b])},{'>'.join(hours[a:b])},{int(converted[j])},{worth}\n")
    ends = 1_750_000_000 + random.integers(0, 10_000_000, journeys)
    times = np.repeat(ends, lengths) - tenths * 360
    order = np.argsort(times, kind="stable")
    owners = np.repeat(np.arange(journeys), lengths)[order].tolist()
    with open(f"{folder}/touches.csv", "w") as file:
        file.write("customer,time,channel\n")
        file.writelines(f"c{o},{t},{path[i]}\n" for o, t, i in zip(owners, times[order].tolist(), order.tolist()))
    with open(f"{folder}/conversions.csv", "w") as file:
        file.write("customer,time,value\n")
        file.writelines(f"c{j},{ends[j]},{value[j]}\n" for j in np.flatnonzero(converted).tolist())
