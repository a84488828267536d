"""What must hold of every measurement of a file, declared once: what changes nothing, what scales, and what is refused."""
import json
import random

import pytest

from conftest import weir


def lifetime_value(draw):
    rows = []
    for customer in range(150):
        day = draw.randrange(60)
        while day < 300:
            rows.append({"customer_id": f"{customer:04}", "date": f"2026-{1 + day // 28:02}-{1 + day % 28:02}",
                         "value": round(draw.lognormvariate(3, 0.5), 2), "tier": draw.choice("ab")})
            day += int(1 + draw.expovariate(1 / (20 + customer % 40)))
            if draw.random() < 0.15:
                break
    return rows, ["--draws", 60], {"value": "value"}, "tier"


def economics(draw):
    rows = [{"date": f"2026-{1 + day // 28:02}-{1 + day % 28:02}", "campaign": name, "spend": round(draw.uniform(50, 90), 2),
             "revenue": round(draw.uniform(100, 300), 2), "orders": draw.randrange(3, 9), "visits": draw.randrange(90, 120),
             "tier": draw.choice("ab")} for day in range(84) for name in "xy"]
    return rows, ["--margin", 0.4], {"value": ["spend", "revenue"]}, "tier"


def response_time(draw):
    rows = []
    for signal in range(200):
        start = 1_770_000_000 + signal * 5_000
        rows.append({"trigger": draw.choice("ab"), "signal": start, "treated": start + int(draw.expovariate(1 / 9_000)),
                     "value": round(draw.uniform(1, 9), 2), "tier": draw.choice("ab")})
    return rows, ["--value-half-life", "6h", "--currency", "EUR"], {"value": "value"}, "tier"


def attribution(draw):
    rows = []
    for journey in range(400):
        path = [draw.choice(["ads", "mail", "shop"]) for _ in range(draw.randrange(1, 5))]
        won = int(draw.random() < 0.3)
        rows.append({"path": ">".join(path), "converted": won, "value": round(draw.uniform(5, 60), 2) if won else 0,
                     "tier": draw.choice("ab")})
    return rows, ["--resamples", 0], {"value": "value"}, "tier"


KINDS = {"lifetime-value": lifetime_value, "economics": economics, "response-time": response_time, "attribution": attribution}

@pytest.fixture(params=KINDS)
def case(request, tmp_path):
    rows, options, roles, spare = KINDS[request.param](random.Random(3))
    return request.param, rows, options, roles, spare, tmp_path


def text(rows, names=None):
    names = names or {}
    header = list(rows[0])
    return "\n".join([",".join(names.get(name, name) for name in header)]
                     + [",".join(str(row[name]) for name in header) for row in rows]) + "\n"


def run(kind, folder, content, options, check=True):
    (folder / "input.csv").write_text(content)
    result = weir("measure", kind, "--input", folder / "input.csv", *options, "--json", check=check)
    return json.loads(result.stdout) if result.returncode == 0 else result


def figures(report):
    return {name: (figure["value"], figure.get("lower"), figure.get("upper")) for name, figure in report["figures"].items()}


def test_the_order_of_rows_says_nothing(case):
    kind, rows, options, _, _, folder = case
    shuffled = rows[:]
    random.Random(5).shuffle(shuffled)
    one, two = (figures(run(kind, folder, text(each), options)) for each in (rows, shuffled))
    assert one.keys() == two.keys()
    for name in one:
        # Ranges are drawn customer by customer, in the order in which they come.
        assert one[name][0] == pytest.approx(two[name][0], rel=1e-9, abs=1e-12), name


def test_missing_is_missing_in_either_spelling(case):
    kind, rows, options, _, spare, folder = case
    name = "value" if "value" in rows[0] and kind == "response-time" else spare
    answers = []
    for spelling in ["", "NA", "None", "-"]:
        holed = [{**row, name: spelling if place % 9 == 0 else row[name]} for place, row in enumerate(rows)]
        answers.append(run(kind, folder, text(holed), options))
    assert all(answer == answers[0] for answer in answers)


@pytest.mark.parametrize("scale", [1e9, 1e-9])
def test_money_in_other_units_gives_the_same_in_other_units(case, scale):
    kind, rows, options, roles, _, folder = case
    columns = roles["value"] if isinstance(roles["value"], list) else [roles["value"]]
    scaled = [{**row, **{name: repr(float(row[name]) * scale) for name in columns}} for row in rows]
    one, two = (run(kind, folder, text(each), options)["figures"] for each in (rows, scaled))
    assert one.keys() == two.keys()
    for name, figure in one.items():
        factor = scale if figure.get("unit") in ("USD", "EUR") else 1
        for part in ("value", "lower", "upper"):
            before, after = figure.get(part), two[name].get(part)
            assert (before is None) == (after is None), name
            if before is not None:
                assert after == pytest.approx(before * factor, rel=1e-6, abs=1e-9 * factor), name


def test_rows_written_twice_are_told_or_count_alike(case):
    kind, rows, options, _, _, folder = case
    report = run(kind, folder, text(rows + rows), options)
    if kind in ("lifetime-value", "economics"):
        assert any("another" in warning or "repeats" in warning for warning in report["warnings"])
    assert report["understood"]


def test_other_names_are_other_names_only(case):
    kind, rows, options, _, _, folder = case
    if kind != "lifetime-value":
        pytest.skip("its columns have fixed names")
    names = {"customer_id": "Kunde, Nr", "date": "Tag", "value": "Wert"}
    quoted = {name: f'"{new}"' if "," in new else new for name, new in names.items()}
    one = run(kind, folder, text(rows), options)
    two = run(kind, folder, text(rows, quoted),
              options + ["--customer", "Kunde, Nr", "--date", "Tag", "--value", "Wert"])
    assert figures(one) == figures(two)


@pytest.mark.parametrize("content", ["", "one row", "header", "all missing", "constant"])
def test_too_little_is_refused_or_told(case, content):
    kind, rows, options, roles, _, folder = case
    column = roles["value"] if isinstance(roles["value"], str) else roles["value"][0]
    made = {"": "", "one row": text(rows[:1]), "header": text(rows[:1]).splitlines()[0] + "\n",
            "all missing": text([{name: "NA" for name in row} for row in rows]),
            "constant": text([{**row, column: 7} for row in rows])}[content]
    result = run(kind, folder, made, options, check=False)
    if content in ("", "header", "all missing"):
        assert result.returncode in (65, 66) and result.stderr.strip()
    elif content == "constant":
        assert isinstance(result, dict) and result["conclusion"] or kind == "attribution"


@pytest.mark.parametrize("unit, factor", [("seconds", 1), ("milliseconds", 1_000), ("microseconds", 1_000_000)])
def test_moments_in_another_unit_are_the_same_moments(tmp_path, unit, factor):
    rows, options, _, _ = response_time(random.Random(3))
    moved = [{**row, "signal": row["signal"] * factor, "treated": row["treated"] * factor} for row in rows]
    report = run("response-time", tmp_path, text(moved), options)
    assert f"({unit} since 1970)" in report["understood"]
    assert report["figures"] == run("response-time", tmp_path, text(rows), options)["figures"]
