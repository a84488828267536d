"""What every measurement of a file must stand: the same changes of a good file for each kind, and small files at random."""
import json
import math
import os
import random

import pytest

from conftest import weir


def experiment():
    draw = random.Random(1)
    rows = [[f"u{i}", "AB"[i % 2], round(20 + 3 * (i % 2) + draw.gauss(0, 5), 3)] for i in range(200)]
    return ["id", "arm", "y"], rows, ["experiment", "--arm", "arm", "--unit", "id", "--metric", "y"]


def panel(units, times, first):
    draw = random.Random(2)
    return [[f"u{u:02}", 1 + t, round(50 + u + 4 * math.sin(t) + draw.gauss(0, 1) + 5 * (u < units // 3 and t + 1 >= first), 3),
             first if u < units // 3 else ""] for u in range(units) for t in range(times)]


def differences():
    return ["unit", "time", "y", "first"], panel(24, 8, 5), [
        "difference-in-differences", "--outcome", "y", "--treated-from", "first", "--draws", "199"]


def geo():
    return ["location", "date", "y", "first"], panel(12, 40, 33), ["geo-lift", "--outcome", "y", "--treated", "u00,u01", "--start", "33"]


def synthetic():
    return ["unit", "time", "y", "first"], panel(12, 30, 25), ["synthetic-control", "--outcome", "y", "--treated", "u00", "--start", "25"]


def series():
    draw = random.Random(3)
    rows = [[f"2026-{1 + i // 28:02}-{1 + i % 28:02}", round(100 + 10 * (i % 7 == 0) + draw.gauss(0, 2) + 12 * (i >= 90), 3)]
            for i in range(56)] + [[f"2026-03-{1 + i:02}", round(112 + draw.gauss(0, 2), 3)] for i in range(20)]
    return ["date", "y"], rows, ["interrupted-series", "--outcome", "y", "--start", "2026-03-01"]


KINDS = [experiment, differences, geo, synthetic, series]
# Figures in the outcome's unit, one per kind; the others are shares or probabilities.
SIZES = {"difference", "effect", "total_effect", "treated_mean", "incremental", "att", "cumulative_effect", "average_effect",
         "observed", "expected"}
SHARES = {"lift", "p_value", "p_average", "placebo_p_value"}


def measure(tmp_path, header, rows, arguments, check=True):
    path = tmp_path / "file.csv"
    path.write_text("\n".join([",".join(header)] + [",".join(map(str, row)) for row in rows]) + "\n")
    answer = weir("measure", arguments[0], "--input", path, *arguments[1:], "--json", check=False)
    assert answer.returncode in (0, 1, 64, 65), f"ended by a signal: {answer.returncode}\n{answer.stderr[-2000:]}"
    if check:
        assert answer.returncode == 0, answer.stderr
    return json.loads(answer.stdout) if answer.returncode == 0 else None


def values(report):
    return {name: figure["value"] for name, figure in report["figures"].items()}


def same(left, right, factor=1.0, tolerance=1e-6):
    assert left.keys() == right.keys()
    for name in left:
        if name in SIZES:
            assert right[name] == pytest.approx(left[name] * factor, rel=tolerance, abs=1e-12 * factor), name
        elif name in SHARES and left[name] is not None:
            assert right[name] == pytest.approx(left[name], rel=tolerance, abs=2e-3), name


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("factor", [1e9, 1e-9])
def test_results_scale(tmp_path, kind, factor):
    header, rows, arguments = kind()
    scaled = [[row[:header.index("y")] + [repr(row[header.index("y")] * factor)] + row[header.index("y") + 1:] for row in rows]][0]
    same(values(measure(tmp_path, header, rows, arguments)), values(measure(tmp_path, header, scaled, arguments)), factor, 1e-3)


@pytest.mark.parametrize("kind", KINDS)
def test_the_order_of_rows_and_the_names_of_columns_do_not_matter(tmp_path, kind):
    header, rows, arguments = kind()
    first = values(measure(tmp_path, header, rows, arguments))
    shuffled = rows[:]
    random.Random(4).shuffle(shuffled)
    same(first, values(measure(tmp_path, header, shuffled, arguments)))
    renamed = ["the outcome" if name == "y" else name for name in header]
    words = ["the outcome" if word == "y" else word for word in arguments]
    same(first, values(measure(tmp_path, renamed, rows, words)))


@pytest.mark.parametrize("kind", KINDS)
def test_what_units_are_called_does_not_matter(tmp_path, kind):
    header, rows, arguments = kind()
    if kind is series:
        pytest.skip("a series has one unit")
    relabelled = [["x" + row[0]] + row[1:] for row in rows]
    words = [",".join("x" + name for name in word.split(",")) if word.startswith("u0") else word for word in arguments]
    same(values(measure(tmp_path, header, rows, arguments)), values(measure(tmp_path, header, relabelled, words)))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("change", ["empty", "header", "one row", "constant", "missing", "twice"])
def test_a_file_that_says_little_gets_an_error_or_no_advice(tmp_path, kind, change):
    header, rows, arguments = kind()
    place = header.index("y")
    changed = {
        "empty": None, "header": [], "one row": rows[:1], "constant": [row[:place] + [7] + row[place + 1:] for row in rows],
        "missing": [row[:place] + [""] + row[place + 1:] for row in rows], "twice": rows + rows}[change]
    if changed is None:
        header, changed = [], []
    report = measure(tmp_path, header, changed, arguments, check=False)
    if change in ("empty", "header", "one row", "missing"):
        assert report is None
    if change == "constant" and report is not None:
        assert report["void"] or not any(word in " ".join(report["conclusion"]) for word in ("Give", "It worked", "raised"))


CELLS = ["", "0", "1", "-1", "2.5", "1e9", "-1e-9", "NA", "inf", "x", "2021-01-01", "2021-02", "7", "7", "1e60", "é"]


@pytest.mark.parametrize("kind", KINDS)
def test_small_files_at_random_end_nothing(tmp_path, kind):
    header, rows, arguments = kind()
    for seed in range(int(os.environ.get("WEIR_SMALL_FILES", 40))):
        draw = random.Random(seed)
        kept = draw.sample(rows, min(len(rows), draw.choice([1, 2, 3, 8, 30, len(rows)])))
        made = [[draw.choice(CELLS) if draw.random() < draw.choice([0, 0.02, 0.3]) else cell for cell in row] for row in kept]
        if draw.random() < 0.3:
            place, value = header.index("y"), draw.choice(["0", "1", "1e9", "-3"])
            made = [row[:place] + [value if draw.random() < 0.95 else "2"] + row[place + 1:] for row in made]
        measure(tmp_path, header, made, arguments, check=False)
