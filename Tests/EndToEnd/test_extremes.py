"""Every option that takes a number, of every command, with numbers that nobody means: refused or done, and in a moment.

`python Tests/EndToEnd/test_extremes.py [COMMAND…]` prints what fails; new options are tried by themselves, since the program is asked
for its commands.
"""
import json
import math
import os
import pathlib
import random
import resource
import subprocess
import sys

import pytest

from conftest import WEIR, weir

EXTREMES = [
    "0", "-1", "1e-320", "-1e-320", "1e300", "-1e300", "1e11", "100000000000", "inf", "-inf", "nan", "0x10", "9223372036854775807",
    "9223372036854775808", "-9223372036854775808", "18446744073709551615", "1e19", "٣", "", " ", "%", "1e308%",
]
# As docs/operations.md has them; 70 is none of them: something failed that should not.
DOCUMENTED = {0, 1, 64, 65, 66, 69, 73, 74, 75, 77, 78}
SECONDS = 20
MEMORY = 6 << 30

# Options with texts, files and names; what is not named here is tried.
TEXTS = """
format output table store url key input file files folder mapping source moment placement customer context id message reason goal name
target time features ignore learner class-weight-none calibration test predictions model data reward-column propensity-column
policy-column expected-column expected-policy-column customer-column open-bandit campaign behavior probabilities expected-rewards
reference live columns categories prediction outcome arm control unit metric trials covariate stratum segment period lower-is-better
currency shape side correction location date include keep-untreated exclude coordinates judge method treated cells predictors
training-predictors treated-from cluster controls slope weekly season holidays events conversions identity claims experiments models
separator channel value person segments group by definitions costs kind treatment split propensity base stream policy world csv
traffic delay catalog work json households-from durability host log-level tls-certificate tls-key scope experiment recipe
against before refused expires password-file origin role public-url oidc-issuer oidc-client oidc-secret-file oidc-name
oidc-user-claim oidc-roles-claim oidc-role oidc-default-role oidc-scope
alphabet order decimal dates encoding
""".split()
# Texts for one command, numbers for another.
NUMBERS = {("measure geo-lift", "value"), ("bandit", "policy"), ("measure synthetic-control", "time-none")}


def lines(path, header, rows):
    path.write_text("\n".join([header, *(",".join(str(cell) for cell in row) for row in rows)]) + "\n")
    return str(path)


def day(number):
    return f"2026-{1 + number // 28:02}-{1 + number % 28:02}"


