"""Whatever small file a command gets, it answers with a result or with what is wrong, and never with a figure that is none.

A hundred files each; `WEIR_RANDOM_FILES=1500` makes more of them, and a failure names its seed.
"""
import json
import os
import random
import re
import subprocess

import pytest

from conftest import WEIR, weir
from random_files import day, level, shares, table

FIRST = int(os.environ.get("WEIR_RANDOM_SEED", "0"))
FILES = int(os.environ.get("WEIR_RANDOM_FILES", "100"))
# All that a file can lead to: done, a bad verdict, wrong use or input, a missing file.
EXPECTED = {0, 1, 64, 65, 66}
NO_NUMBER = re.compile(r"(?<![\w“/.-])[-+−]?(nan|inf)(inity)?(?![\w”])", re.IGNORECASE)

CUSTOMERS = level([f"c{n}" for n in range(12)])
EXAMPLES = {"day": day(90), "shop": level(["0007", "0012", "A150", "0300"]), "visits": "number", "x": "number",
            "id": lambda draw: draw.randrange(1000), "bought": level("001")}


def command(kind, draw, folder):
    """The files and the arguments of one run."""
    def write(name, columns, rows=None):
        (folder / name).write_text(table(draw, columns, rows), encoding="utf-8", newline="")
        return folder / name

    if kind == "train":
        learner = draw.choice(["logistic", "forest", "boosted", "small", "auto"])
        target = draw.choice(["bought", "bought", "bought", "x"])
        return ["train", "--input", write("a.csv", EXAMPLES), "--target", target, *draw.choice([[], ["--time", "day"]]),
                "--learner", learner, *draw.choice([[], ["--importance"], ["--output", folder / "m.json"]]),
                *draw.choice([[], ["--class-weight", "balanced"], ["--calibration", "isotonic"]]),
                *(["--rounds", 5] if learner in ("boosted", "auto") else [])]
    if kind == "predict":
        return ["predict", "--model", folder.parent / "model.json", "--input", write("a.csv", EXAMPLES),
                *draw.choice([[], ["--explain"], ["--id", "id,day"]])]
    if kind == "uplift":
        columns = {"id": lambda draw: draw.randrange(500), "arm": level(["mail", "none"]), "x": "number", "y": "number",
                   "g": level("abc"), "outcome": draw.choice([level("001"), "number"])}
        return ["uplift", "--input", write("a.csv", columns), "--treatment", "arm", "--treated", "mail", "--control", "none",
                "--outcome", "outcome", "--bootstrap", 20, "--repeats", 1, "--folds", 2,
                "--learner", draw.choice(["s", "t", "x", "dr"]), "--base", draw.choice(["linear", "boosted"]),
                *draw.choice([[], ["--id", "id"], ["--propensity", "estimated"]])]
    if kind == "drift":
        columns = {"channel": level(["web", "app"]), "spend": "number", "code": level(["007", "12", "A1"]), "x": "number",
                   "p": shares, "label": level("01")}
        return ["drift", "--reference", write("a.csv", columns), "--live", write("b.csv", columns),
                *draw.choice([[], [], ["--prediction", "p", "--outcome", "label"], ["--categories", "x"]])]
    if kind == "allocate":
        columns = {"customer": CUSTOMERS, "offer": level("xy"), "budget": level(["0", "1", "0+1"]), "value": "number",
                   "cost": "number"}
        path = write("a.csv", columns)
        lines = path.read_text(encoding="utf-8").splitlines()
        path.write_text("\n".join(lines[:1] + sorted(lines[1:])), encoding="utf-8")
        limits = [draw.choice([0, 1, 10, 1e9, 0.3]) for _ in range(2)]
        return ["allocate", "--input", path, "--limit", f"0={limits[0]}", "--limit", f"1={limits[1]}",
                *draw.choice([[], ["--online"], ["--floor", "0=1"]])]
    if kind == "evaluate":
        columns = {"reward": "number", "propensity": shares, "policy": shares, "who": CUSTOMERS, "e": "number", "ep": "number"}
        return ["evaluate", "--input", write("a.csv", columns), "--bootstrap", 50,
                *draw.choice([[], ["--customer-column", "who"],
                              ["--expected-column", "e", "--expected-policy-column", "ep"], ["--weight-limit", 5]])]
    if kind == "lifetime-value":
        columns = {"customer_id": CUSTOMERS, "date": day(draw.choice([3, 30, 200, 330])), "value": "number",
                   "arm": level("ab")}
        return ["measure", kind, "--input", write("a.csv", columns), "--draws", 50, "--resamples", 20,
                *draw.choice([[], ["--horizon", 4], ["--calibration-end", "2026-03-10"], ["--per-customer"],
                              ["--group", "arm", "--treated", "a", "--control", "b"], ["--segments", "arm"]])]
    if kind == "attribution":
        models = draw.choice([[], ["--order", 2], ["--lookback-days", 3]])
        if draw.random() < 0.5:
            touches = write("a.csv", {"customer": CUSTOMERS, "time": day(60), "channel": level("abcd")})
            orders = write("b.csv", {"customer": CUSTOMERS, "time": day(60), "value": "number"})
            return ["measure", kind, "--input", touches, "--conversions", orders, "--resamples", 40, *models]
        path = lambda draw: " > ".join(draw.choice("abcd") for _ in range(draw.randrange(1, 5)))
        columns = draw.choice([
            {"path": path, "total_conversions": "number", "total_null": level("0123"), "total_conversion_value": "number"},
            {"path": path, "converted": level("01"), "value": "number"}])
        return ["measure", kind, "--input", write("a.csv", columns), "--resamples", 40, *models[:2]]
    if kind == "economics":
        columns = {"date": day(draw.choice([3, 60, 120])), "campaign": level("ab"), "spend": "number", "revenue": "number",
                   "orders": level("0123"), "visits": level(["10", "20"]), "new_customers": level("012"),
                   "incremental_revenue": "number", "incremental_revenue_se": "number"}
        return ["measure", kind, "--input", write("a.csv", columns), *draw.choice([[], ["--margin", 0.3], ["--rate", "orders=0.5"]])]
    columns = {"trigger": level("ab"), "signal": day(60), "treated": draw.choice([day(90), level(["", "2026-03-20"])]),
               "value": "number", "outcome": "number"}
    return ["measure", "response-time", "--input", write("a.csv", columns),
            *draw.choice([[], ["--value-half-life", "2d"], ["--end", "2026-02-01"]])]


