"""Files as people have them, through the commands that learn, watch, allocate and judge: what is right is known for each."""
import csv
import io
import json
import pathlib
import random

import pytest

from conftest import weir

CASES = pathlib.Path(__file__).parent / "cases" / "measure"


def shops(folder, names, rates, rows=5_000, seed=1):
    """Who bought in which shop, each with a rate of its own."""
    draw = random.Random(seed)
    lines = ["day,shop,visits,bought"]
    for row in range(rows):
        shop = draw.randrange(len(names))
        lines.append(f"2026-{1 + row * 6 // rows:02}-{1 + row % 28:02},{names[shop]},{draw.randrange(2, 6)},"
                     f"{int(draw.random() < rates[shop])}")
    path = folder / "train.csv"
    path.write_text("\n".join(lines) + "\n")
    return path


def predicted(folder, model, text, *options):
    (folder / "new.csv").write_text(text)
    result = weir("predict", "--model", model, "--input", folder / "new.csv", *options)
    return list(csv.DictReader(io.StringIO(result.stdout))), result.stderr


@pytest.mark.parametrize("names", [
    ["0007", "0012", "0100", "0300", "A150"],
    ["1234567890123456781", "1234567890123456782", "1234567890123456783", "1234567890123456784", "x"],
    ["1e5", "2e5", "3e5", "4e5", "5e5"],
])
def test_codes_are_texts_in_whatever_file_they_come(tmp_path, names):
    train = shops(tmp_path, names, [0.05, 0.6, 0.25, 0.4, 0.1])
    weir("train", "--input", train, "--target", "bought", "--time", "day", "--learner", "boosted", "--rounds", 40,
         "--output", tmp_path / "m.json")
    header = "shop,visits\n"
    all_of_them, _ = predicted(tmp_path, tmp_path / "m.json", header + "".join(f"{name},3\n" for name in names))
    some, told = predicted(tmp_path, tmp_path / "m.json", header + "".join(f"{name},3\n" for name in names[:4]))
    assert [row["prediction"] for row in some] == [row["prediction"] for row in all_of_them[:4]]
    shares = [float(row["prediction"]) for row in some]
    assert shares[0] < 0.15 and shares[1] > 0.45 and shares[0] < shares[2] < shares[3] < shares[1]
    assert "categories shop (4 values)" in told and "not learned from" not in told
    # In drift the same codes are the same, however many of them are there.
    header, *lines = train.read_text().splitlines()
    few = [line for line in lines if names[4] not in line]
    (tmp_path / "live.csv").write_text("\n".join([header] + few[:2000]))
    (tmp_path / "reference.csv").write_text("\n".join([header] + few[2000:] + [line for line in lines if names[4] in line][:1]))
    report = json.loads(weir("drift", "--reference", tmp_path / "reference.csv", "--live", tmp_path / "live.csv",
                             "--columns", "shop", "--json", check=False).stdout)
    assert report["columns"][0]["verdict"] == "stable" and "ks" not in report["columns"][0]


def test_the_case_of_leading_zeros_is_read_as_the_model_was(tmp_path):
    train = shops(tmp_path, ["0007", "0012", "0100", "0300", "A150"], [0.05, 0.6, 0.25, 0.4, 0.1])
    weir("train", "--input", train, "--target", "bought", "--time", "day", "--learner", "boosted", "--output", tmp_path / "m.json")
    rows, _ = predicted(tmp_path, tmp_path / "m.json", (CASES / "10-predict-leading-zeros-new.csv").read_text())
    assert len({row["prediction"] for row in rows}) == 4