class Inputs:
    """Small files that each command makes something of."""

    def __init__(self, folder):
        draw = random.Random(1)
        self.folder = folder
        self.units = lines(
            folder / "units.csv", "user,arm,bought,spent,before,seen",
            [(f"u{n}", "ab"[n % 2], int(draw.random() < 0.3), round(draw.expovariate(0.1), 2), round(draw.expovariate(0.1), 2),
              day(n % 40)) for n in range(200)])
        self.markets = lines(
            folder / "markets.csv", "location,date,Y",
            [(f"m{market}", day(number), round(100 + 10 * market + 5 * math.sin(number) + draw.gauss(0, 1), 2))
             for market in range(8) for number in range(40)])
        self.panel = lines(
            folder / "panel.csv", "unit,time,outcome,from",
            [(f"p{unit}", 2000 + year, round(10 + unit + year + draw.gauss(0, 1) + (3 if unit < 3 and year >= 6 else 0), 2),
              2006 if unit < 3 else "") for unit in range(9) for year in range(12)])
        self.series = lines(
            folder / "series.csv", "date,outcome,other",
            [(day(number), round(100 + draw.gauss(0, 3), 2), round(50 + draw.gauss(0, 2), 2)) for number in range(120)])
        self.touches = lines(
            folder / "touches.csv", "customer,time,channel",
            [(f"c{draw.randrange(60)}", f"{day(draw.randrange(50))}T10:00:00Z", draw.choice("abc")) for _ in range(300)])
        self.conversions = lines(
            folder / "conversions.csv", "customer,time,value",
            [(f"c{draw.randrange(60)}", f"{day(60)}T10:00:00Z", 5) for _ in range(40)])
        self.purchases = lines(
            folder / "purchases.csv", "customer_id,date,value",
            [(f"c{n % 80}", day(draw.randrange(200)), round(5 + draw.expovariate(0.1), 2)) for n in range(400)])
        self.days = lines(
            folder / "days.csv", "date,campaign,spend,revenue,orders,new_customers",
            [(day(number), "ab"[number % 2], 10, 40 + number, 4, 2) for number in range(40)])
        self.signals = lines(
            folder / "signals.csv", "trigger,signal,treated,value",
            [("cart", f"{day(n)}T10:00:00Z", f"{day(n)}T1{n % 9}:30:00Z" if n % 9 else "", 10) for n in range(60)])
        self.examples = lines(
            folder / "examples.csv", "time,a,b,label",
            [(number, round(draw.gauss(0, 1), 3), draw.choice("xyz"), int(draw.random() < 0.3)) for number in range(300)])
        self.trial = lines(
            folder / "trial.csv", "id,w,a,y",
            [(n, n % 2, round(draw.gauss(0, 1), 3), int(draw.random() < 0.3)) for n in range(400)])
        self.logged = lines(
            folder / "logged.csv", "reward,propensity,policy", [(int(draw.random() < 0.3), 0.5, 0.5) for _ in range(200)])
        self.choices = lines(
            folder / "choices.csv", "customer,offer,budget,value,cost",
            [(f"c{n}", f"o{o}", "b", 3 + o, 1 + o) for n in range(40) for o in range(2)])
        self.stream = lines(
            folder / "stream.csv", "decision,action,reward,x1",
            [(n, a, int(draw.random() < 0.3), round(draw.gauss(0, 1), 2)) for n in range(60) for a in range(3)])
        self.history = str(folder / "history.ndjson")
        pathlib.Path(self.history).write_text(
            json.dumps({"type": "track", "event": "Order Completed", "userId": "a", "timestamp": "2026-01-02T00:00:00Z"}) + "\n")
        lines(
            folder / "baskets.csv", "household_id,timestamp,sales_value",
            [(draw.randrange(40), f"{day(draw.randrange(300))}T10:00:00Z", round(draw.expovariate(0.1), 2)) for _ in range(900)])
        self.model = str(folder / "model.json")
        weir("train", "--input", self.examples, "--target", "label", "--time", "time", "--learner", "logistic", "--output", self.model)
        self.catalog = str(folder / "catalog")
        weir("init", self.catalog)
        self.store = str(folder / "weir.db")
        weir("apply", self.catalog, "--store", self.store)

    def commands(self):
        """Each command as somebody would write it; options that are tried come behind."""
        unknown = str(self.folder / "nowhere" / "weir.db")
        return {
            "serve": [["--store", unknown]],
            "warm": [[self.history, "--store", unknown]],
            "quarantine list": [["--store", self.store]],
            "audit access": [["--store", self.store]],
            "coupons make": [["spring", "--count", "3", "--store", self.store]],
            "coupons validate": [["ABC123", "--store", self.store]],
            "coupons redeem": [["ABC123", "--order", "1", "--store", self.store]],
            "coupons release": [["ABC123", "--order", "1", "--store", self.store]],
            "coupons rollback": [["ABC123", "--order", "1", "--store", self.store]],
            "train": [
                ["--input", self.examples, "--target", "label", "--time", "time", "--learner", learner]
                for learner in ("logistic", "boosted", "forest")],
            "predict": [["--model", self.model, "--input", self.examples]],
            "recipe": [["churn", "--data", str(self.folder)]],
            "evaluate": [["--input", self.logged]],
            "measure experiment": [
                ["--input", self.units, "--arm", "arm", "--metric", "spent", "--metric", "bought", *extra]
                for extra in ([], ["--sequential"], ["--bayes", "--time", "seen"])],
            "measure plan": [
                ["--baseline", "0.05", "--effect", "10%"], ["--baseline", "20", "--effect", "5%", "--deviation", "10"]],
            "measure lift": [["--store", self.store]],
            "measure geo-plan": [["--input", self.markets, "--sizes", "2", "--durations", "5", "--effects", "0.1"]],
            "measure geo-lift": [["--input", self.markets, "--treated", "m0,m1", "--start", day(30)]],
            "measure synthetic-control": [
                ["--input", self.panel, "--outcome", "outcome", "--treated", "p0", "--start", "2006", "--exclude", "p1,p2"]],
            "measure difference-in-differences": [["--input", self.panel, "--treated-from", "from"]],
            "measure interrupted-series": [["--input", self.series, "--start", day(90)]],
            "measure attribution": [["--input", self.touches, "--conversions", self.conversions, "--resamples", "40"]],
            "measure lifetime-value": [["--input", self.purchases, "--draws", "20", "--resamples", "20"]],
            "measure economics": [["--input", self.days]],
            "measure response-time": [["--input", self.signals]],
            "measure request": [["--kind", "plan"]],
            "uplift": [
                ["--input", self.trial, "--treatment", "w", "--treated", "1", "--outcome", "y", "--id", "id", "--learner", "t", "--base", "linear",
                 "--folds", "2", "--repeats", "1", "--bootstrap", "20"]],
            "allocate": [["--input", self.choices, "--limit", "b=50"], ["--input", self.choices, "--limit", "b=50", "--online"]],
            "bandit": [["--stream", self.stream]],
            "simulate": [
                ["--world", "null", "--policy", "uniform", "--seeds", "1", "--customers", "50", "--days", "7"],
                ["--measure", "--world", "null", "--seeds", "2", "--customers", "50", "--days", "7"]],
            "bench": [["--work", "decision", "--times", "2"]],
            "demo": [["--data", str(self.folder / "nowhere")]],
        }


