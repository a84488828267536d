"""Measurements by the real program on small files as people have them, each with a sibling of the same kind.

What is right of each file is known from an established package or from what was put into it; the comment beside the figure
says which.
"""
import json
import math
import pathlib
import random

import pytest

from conftest import Server, weir

FILES = pathlib.Path(__file__).resolve().parents[1] / "Fixtures" / "measure"


def measured(kind, *arguments):
    answer = weir("measure", kind, *arguments, "--json")
    return json.loads(answer.stdout)


def refused(kind, *arguments):
    answer = weir("measure", kind, *arguments, check=False)
    assert answer.returncode != 0, answer.stdout
    return answer.stderr


def figure(report, name):
    return report["figures"][name]["value"]


def write(path, header, rows):
    path.write_text("\n".join([header] + [",".join(str(cell) for cell in row) for row in rows]) + "\n")
    return path


# Differences in differences: who was never treated

DID = ["--unit", "store", "--time", "week", "--outcome", "sales", "--treated-from", "first_week"]


@pytest.mark.parametrize("file", ["04-did-never-as-zero.csv", "04-did-never-as-zero-blank.csv"])
def test_zero_and_an_empty_cell_mean_never_treated(file):
    report = measured("difference-in-differences", "--input", FILES / file, *DID)
    # csdid 0.4.3
    assert figure(report, "effect") == pytest.approx(6.626, abs=5e-4)
    assert "36 never" in report["understood"]


@pytest.mark.parametrize("code", ["-1", "Inf", "NA", "NaN", "never", "null", "9999", "-999", "None", "0.0"])
def test_other_codes_of_never_mean_the_same(tmp_path, code):
    text = (FILES / "04-did-never-as-zero.csv").read_text().splitlines()
    path = tmp_path / "coded.csv"
    path.write_text("\n".join([text[0]] + [line[:-1] + code if line.endswith(",0") else line for line in text[1:]]) + "\n")
    report = measured("difference-in-differences", "--input", path, *DID)
    assert figure(report, "effect") == pytest.approx(6.626, abs=5e-4)


def test_one_period_written_in_two_ways_is_one(tmp_path):
    draw, rows = random.Random(2), []
    for unit in range(40):
        for year in range(2001, 2009):
            written = [str(year), f"{year}.0", f"{year}-01-01"][(unit + year) % 3]
            first = ["", "2005", "2005-01-01"][unit % 3]
            rows.append((f"u{unit}", written, round(50 + unit + year - 2000 + draw.gauss(0, 1) + 4 * (year >= 2005 and unit % 3 > 0), 3), first))
    report = measured("difference-in-differences", "--input", write(tmp_path / "years.csv", "unit,time,outcome,first", rows),
                      "--treated-from", "first")
    assert "8 years" in report["understood"] and "two ways" in report["understood"]
    assert figure(report, "effect") == pytest.approx(4, abs=0.6)


def test_totals_cover_what_was_compared(tmp_path):
    draw, rows = random.Random(3), []
    for unit in range(60):
        first = [4, 6, 8][unit % 3]
        for time in range(1, 11):
            rows.append((f"u{unit}", time, round(20 + unit % 7 + draw.gauss(0, 1) + 5 * (time >= first), 3), first))
    report = measured("difference-in-differences", "--input", write(tmp_path / "all.csv", "unit,time,outcome,first", rows),
                      "--treated-from", "first")
    # From 8 on nobody is untreated: 20 units × 4 times and 20 units × 2 times are judged.
    assert figure(report, "total_effect") == pytest.approx(120 * figure(report, "effect"), rel=1e-9)
    assert any("no comparison" in warning and "from 8 on" in warning for warning in report["warnings"])


# Geo lift: names and lists

GEO = ["--start", "2026-04-01"]


@pytest.mark.parametrize("treated", [["m00", "m02"], ["m00,m02"], [" m02 , m00 "]])
def test_lists_and_repeated_options_add_up(treated):
    options = [part for name in treated for part in ("--treated", name)]
    report = measured("geo-lift", "--input", FILES / "06-geo-repeated-treated.csv", *GEO, *options)
    assert figure(report, "incremental") == pytest.approx(782, abs=1)


def test_excluded_markets_add_up():
    file = FILES / "06-geo-repeated-treated.csv"
    twice = measured("geo-lift", "--input", file, *GEO, "--treated", "m00", "--exclude", "m01", "--exclude", "m02")
    once = measured("geo-lift", "--input", file, *GEO, "--treated", "m00", "--exclude", "m01,m02")
    one = measured("geo-lift", "--input", file, *GEO, "--treated", "m00", "--exclude", "m02")
    assert twice["figures"] == once["figures"] != one["figures"]