def test_a_prediction_says_whom_it_is_about_and_what_the_model_does_not_know(tmp_path):
    train = shops(tmp_path, ["0007", "0012"], [0.05, 0.6])
    weir("train", "--input", train, "--target", "bought", "--time", "day", "--learner", "logistic", "--output", tmp_path / "m.json")
    text = "customer_id,shop,visits,note\n0042,0012,3,x\n1234567890123456789,9999,3,y\n7,NA,None,z\n"
    rows, told = predicted(tmp_path, tmp_path / "m.json", text)
    assert [row["customer_id"] for row in rows] == ["0042", "1234567890123456789", "7"]
    assert list(rows[0]) == ["row", "customer_id", "prediction"]
    assert "1 rows have a value that the model has not learned from (“9999”)" in told
    rows, _ = predicted(tmp_path, tmp_path / "m.json", text, "--id", "note,customer_id")
    assert list(rows[0]) == ["row", "note", "customer_id", "prediction"] and rows[1]["note"] == "y"
    explained, _ = predicted(tmp_path, tmp_path / "m.json", text, "--id", "note", "--id", "customer_id", "--explain")
    assert list(explained[0])[:3] == ["row", "note", "customer_id"] and "base" in explained[0]


@pytest.mark.parametrize("reference, live", [(200_000, 500), (5_000, 500), (200_000, 200_000)])
def test_drift_does_not_shrink_with_the_reference(tmp_path, reference, live):
    (tmp_path / "reference.csv").write_text("channel\n" + "web\napp\n" * (reference // 2))
    (tmp_path / "live.csv").write_text("channel\n" + "app\n" * (live * 9 // 10) + "web\n" * (live // 10))
    result = weir("drift", "--reference", tmp_path / "reference.csv", "--live", tmp_path / "live.csv", check=False)
    assert result.returncode == 1 and "Verdict: drifted" in result.stdout
    assert result.stdout.startswith("Understood: categories channel (2 values)")


def test_lines_that_cannot_be_read_are_no_small_thing(tmp_path):
    draw = random.Random(3)
    reference = "channel,spend\n" + "".join(f"{draw.choice(['web', 'app'])},{draw.lognormvariate(3, 0.5):.2f}\n" for _ in range(2_000))
    (tmp_path / "reference.csv").write_text(reference)
    refused = weir("drift", "--reference", tmp_path / "reference.csv", "--live", CASES / "14-drift-malformed-live.csv", check=False)
    assert refused.returncode == 65 and "600 of 1000 lines" in refused.stderr and "Line 2" in refused.stderr
    # Fewer of them are left out, told, and a drift of their own.
    lines = reference.splitlines()
    (tmp_path / "live.csv").write_text("\n".join(lines[:1901] + ["app,12,5"] * 100))
    told = weir("drift", "--reference", tmp_path / "reference.csv", "--live", tmp_path / "live.csv", check=False)
    assert "100 left out" in told.stdout and "Line 1902" in told.stderr and "lines that cannot be read" in told.stdout
    # The same measure for whoever learns from such a file.
    (tmp_path / "train.csv").write_text("x,z,y\n" + "".join(f"{n},1,{n % 2}\n" for n in range(100)) + "1,2,3,4\n" * 40)
    for command in (["train", "--input", tmp_path / "train.csv", "--target", "y"],
                    ["uplift", "--input", tmp_path / "train.csv", "--treatment", "y", "--treated", "1", "--control", "0",
                     "--outcome", "x"]):
        result = weir(*command, check=False)
        assert result.returncode == 65 and "40 of 140 lines" in result.stderr, result.stderr


def test_a_missing_value_is_missing_however_it_is_spelled(tmp_path):
    train = shops(tmp_path, ["a", "b"], [0.1, 0.5], rows=1_000)
    answers = set()
    for spelling in ["", "NA", "N/A", "NaN", "null", "None", "-", "#N/A"]:
        lines = train.read_text().splitlines()
        lines = lines[:1] + [",".join([day, spelling if row % 7 == 0 else shop, spelling if row % 5 == 0 else visits, bought])
                             for row, (day, shop, visits, bought) in enumerate(line.split(",") for line in lines[1:])]
        (tmp_path / "spelled.csv").write_text("\n".join(lines))
        report = json.loads(weir("train", "--input", tmp_path / "spelled.csv", "--target", "bought", "--time", "day",
                                 "--learner", "logistic", "--json").stdout)
        answers.add((report["understood"], report["log_loss"], report["auc"]))
    assert len(answers) == 1 and "numbers visits; categories shop (2 values)" in answers.pop()[0]


def test_one_wide_column_does_not_stop_the_rest(tmp_path):
    draw = random.Random(5)
    lines = ["t,sku,x,y"]
    for row in range(12_000):
        x = draw.random()
        lines.append(f"{row},sku{draw.randrange(5_000)},{x:.3f},{int(draw.random() < 0.1 + 0.5 * x)}")
    (tmp_path / "wide.csv").write_text("\n".join(lines))
    result = weir("train", "--input", tmp_path / "wide.csv", "--target", "y", "--time", "t", "--rounds", 10, "--json")
    report = json.loads(result.stdout)
    assert [entry["learner"] for entry in report["candidates"]] == ["forest", "boosted"]
    assert any("“logistic” was left out" in note for note in report["notes"]) and "logistic: left out" in result.stderr
    assert report["auc"] > 0.55
    alone = weir("train", "--input", tmp_path / "wide.csv", "--target", "y", "--time", "t", "--learner", "logistic", check=False)
    assert alone.returncode == 65 and "4096" in alone.stderr


@pytest.mark.parametrize("learner", ["logistic", "auto", "boosted"])
@pytest.mark.parametrize("later", [0, 1])
def test_nothing_is_best_where_the_latest_rows_are_all_alike(tmp_path, learner, later):
    lines = (CASES / "23-train-no-positives-late.csv").read_text().splitlines()
    rows = [line.split(",") for line in lines[1:]]
    if later:
        rows = [[t, x, "1" if place >= len(rows) * 0.8 else y] for place, (t, x, y) in enumerate(rows)]
    (tmp_path / "late.csv").write_text("\n".join([lines[0]] + [",".join(row) for row in rows]))
    command = ["train", "--input", tmp_path / "late.csv", "--target", "y", "--time", "t", "--learner", learner,
               *(["--rounds", 10] if learner != "logistic" else [])]
    text = weir(*command).stdout
    assert "best" not in text and "nan" not in text and "nothing can be judged" in text and "Caution" in text
    report = json.loads(weir(*command, "--json").stdout)
    assert report["judged"] is False and "auc" not in report and report["doubts"]


def shop_of_one_price(price, customers=300, seed=7):
    draw = random.Random(seed)
    lines = ["customer_id,date,value"]
    for customer in range(customers):
        rate, day = draw.gammavariate(0.6, 1 / 12), draw.randrange(60)
        while day < 360:
            lines.append(f"{customer},2025-{1 + int(day) // 30:02}-{1 + int(day) % 28:02},{price}")
            if draw.random() < draw.betavariate(1, 3):
                break
            day += draw.expovariate(rate)
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("price", ["1", "9.90", "0"])
def test_one_price_is_a_price(tmp_path, price):
    (tmp_path / "shop.csv").write_text(shop_of_one_price(price))
    report = json.loads(weir("measure", "lifetime-value", "--input", tmp_path / "shop.csv", "--end", "2025-12-31",
                             "--discount", 0, "--json").stdout)
    figures = {name: figure["value"] for name, figure in report["figures"].items()}
    assert figures["purchases"] > 50
    assert figures["value"] == pytest.approx(figures["purchases"] * float(price))
    assert not any("Gamma-Gamma cannot" in warning for warning in report["warnings"])


def test_returns_are_taken_off_and_told(tmp_path):
    plain = shop_of_one_price("20")
    returned = plain + "".join(f"{line.split(',')[0]},2025-12-30,-8\n" for line in plain.splitlines()[1:400:5])
    (tmp_path / "shop.csv").write_text(returned)
    report = json.loads(weir("measure", "lifetime-value", "--input", tmp_path / "shop.csv", "--json").stdout)
    figures = {name: figure["value"] for name, figure in report["figures"].items()}
    assert figures["gross"] - figures["returned"] == pytest.approx(figures["net"]) and figures["returned"] > 0
    assert figures["value"] < figures["value_before_returns"]
    assert any("came back" in sentence for sentence in report["conclusion"])


def test_limits_are_spent_to_the_last_cent(tmp_path):
    lines = ["customer,offer,budget,value,cost"] + [f"{n:04},x,spring,{n},0.1" for n in range(1, 10)]
    (tmp_path / "offers.csv").write_text("\n".join(lines))
    command = ["allocate", "--input", tmp_path / "offers.csv", "--limit", "spring=0.3", "--output", tmp_path / "chosen.csv"]
    report = json.loads(weir(*command, "--json").stdout)
    assert report["treated"] == 3 and report["value"] == 24 and report["spend"] == [pytest.approx(0.3)]
    chosen = list(csv.DictReader((tmp_path / "chosen.csv").open()))
    assert [row["customer"] for row in chosen if row["offer"]] == ["0007", "0008", "0009"]


def test_one_decision_is_no_evidence(tmp_path):
    (tmp_path / "log.csv").write_text("reward,propensity,policy\n5,0.5,1\n")
    text = weir("evaluate", "--input", tmp_path / "log.csv").stdout
    assert "cannot be told" in text and "do not trust" in text and "inf" not in text
    report = json.loads(weir("evaluate", "--input", tmp_path / "log.csv", "--json").stdout)
    assert report["estimates"]["ips"]["low"] is None


@pytest.mark.parametrize("command, said", [
    (["train", "--input", "{0}", "--target", "y", "--learner", "logistic", "--rounds", "5", "--depth", "2"], "--rounds, --depth"),
    (["train", "--input", "{0}", "--target", "y", "--time", "x", "--validation-from", "3", "--validation-share", "0.5"],
     "--validation-share"),
    (["evaluate", "--input", "{0}", "--placement", "till"], "--placement needs --store"),
    (["drift", "--reference", "{0}", "--live", "{0}", "--colums", "x"], "--colums"),
    (["drift", "--reference", "model.json", "--live", "{0}", "--categories", "x"], "--categories"),
    (["uplift", "--input", "{0}", "--treatment", "y", "--treated", "1", "--control", "0", "--outcome", "x", "--test", "{0}",
      "--holdout-share", "0.2"], "--holdout-share"),
    (["allocate", "--input", "{0}", "--limit", "a=1", "--limit", "a=2"], "more than once"),
    (["train", "--input", "{0}", "--target", "y", "--features", "x,,y"], "--features"),
    (["train", "--input", "{0}", "--target", "y", "--table", "candidates"], "--table"),
])
def test_an_option_that_nothing_looks_at_is_an_error(tmp_path, command, said):
    path = tmp_path / "rows.csv"
    path.write_text("x,y,customer,offer,budget,value,cost\n" + "".join(f"{n},{n % 2},{n},o,a,1,1\n" for n in range(60)))
    result = weir(*[part.format(path) for part in command], check=False)
    assert result.returncode in (64, 65) and said in result.stderr, result.stderr


def test_names_with_commas_are_quoted_and_lists_add_up(tmp_path):
    draw = random.Random(2)
    lines = ['"Spend, EUR",visits,noise,t,y']
    for n in range(600):
        x = draw.random()
        lines.append(f"{x:.3f},{draw.randrange(5)},{draw.random():.3f},{n},{int(draw.random() < x)}")
    (tmp_path / "rows.csv").write_text("\n".join(lines))
    report = json.loads(weir("train", "--input", tmp_path / "rows.csv", "--target", "y", "--time", "t", "--learner", "logistic",
                             "--features", '"Spend, EUR"', "--features", "visits", "--json").stdout)
    assert report["features"] == 2 and "numbers Spend, EUR, visits" in report["understood"]