def declared():
    """Of each command the options that may take a number, and whether it is there at all."""
    found = {}

    def walk(command, path):
        options = [
            argument["names"][-1]["name"] for argument in command.get("arguments", [])
            if argument["kind"] == "option" and not argument.get("allValues")]
        name = " ".join(path)
        found[name] = [
            option for option in options if option not in TEXTS or (name, option) in NUMBERS]
        for child in command.get("subcommands", []):
            walk(child, [*path, child["commandName"]])

    walk(json.loads(weir("--experimental-dump-help").stdout)["command"], [])
    return {name: options for name, options in found.items() if options}


def without(arguments, option):
    kept = list(arguments)
    while f"--{option}" in kept:
        place = kept.index(f"--{option}")
        del kept[place:place + 2]
    return kept


def extremes(option):
    # What is written as NAME=NUMBER, NUMBER/NUMBER or with a unit.
    for number in EXTREMES:
        yield number
        if option in ("shares", "guardrail", "quantile", "rate", "limit", "floor", "forecast", "spend"):
            name = {"shares": "a", "guardrail": "spent", "quantile": "spent", "rate": "orders", "limit": "b", "floor": "b"}
            yield f"{name.get(option, 'x')}={number}"
        if option in ("horizon", "value-half-life", "reachable"):
            yield f"{number}d"
        if option in ("durations", "sizes", "effects", "window", "holdout", "look", "cut", "until"):
            yield f"1,{number}"
            yield f"{number}/{number}"
        if option == "policy":
            yield from (f"{name}:{number}" for name in ("epsilon", "softmax", "squarecb", "thompson"))


def limit():
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def fault(command, arguments, folder):
    """What is wrong with how the program ends; None where nothing is."""
    try:
        result = subprocess.run(
            [str(WEIR), *command.split(), *arguments], capture_output=True, text=True, timeout=SECONDS, cwd=folder,
            stdin=subprocess.DEVNULL, preexec_fn=limit, env={**os.environ, "SWIFT_BACKTRACE": "enable=no"})
    except subprocess.TimeoutExpired:
        return f"does not end in {SECONDS} s"
    if result.returncode not in DOCUMENTED:
        return f"ends with {result.returncode}: {result.stderr.strip()[-200:]}"
    if result.returncode != 0 and not (result.stderr.strip() or result.stdout.strip()):
        return f"ends with {result.returncode} and says nothing"
    return None


def faults(command, folder):
    inputs = Inputs(folder)
    found = []
    for option in declared()[command]:
        for base in inputs.commands()[command]:
            for number in extremes(option):
                arguments = [*without(base, option), f"--{option}={number}"]
                wrong = fault(command, arguments, folder)
                if wrong:
                    found.append(f"weir {command} … --{option}={number} {wrong}")
    return found


# Commands that no number is asked of, and such as need a server.
WITHOUT = {"keys add"}


def test_no_command_with_numbers_is_left_out(tmp_path):
    known = set(Inputs(tmp_path).commands()) | WITHOUT
    assert set(declared()) <= known, sorted(set(declared()) - known)


@pytest.mark.parametrize("command", sorted(declared()) if WEIR.exists() else [])
def test_numbers_that_nobody_means_are_refused_or_done(command, tmp_path):
    assert faults(command, tmp_path) == []


if __name__ == "__main__":
    import tempfile
    for name in sys.argv[1:] or sorted(declared()):
        with tempfile.TemporaryDirectory() as folder:
            for line in faults(name, pathlib.Path(folder)):
                print(line, flush=True)
        print(f"-- {name}: {', '.join(declared()[name])}", flush=True)
