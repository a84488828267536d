"""Experiment statistics: every case of experiments/reference.json, by Weir and by statsmodels, scipy and gbstats.

Both sides compute the cases from their inputs; each output is compared with `expected` where the file has it, else with
the peer's. The peer side is judged by `expected` too, which says how far two double-precision programs differ anyway.
Two p-values below 1e-12 count as equal: gbstats loses their digits in 1 − cdf.
"""
import json
import pathlib

from common import last_json, peer, run as measure

TOLERANCE = 1e-6
TINY = 1e-12


def number(value):
    return {"inf": float("inf"), "-inf": float("-inf")}.get(value, value)


def distance(value, expected, name):
    """The relative distance of two outputs; of lists, the largest."""
    if isinstance(expected, list):
        if not isinstance(value, list) or len(value) != len(expected):
            return float("inf")
        return max((distance(v, e, name) for v, e in zip(value, expected)), default=0.0)
    value, expected = number(value), number(expected)
    if value == expected:
        return 0.0
    if value is None or expected is None or isinstance(expected, bool):
        return float("inf")
    if "p_value" in name and max(abs(value), abs(expected)) < TINY:
        return 0.0
    # An integral that the peer knows to 1e-9 absolute has no more relative digits.
    gap = abs(value - expected)
    if name in ("expected_loss_of_choosing_b", "chance_b_beats_a") and gap < 1e-9:
        return min(TOLERANCE, gap / abs(expected)) if expected else 0.0
    return gap / abs(expected) if expected else gap


def judged(outputs, cases, reference):
    by_kind, worst, failed = {}, {}, []
    for case in cases:
        expected = case.get("expected") or reference.get(case["id"], {})
        got = outputs.get(case["id"], {})
        far = max((distance(got.get(name), value, name) for name, value in expected.items()), default=float("inf"))
        passed = by_kind.setdefault(case["kind"], [0, 0])
        passed[1] += 1
        worst[case["kind"]] = max(worst.get(case["kind"], 0.0), far)
        if far <= TOLERANCE:
            passed[0] += 1
        else:
            failed.append({"id": case["id"], "relative_distance": far if far < float("inf") else "missing"})
    return {
        "cases": len(cases), "agree": sum(p[0] for p in by_kind.values()), "tolerance": TOLERANCE,
        "largest_relative_distance": max(worst.values(), default=0.0) if not failed else None,
        "by_kind": {kind: {"agree": p[0], "cases": p[1], "largest": worst[kind] if worst[kind] < float("inf") else None}
                    for kind, p in by_kind.items()},
        "failed": failed}


def run(weir, data):
    file = data / "experiments" / "reference.json"
    cases = json.loads(file.read_text())["cases"]
    theirs, took = peer("experiments_gbstats.py", "--cases", file, "--json")
    out, ours_took = measure([str(pathlib.Path(weir).parent / "experiment-cases"), file])
    ours = judged(last_json(out), cases, theirs["outputs"])
    return {
        "weir": {**ours, **ours_took},
        "peer": {**judged(theirs["outputs"], cases, {}), "computing_seconds": theirs["computing_seconds"], **took}}