@pytest.mark.parametrize("treated", [
    ["São Paulo, SP,Portland, OR"], ['"São Paulo, SP","Portland, OR"'], ["São Paulo, SP", "Portland, OR"]])
def test_names_with_commas_can_be_listed(treated):
    options = [part for name in treated for part in ("--treated", name)]
    report = measured("geo-lift", "--input", FILES / "07-geo-names-with-commas.csv", *GEO, *options)
    # 10 % was put in; the same file with plain names gives 10.0 %.
    assert figure(report, "lift") == pytest.approx(0.100, abs=0.002)
    assert "São Paulo, SP" in report["understood"] and "Portland, OR" in report["understood"]


def test_a_cell_holds_names_with_commas():
    report = measured("geo-lift", "--input", FILES / "07-geo-names-with-commas.csv", *GEO, "--cells",
                      'south="São Paulo, SP";west=Portland, OR', "--spend", "south=10;west=20")
    assert {"south_lift", "west_lift", "west_cost_per_incremental"} <= set(report["figures"])


def test_months_of_markets_may_be_written_in_any_way(tmp_path):
    draw, reports = random.Random(4), []
    values = {(market, month): round(100 + 10 * market + 5 * math.sin(month) + draw.gauss(0, 1), 3)
              for market in range(8) for month in range(36)}
    ways = [lambda y, m: f"{y}-{m:02}", lambda y, m: f"{y}-{m:02}-01", lambda y, m: f"{y}{m:02}", lambda y, m: f"{m:02}/{y}"]
    for way in ways:
        rows = [(f"m{market}", way(2021 + month // 12, month % 12 + 1), value * (1.1 if market == 0 and month >= 30 else 1))
                for (market, month), value in values.items()]
        path = write(tmp_path / "months.csv", "location,date,Y", rows)
        reports.append(measured("geo-lift", "--input", path, "--treated", "m0", "--start", "2023-07"))
    assert all("36 months" in report["understood"] for report in reports)
    assert all(report["figures"] == reports[0]["figures"] for report in reports)


# Experiments

def test_what_does_not_vary_is_no_verdict():
    report = measured("experiment", "--input", FILES / "08-experiment-zero-variance.csv", "--arm", "arm", "--metric", "spend")
    assert report["void"] and "Give" not in " ".join(report["conclusion"])
    assert report["conclusion"][0].startswith("Do not act on this yet")
    assert figure(report, "p_value") == 1 and report["figures"]["difference"]["lower"] is None


def test_a_ratio_over_nothing_is_no_verdict(tmp_path):
    rows = [(i, "AB"[i % 2], i % 5, 0 if i % 2 else 1 + i % 3) for i in range(60)]
    path = write(tmp_path / "ratio.csv", "id,arm,x,n", rows)
    report = measured("experiment", "--input", path, "--arm", "arm", "--metric", "x/n")
    assert report["void"] and figure(report, "p_value") == 1


def test_range_and_p_value_of_rare_shares_agree(tmp_path):
    report = measured("experiment", "--input", FILES / "16-experiment-exact-contradiction.csv", "--arm", "arm", "--trials", "n",
                      "--metric", "x")
    # Fisher's p in R
    assert figure(report, "p_value") == pytest.approx(0.0077, abs=5e-5)
    assert report["figures"]["difference"]["lower"] > 0
    for control in range(4):
        for arm in range(14):
            path = write(tmp_path / "rare.csv", "arm,n,x", [("A", 900, control), ("B", 700, arm)])
            report = measured("experiment", "--input", path, "--arm", "arm", "--trials", "n", "--metric", "x",
                              "--shares", "A=9,B=7")
            difference = report["figures"]["difference"]
            leaves_zero_out = difference["lower"] > 0 or difference["upper"] < 0
            assert leaves_zero_out == (figure(report, "p_value") < 0.05), (control, arm, report["figures"])
            assert difference["lower"] <= difference["value"] <= difference["upper"]


def test_stores_that_were_assigned_give_the_errors():
    report = measured("experiment", "--input", FILES / "17-experiment-clusters.csv", "--arm", "arm", "--cluster", "store",
                      "--metric", "spend")
    difference = report["figures"]["difference"]
    # By store means, Welch.
    assert [round(difference[end], 2) for end in ("value", "lower", "upper")] == [-0.33, -2.95, 2.30]
    assert figure(report, "clusters") == 40


def test_sessions_of_a_user_are_brought_together():
    report = measured("experiment", "--input", FILES / "17-experiment-session-rows.csv", "--arm", "arm", "--unit", "user",
                      "--metric", "bought/session")
    difference = report["figures"]["difference"]
    # Delta method over users.
    assert [round(difference[end], 3) for end in ("value", "lower", "upper")] == [-0.035, -0.093, 0.022]


def test_rows_of_a_unit_add_up_in_any_order(tmp_path):
    draw = random.Random(5)
    whole, parts = [], []
    for unit in range(300):
        arm, pieces = "AB"[unit % 2], [draw.randint(1, 20) for _ in range(draw.randint(1, 4))]
        whole.append((unit, arm, sum(pieces), 1))
        parts += [(unit, arm, piece, int(index == 0)) for index, piece in enumerate(pieces)]
    draw.shuffle(parts)
    options = ["--arm", "arm", "--unit", "id", "--metric", "spend", "--metric", "bought"]
    one = measured("experiment", "--input", write(tmp_path / "whole.csv", "id,arm,spend,bought", whole), *options)
    many = measured("experiment", "--input", write(tmp_path / "parts.csv", "id,arm,spend,bought", parts), *options)
    assert figure(one, "difference") == pytest.approx(figure(many, "difference"), rel=1e-12)
    assert figure(one, "p_value") == pytest.approx(figure(many, "p_value"), rel=1e-9)


def test_shares_that_nobody_planned_are_no_reason_to_stop(tmp_path):
    file, options = FILES / "24-experiment-90-10-holdout.csv", ["--arm", "arm", "--control", "holdout", "--metric", "bought"]
    report = measured("experiment", "--input", file, *options)
    assert not report["void"] and "Do not act" not in report["conclusion"][0]
    assert report["figures"]["sample_ratio_p_value"]["value"] is None
    planned = measured("experiment", "--input", file, *options, "--shares", "offer=0.9,holdout=0.1")
    assert not planned["void"] and figure(planned, "sample_ratio_p_value") > 0.001
    wrong = measured("experiment", "--input", file, *options, "--shares", "offer=0.5,holdout=0.5")
    assert wrong["void"] == ["the arms did not get the units that were planned"]


def test_nearly_equal_arms_are_checked_in_words_that_name_the_plan(tmp_path):
    path = write(tmp_path / "near.csv", "arm,n,x", [("A", 53_000, 5_000), ("B", 47_000, 5_000)])
    report = measured("experiment", "--input", path, "--arm", "arm", "--trials", "n", "--metric", "x")
    assert report["void"] == ["if equal shares were planned, the arms did not get them"]
    assert "--shares" in report["warnings"][0]


def test_one_value_that_carries_the_result_stands_in_the_headline(tmp_path):
    draw = random.Random(6)
    rows = [(i, "AB"[i % 2], round(20 + (3 if i % 2 else 0) + draw.gauss(0, 8), 2)) for i in range(400)]
    rows[0] = (0, "A", 9_000)
    path = write(tmp_path / "outlier.csv", "id,arm,spend", rows)
    report = measured("experiment", "--input", path, "--arm", "arm", "--metric", "spend")
    assert any("one value" in reason for reason in report["void"])
    cut = measured("experiment", "--input", path, "--arm", "arm", "--metric", "spend", "--winsorize", "0.99")
    assert not cut["void"] and cut["figures"]["difference"]["lower"] > 0
    text = weir("measure", "experiment", "--input", path, "--arm", "arm", "--metric", "spend", "--winsorize", "0.99").stdout
    assert "of its sum" in text


# One series

def test_months_are_months():
    report = measured("interrupted-series", "--input", FILES / "21-its-monthly.csv", "--outcome", "sales", "--start", "2025-01-01")
    assert "84 months" in report["understood"] and "season of 12 months" in report["understood"]
    average = report["figures"]["average_effect"]
    # 100 a month was put in; a local level with twelve months' effects finds 88 with a standard error of 11.
    assert average["value"] == pytest.approx(88, abs=4) and average["lower"] > 50
    same = measured("interrupted-series", "--input", FILES / "21-its-monthly.csv", "--outcome", "sales", "--start", "2025-01")
    assert same["figures"] == report["figures"]


@pytest.mark.parametrize("written", [
    lambda y, m: f"{y}-{m:02}", lambda y, m: f"{y}{m:02}", lambda y, m: f"{m}/{y}",
    lambda y, m: f"{['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'][m - 1]} {y}"])
def test_months_may_be_written_in_any_way(tmp_path, written):
    lines = (FILES / "21-its-monthly.csv").read_text().splitlines()[1:]
    rows = [(written(int(line[:4]), int(line[5:7])), line.split(",")[1]) for line in lines]
    report = measured("interrupted-series", "--input", write(tmp_path / "m.csv", "date,sales", rows), "--outcome", "sales",
                      "--start", "2025-01-01")
    first = measured("interrupted-series", "--input", FILES / "21-its-monthly.csv", "--outcome", "sales", "--start", "2025-01-01")
    assert report["figures"] == first["figures"]


def test_quarters_weeks_and_spreadsheet_days_are_understood(tmp_path):
    draw = random.Random(7)
    quarters = [(f"{2010 + i // 4}-Q{i % 4 + 1}", round(100 + 20 * (i % 4) + draw.gauss(0, 2) + 30 * (i >= 48), 2)) for i in range(56)]
    report = measured("interrupted-series", "--input", write(tmp_path / "q.csv", "date,y", quarters), "--outcome", "y", "--start", "2022-Q1")
    assert "56 quarters" in report["understood"] and figure(report, "average_effect") == pytest.approx(30, abs=6)
    days = [(45_000 + i, round(50 + 10 * (i % 7 == 0) + draw.gauss(0, 2) + 15 * (i >= 100), 2)) for i in range(120)]
    report = measured("interrupted-series", "--input", write(tmp_path / "d.csv", "date,y", days), "--outcome", "y", "--start", str(45_100))
    assert "spreadsheet" in report["understood"] and figure(report, "average_effect") == pytest.approx(15, abs=4)


def test_dates_that_may_be_read_in_two_ways_are_refused(tmp_path):
    path = write(tmp_path / "slashes.csv", "date,y", [(f"{1 + i % 12}/{1 + i // 12}/2025", i * i % 17) for i in range(100)])
    assert "day/month or month/day" in refused("interrupted-series", "--input", path, "--outcome", "y", "--start", "2025-05-01")


def test_a_control_that_says_all_is_refused(tmp_path):
    rows = [(f"2026-{1 + i // 28:02}-{1 + i % 28:02}", 100 + i * i % 13, 3 * (100 + i * i % 13) + 7) for i in range(84)]
    path = write(tmp_path / "control.csv", "date,y,x", rows)
    assert "to the last digit" in refused("interrupted-series", "--input", path, "--outcome", "y", "--control", "x", "--start", "2026-03-01")


# Options

@pytest.mark.parametrize("kind, arguments, said", [
    ("experiment", ["--arm", "arm", "--metric", "x", "--tuning", "100"], "--sequential"),
    ("experiment", ["--arm", "arm", "--metric", "x", "--trials", "n", "--segment", "s"], "--trials"),
    ("geo-lift", ["--treated", "m00", "--start", "2026-04-01", "--value", "3"], "--spend"),
    ("geo-lift", ["--treated", "m00", "--start", "2026-04-01", "--start", "2026-04-02"], "--start"),
])
def test_an_option_that_would_be_passed_over_is_refused(kind, arguments, said):
    assert said in refused(kind, "--input", FILES / "06-geo-repeated-treated.csv", *arguments)


def test_negative_values_after_a_space_are_values():
    report = measured("plan", "--baseline", "0.2", "--effect", "-10%")
    assert figure(report, "units") > 0


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    server = Server(tmp_path_factory.mktemp("files")).start(ready=False)
    yield server
    server.stop()


def test_lists_over_http_mean_what_they_say(server):
    body = {"options": {"treated": ["m00", "m02"], "start": "2026-04-01"},
            "files": {"input": (FILES / "06-geo-repeated-treated.csv").read_text()}}
    answer = server.post("/v1/measure/geo-lift", body)
    assert answer.status_code == 200, answer.text
    assert answer.json()["figures"]["incremental"]["value"] == pytest.approx(782, abs=1)
    page = server.post("/v1/measure/geo-lift?format=html", body)
    assert "Understood" in page.text
    names = {"options": {"treated": ["São Paulo, SP", "Portland, OR"], "start": "2026-04-01"},
             "files": {"input": (FILES / "07-geo-names-with-commas.csv").read_text()}}
    assert server.post("/v1/measure/geo-lift", names).json()["figures"]["lift"]["value"] == pytest.approx(0.1, abs=0.002)


@pytest.mark.parametrize("path, body, said", [
    ("/v1/measure/plan?formt=html", '{"options": {"baseline": 0.1, "effect": 0.1}}', "formt"),
    ("/v1/measure/plan?format=html&format=json", '{"options": {"baseline": 0.1, "effect": 0.1}}', "twice"),
    ("/v1/measure/plan?table=effects", '{"options": {"baseline": 0.1, "effect": 0.1}}', "csv"),
    ("/v1/measure/plan", '{"option": {"baseline": 0.1, "effect": 0.1}}', "option"),
    ("/v1/measure/plan", '{"options": "baseline=0.1"}', "object"),
])
def test_what_a_request_says_twice_or_wrongly_is_refused(server, path, body, said):
    answer = server.post(path, body)
    assert answer.status_code in (400, 422), answer.text
    assert said in answer.text