KINDS = ["train", "predict", "uplift", "drift", "allocate", "evaluate", "lifetime-value", "attribution", "economics",
         "response-time"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """With a model to predict by."""
    folder = tmp_path_factory.mktemp("random")
    draw = random.Random(1)
    lines = [",".join(EXAMPLES)] + [
        f"2026-01-{1 + n % 28:02},{draw.choice(['0007', '0012', 'A150'])},{n % 7},{draw.random():.3f},{n},{int(draw.random() < 0.3)}"
        for n in range(400)]
    (folder / "train.csv").write_text("\n".join(lines))
    weir("train", "--input", folder / "train.csv", "--target", "bought", "--time", "day", "--learner", "boosted",
         "--rounds", 10, "--output", folder / "model.json")
    return folder


@pytest.mark.parametrize("kind", KINDS)
def test_a_command_answers_whatever_the_file(kind, folder):
    own = folder / kind
    own.mkdir(exist_ok=True)
    faults = []
    for seed in range(FIRST, FIRST + FILES):
        fault = one(kind, seed, own)
        if fault:
            faults.append(fault)
        if len(faults) == 3:
            break
    assert not faults, "\n\n".join(faults)


def one(kind, seed, folder):
    """What is wrong with a command's answer to the file of a seed; None where nothing is."""
    draw = random.Random(f"{kind} {seed}")
    for file in folder.glob("[ab].csv"):
        file.unlink()
    arguments = [str(part) for part in command(kind, draw, folder)]
    form = draw.choice(["text", "json"])
    told = f"{kind}, seed {seed}: weir {' '.join(arguments)} --format {form}\n"
    try:
        result = subprocess.run([str(WEIR), *arguments, "--format", form], capture_output=True, text=True, timeout=30)
    except subprocess.TimeoutExpired:
        return told + "has not ended after half a minute"
    told += (result.stdout + result.stderr)[:1500]
    if result.returncode not in EXPECTED:
        return f"ended with {result.returncode}: {told}"
    if result.returncode > 1:
        return None if result.stderr.strip() else "said nothing: " + told
    if form == "json":
        try:
            json.loads(result.stdout, parse_constant=lambda name: (_ for _ in ()).throw(ValueError(name)))
        except ValueError as fault:
            return f"{fault}: {told}"
    # What the file itself holds may be shown as a text.
    files = "".join(file.read_text(encoding="utf-8") for file in folder.glob("[ab].csv"))
    if form == "text" and not NO_NUMBER.search(files) and NO_NUMBER.search(result.stdout):
        return "a figure that is none: " + told
    return None
